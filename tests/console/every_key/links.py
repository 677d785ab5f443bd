"""The keys of Connections, and those of the cards there."""

from __future__ import annotations

from bletui.backends.simulator.lab import address
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.widgets.link_keys import LinkKeys
from bletui.model import Connect, OperationChanged, OpId, Pair, Peer, ReadRssi, Snapshot
from tests.console.every_key.cards import card_rows
from tests.console.every_key.everywhere import NOBODY, app_rows, moving, same_mode, title
from tests.console.every_key.rows import (
    Row,
    Scene,
    Step,
    becomes,
    compares,
    mode_is,
    plain,
    turns,
)
from tests.console.real import Play

ONE = "sim:lab?lanes=1&devices=20&speed=1&fault=connect:gatt.not-permitted[{}]".format(address("mute"))
THERMOMETER, FAR, FOREIGN = address("thermometer"), address("far away"), address("someone else's")
LANE = "lane sim:lab/hci0"
QUEUED = (FAR, address("heart rate"), address("counter"))


def pane(play: Play) -> LinkKeys:
    return play.app.screen.query_one(LinkKeys)


def state(play: Play) -> Snapshot:
    return play.radio.state


def asked(play: Play, kind: type = Connect, to: str = "") -> list[OperationChanged]:
    every = state(play).operations.values()
    return [one for one in every if isinstance(one.operation.request, kind) and to in one.operation.request.address]


def linked(play: Play, to: str) -> Peer | None:
    return next((peer for peer, link in state(play).links.items() if peer.address == to and link.state == "up"), None)


async def connections(play: Play) -> None:
    await plain(play, "connections")
    await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen) and linked(play, FOREIGN))
    play.app.screen.set_focus(pane(play))


def on_link(to: str) -> Step:
    """The cursor on a link that is up; ours, unless it is somebody else's."""

    async def goes(play: Play) -> None:
        if to == FOREIGN or not linked(play, to):
            await quiet(play)
        if not linked(play, to):
            pane(play).connect(Connect(to))
            await play.until(lambda: linked(play, to))
        await play.until(lambda: pane(play).select(linked(play, to)))

    return goes


def on_row(key: str) -> Step:
    async def goes(play: Play) -> None:
        await play.until(lambda: pane(play).select(key))

    return goes


async def quiet(play: Play) -> None:
    """Nothing runs and nothing waits; those that wait first, or they would run."""
    seat = play.radio.attachment
    assert seat is not None
    for key, one in reversed(list(state(play).operations.items())):
        if not one.operation.ended:
            await seat.cancel(key)
    await play.until(lambda: all(one.operation.ended for one in state(play).operations.values()))


async def queue(play: Play) -> list[OpId]:
    """One that can't be reached runs, two wait."""
    await quiet(play)
    before = set(state(play).operations)
    await on_row(LANE)(play)  # what was never heard is asked of the radio under the cursor
    for one in QUEUED:
        pane(play).connect(Connect(one))
    await play.until(lambda: len(set(state(play).operations) - before) == len(QUEUED))
    made = [key for key in state(play).operations if key not in before]
    await play.until(lambda: state(play).operations[made[-1]].operation.place == 2)
    return made


async def on_the_last(play: Play) -> None:
    made = await queue(play)
    await play.until(lambda: pane(play).select(made[-1]))


async def on_a_failure(play: Play) -> None:
    """A connect that failed for good."""
    to = address("mute")
    if not any(one.operation.state == "failed" for one in asked(play, Connect, to)[-1:]):
        await quiet(play)
        pane(play).connect(Connect(to))
        await play.until(lambda: any(one.operation.state == "failed" for one in asked(play, Connect, to)[-1:]))
    await play.until(lambda: pane(play).select(asked(play, Connect, to)[-1].operation.id))


OWN = ("card.pair", "card.unpair")  # Connections has keys of its own for these


async def on_the_router(play: Play) -> None:
    await play.until(lambda: any(row.key and NOBODY.host in row.radio for row in pane(play)._rows))
    pane(play).select(next(row.key for row in pane(play)._rows if row.key and NOBODY.host in row.radio))


async def no_bonds(play: Play) -> None:
    pane(play).bonds = None


async def bonded(play: Play) -> None:
    """The cursor on the bond of a device."""
    await on_link(THERMOMETER)(play)
    if not state(play).links[play_peer(play)].bonded:
        pane(play).action_pair()
        await play.until(lambda: state(play).links[play_peer(play)].bonded)
    await on_link(THERMOMETER)(play)


def play_peer(play: Play) -> Peer:
    peer = linked(play, THERMOMETER)
    assert peer is not None
    return peer


def at(play: Play) -> int:
    return pane(play)._at


def to(play: Play, end: bool) -> None:
    pane(play).move(1000 if end else -1000)


def place(play: Play) -> int:
    row = pane(play).row
    assert row is not None
    assert row.operation is not None
    return state(play).operations[row.operation.id].operation.place or 0


LINKS = Scene(
    "links",
    "links",
    (ONE, str(NOBODY)),
    connections,
    (
        Row("links.connect", becomes(title, "Connect")),
        Row("links.disconnect", becomes(lambda play: linked(play, THERMOMETER), None), on_link(THERMOMETER)),
        Row("links.gatt", mode_is("gatt"), on_link(THERMOMETER)),
        Row("links.signal", compares(lambda play: len(asked(play, ReadRssi)), 1), on_link(THERMOMETER)),
        Row("links.phy", becomes(lambda play: title(play).startswith("PHY")), on_link(THERMOMETER)),
        Row("links.pair", compares(lambda play: len(asked(play, Pair)), 1), on_link(THERMOMETER)),
        Row("links.bonds", turns(lambda play: pane(play).bonds is None)),
        Row("links.unpair", becomes(title, "Unpair"), bonded),
        Row("links.mine", becomes(title, "Disconnect mine"), on_link(THERMOMETER)),
        Row("links.adopt", becomes(title, "Adopt a foreign link"), on_link(FOREIGN)),
        Row("links.pause", turns(lambda play: [one.lane.paused for one in state(play).lanes.values()]),
            on_row(LANE)),
        Row("links.cancel", compares(lambda play: sum(one.operation.state == "cancelled" for one in asked(play)), 1),
            on_the_last),
        Row("links.promote", compares(place, -1), on_the_last),
        Row("links.again", compares(lambda play: len(asked(play, Connect, address("mute"))), 1), on_a_failure),
        *moving(at, to, on_the_last),
        *(row for row in card_rows(pane, on_a_failure, on_the_router) if row.command not in OWN),
        *app_rows("connections"),
    ),
    same_mode("connections"),
)  # fmt: skip

SCENES = (LINKS,)
