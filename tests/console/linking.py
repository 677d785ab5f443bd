"""Links over the simulator's lab, made by keys on a running console."""

from __future__ import annotations

from bletui.backends.simulator.lab import address
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.dialogue import TextDialogue
from bletui.model import LinkChanged, Peer, PromptClosed
from tests.console.real import Play

LAB = "sim:lab?lanes=1&speed=20"
FAILING = "sim:lab?lanes=1&fault=connect:failed"
THERMOMETER = address("thermometer")


def links(play: Play) -> list[LinkChanged]:
    return list(play.radio.state.links.values())


async def connections(play: Play) -> ConnectionsScreen:
    await play.press("2")
    await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen) and play.text("#status"))
    screen = play.app.screen
    assert isinstance(screen, ConnectionsScreen)
    return screen


async def connect(play: Play, text: str) -> None:
    await play.press("c")
    await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
    await play.press(*text, "enter")
    await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))


async def on(play: Play, key: object) -> None:
    """Puts the cursor there."""
    screen = play.app.screen
    assert isinstance(screen, ConnectionsScreen)
    await play.until(lambda: screen.pane.select(key))


async def linked(play: Play, text: str = THERMOMETER) -> Peer:
    await connections(play)
    await connect(play, text)
    wanted = text.split()[0].upper()
    await play.until(lambda: any(link.state == "up" and link.peer.address == wanted for link in links(play)))
    peer = next(link.peer for link in links(play) if link.peer.address == wanted)
    await on(play, peer)
    return peer


def bonded(play: Play, role: str) -> bool:
    return any(link.bonded and link.peer.address == address(role) for link in links(play))


def ends(play: Play) -> list[str]:
    return [entry.event.how for entry in play.session.log if isinstance(entry.event, PromptClosed)]


def ended(play: Play) -> int:
    return sum(one.operation.ended for one in play.radio.state.operations.values())


async def failed_connect(play: Play, text: str = THERMOMETER) -> None:
    count = ended(play)
    await connections(play)
    await connect(play, text)
    await play.until(lambda: ended(play) > count)
