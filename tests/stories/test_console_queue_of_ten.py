"""A technician's quarter of an hour at a busy site, by keys alone: ten devices queued, a retry watched, attributes
read, written and subscribed to, a passkey typed, everything let go.
"""

from __future__ import annotations

from bletui.backends.simulator.lab import PASSKEY, address
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.dialogue import TextDialogue, YesNoDialogue
from bletui.console.screens.gatt import GattScreen
from bletui.console.widgets.tree_keys import TreeKeys
from bletui.model import LinkChanged, OperationChanged
from bletui.testing.virtual_time import in_virtual_time
from tests.console.real import Play, console

BUSY = "sim:lab?lanes=3&devices=12&seed=3&fault=connect:busy:40%,connect:failed:20%"
ECHO, LOCKED = address("UART echo"), address(f"passkey {PASSKEY}")
TEN = [address(str(n)) for n in range(1, 9)] + [ECHO, LOCKED]


@in_virtual_time
async def test_ten_devices_at_a_busy_site() -> None:
    async with console(BUSY) as play:
        await queue_all(play)
        await watch_a_retry(play)
        await play.until(lambda: {link.peer.address for link in ours(play)} == set(TEN))
        assert all(link.foreign is False for link in ours(play))
        await the_clock_of_a_retried_one_adds_up(play)
        await read_write_and_subscribe(play)
        await pair_with_a_passkey(play)
        await let_everything_go(play)


async def queue_all(play: Play) -> None:
    await play.press("2")
    await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
    await play.press("c")
    await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
    await play.press(*" ".join(TEN))
    await play.until_said("connects 10 devices", "#dialogue-check")
    await play.press("enter")
    await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
    await play.until_said("waits, ")


async def watch_a_retry(play: Play) -> None:
    await play.until_said("again in 1 s")
    await play.until_said("E0601 busy.chip")
    await play.until_said("attempt 2")


def ours(play: Play) -> list[LinkChanged]:
    return [link for link in play.radio.state.links.values() if link.state == "up" and not link.foreign]


async def the_clock_of_a_retried_one_adds_up(play: Play) -> None:
    ended = [
        entry.event.operation
        for entry in play.session.log
        if isinstance(entry.event, OperationChanged) and entry.event.operation.state == "done"
    ]
    retried = next(operation for operation in ended if "backoff" in dict(operation.spent))
    assert retried.attempt > 1
    peer = next(link.peer for link in ours(play) if link.peer.address == retried.request.address)
    assert isinstance(play.app.screen, ConnectionsScreen)
    assert play.app.screen.pane.select(peer)
    await play.until_said("backoff ", "#strip")


async def at(play: Play, where: str) -> None:
    """To the attributes of the device, by the cursor."""
    await play.press("2")
    await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen) and play.text("#status"))
    await play.press("home")
    assert isinstance(play.app.screen, ConnectionsScreen)
    pane = play.app.screen.pane
    while pane.row is None or pane.row.link is None or pane.row.link.peer.address != where:
        before = pane.row
        await play.press("j")
        assert pane.row != before, f"{where} is not in the list"
    await play.press("enter")
    await play.until(lambda: isinstance(play.app.screen, GattScreen) and play.app.screen.query_one(TreeKeys).attributes)


async def find(play: Play, words: str) -> None:
    """Filters the tree, and puts the cursor on the first characteristic that is left."""
    await play.press("slash", "ctrl+u", *words, "enter")
    await play.until_said(f"/ {words}", "#status")
    await play.press("home", "j")


async def read_write_and_subscribe(play: Play) -> None:
    await at(play, address("1"))
    await find(play, "2a19")
    await play.press("enter")
    await play.until_said(" %", "#value")
    await play.press("2")
    await at(play, ECHO)
    await find(play, "uart tx")
    await play.press("n")
    await play.until_said("notify 0")
    await find(play, "uart rx")
    await play.press("w")
    await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
    await play.press(*"text:ping")
    await play.until_said("writes 70 69 6e 67 (4 bytes)", "#dialogue-check")
    await play.press("enter")
    await play.until(lambda: isinstance(play.app.screen, GattScreen))
    await find(play, "uart")
    await play.until_said("notify 1")
    await play.until_said('"ping"')


async def pair_with_a_passkey(play: Play) -> None:
    await at(play, LOCKED)
    await play.press("p")
    await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
    await play.until_said("s left", "#dialogue-says")
    await play.press(*PASSKEY, "enter")
    await play.until(lambda: isinstance(play.app.screen, GattScreen))
    await play.until_said("bonded", "#status")


async def let_everything_go(play: Play) -> None:
    await play.press("2", "M")
    await play.until(lambda: isinstance(play.app.screen, YesNoDialogue))
    await play.until_said(f"{len(TEN)} links", "#dialogue-says")
    await play.press("y")
    await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen) and not ours(play))
    assert all(link.foreign for link in play.radio.state.links.values()), "someone else's stay"
