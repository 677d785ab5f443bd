"""Connections over the simulator's lab: every key, on a running console."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.lab import address
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.dialogue import YesNoDialogue
from bletui.console.screens.gatt import GattScreen
from bletui.console.screens.scan import ScanScreen
from bletui.console.screens.walk import WalkScreen
from bletui.model import Connect, OpId
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import LAB, THERMOMETER, connect, connections, linked, links, on
from tests.console.real import Play, console


@in_virtual_time
async def test_the_cursor_goes_from_row_to_row_and_stays_on_its_row() -> None:
    async with console(LAB) as play:
        peer = await linked(play)
        pane = (await connections(play)).pane
        rows = []
        await play.press("home")
        for _ in range(4):
            assert pane.row is not None
            rows.append(pane.row.key)
            await play.press("j")
        assert rows[0] == "lane sim:lab/hci0"
        assert peer in rows
        assert rows[2] == rows[3]  # the last one
        await play.press("k", "end", "home", "j")
        assert pane.row is not None
        below = pane.row.key
        seat = play.radio.attachment
        assert seat is not None
        await seat.perform(Connect(address("heart rate")), limit=20)  # another row comes, and nobody asked for it here
        await play.until(lambda: len(links(play)) == 3)
        assert pane.row.key == below


@in_virtual_time
async def test_at_the_first_look_a_link_of_ours_has_the_cursor() -> None:
    """As where a console comes back to a bridge: enter leads to its attributes."""
    async with console(LAB) as play:
        seat = play.radio.attachment
        assert seat is not None
        peer = await seat.perform(Connect(THERMOMETER, address_type="random"), limit=20)
        pane = (await connections(play)).pane
        await play.until(lambda: pane.row is not None)
        assert pane.row is not None
        assert pane.row.link is not None
        assert pane.row.link.peer == peer


@in_virtual_time
async def test_a_typed_address_is_connected_and_disconnected() -> None:
    async with console(LAB) as play:
        peer = await linked(play, f"{THERMOMETER.lower()} random hci0")
        assert peer.address == THERMOMETER
        await play.until_said("2/7 slots")
        await play.until_said("mtu 247")
        await play.press("d")
        await play.until(lambda: not any(link.peer == peer for link in links(play)))
        await play.until(lambda: THERMOMETER not in play.text())


@in_virtual_time
async def test_the_dialogue_says_what_is_wrong_and_takes_nothing_wrong() -> None:
    async with console(LAB) as play:
        await connections(play)
        await play.press("c")
        await play.until(lambda: play.app.screen.query("Field"))
        await play.press(*"C0:DE", "enter")
        await play.until_said("is no address", "#dialogue-check")
        await play.press("ctrl+u", *f"{THERMOMETER} random")
        await play.until_said(f"connects {THERMOMETER}, random", "#dialogue-check")
        await play.press("escape")
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        assert not play.radio.state.operations


@in_virtual_time
async def test_c_in_scan_connects_the_device_under_the_cursor_and_shows_it() -> None:
    async with console(LAB, filtered='name~"thermometer*"') as play:
        await play.until(lambda: play.app.listing and play.app.listing.rows)
        await play.press("c")
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        await play.until(lambda: links(play) and links(play)[-1].state == "up")
        assert THERMOMETER in {link.peer.address for link in links(play)}
        screen = play.app.screen
        assert isinstance(screen, ConnectionsScreen)
        await play.until(lambda: screen.pane.row is not None and screen.pane.row.link is not None)
        assert screen.pane.row is not None
        assert screen.pane.row.address == THERMOMETER  # from the attempt to its link
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        await play.until_said(THERMOMETER, "#status")


@in_virtual_time
async def test_a_device_that_advertises_that_it_takes_no_connections_is_tried_with_a_warning() -> None:
    async with console(LAB, filtered="beacon") as play:
        await play.until(lambda: play.app.listing and play.app.listing.rows)
        await play.press("c")
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        await play.until_said("takes no connections; x cancels", "#status")
        await play.until(lambda: play.radio.state.operations)


@in_virtual_time
async def test_the_cursor_goes_to_what_was_typed_unless_it_was_moved_meanwhile() -> None:
    async with console("sim:lab?lanes=1&speed=1") as play:
        pane = (await connections(play)).pane
        await connect(play, address("far away"))
        await play.until(lambda: pane.row is not None and pane.row.address == address("far away"))
        await connect(play, THERMOMETER)
        pane.action_first()
        await play.until_said(THERMOMETER)
        assert pane.row is not None
        assert pane.row.key == "lane sim:lab/hci0"


@in_virtual_time
async def test_a_link_that_was_lost_stands_where_it_was_until_it_is_put_away_or_asked_for() -> None:
    stale = address("stale bond")  # closes each link at once: it has lost its key
    async with console(LAB) as play:
        pane = (await connections(play)).pane
        await connect(play, stale)
        await play.until_said("link       lost")
        await play.until_said("E0505 security.key-missing")
        assert pane.row is not None
        assert pane.row.lost is not None  # the cursor went on with it
        await play.until_said("s after connect", "#strip")
        await play.press("e")
        await play.until_said("1. Delete the bond")
        assert "[n connect again] [x put away] [E explain]" in play.text()
        (first,) = play.session.failing.of(stale)
        await play.press("e", "n")
        await play.until(lambda: [group.last_at > first.last_at for group in play.session.failing.of(stale)] == [True])
        await play.until_said("link       lost 0 s ago")
        await play.press("x")
        await play.until_said("put away", "#status")
        await play.until(lambda: stale not in play.text())
        assert not play.session.failing.of(stale)


@in_virtual_time
async def test_a_connected_device_says_so_in_scan_and_while_it_is_walked_to_and_has_not_gone() -> None:
    async with console(LAB, filtered='name~"thermometer*"') as play:
        await play.until(lambda: play.app.listing and play.app.listing.rows)
        await play.press("b", "c")
        await play.until(lambda: any(link.peer.address == THERMOMETER for link in links(play)))
        await play.press("1")
        await play.until(lambda: isinstance(play.app.screen, ScanScreen))
        await play.until_said("connected on hci0 · random, static", "#strip")
        await play.until_said("hci0 (-", "#strip")  # its level is an old one
        assert "gone" not in play.text("#strip")
        await play.press("w")
        await play.until(lambda: isinstance(play.app.screen, WalkScreen))
        await play.until_said("connected on hci0", "#walk-title")


@pytest.mark.parametrize("key", ["enter", "d", "p", "plus", "n", "x", "s", "P", "a", "u", "e", "E", "D", "l", "R"])
@in_virtual_time
async def test_a_key_that_has_nothing_under_the_cursor_says_so(key: str) -> None:
    async with console(LAB) as play:
        await connections(play)
        await play.press("g", key)
        await play.until_said("under the cursor", "#status")


@in_virtual_time
async def test_one_runs_the_others_wait_are_raised_and_cancelled() -> None:
    far = address("far away")
    async with console("sim:lab?lanes=1&speed=1") as play:
        await connections(play)
        for n, text in enumerate((far, THERMOMETER, address("heart rate")), 1):
            await connect(play, text)
            await play.until(lambda wanted=n: len(play.radio.state.operations) == wanted)  # type: ignore[misc]
        await play.until_said("connecting")
        await play.until_said("of 20 s")
        await play.until_said("waits, 1st")
        await play.until_said("waits, 2nd")
        last = next(op for op in play.radio.state.operations if _address(play, op) == address("heart rate"))
        await on(play, last)
        await play.press("plus")
        await play.until(lambda: play.radio.state.operations[last].operation.place == 1)
        running = next(op for op in play.radio.state.operations if _address(play, op) == far)
        await on(play, running)
        await play.press("x")
        await play.until(lambda: play.radio.state.operations[running].operation.state == "cancelled")
        await play.until_said(f"connect {far}: cancelled", "#status")
        await play.until(lambda: links(play) and links(play)[-1].peer.address == address("heart rate"))


def _address(play: Play, op: OpId) -> str:
    return play.radio.state.operations[op].operation.request.address


@in_virtual_time
async def test_a_failing_connect_counts_down_retries_now_and_unfolds_its_card() -> None:
    async with console("sim:lab?lanes=1&speed=1&fault=connect:failed") as play:
        await connections(play)
        await connect(play, THERMOMETER)
        (op,) = await _operations(play)
        await play.until_said("again in", "#body")
        before = play.radio.state.operations[op].operation
        await on(play, op)
        await play.press("e")
        await play.until_said("[n retry now] [x cancel] [E explain]")
        await play.press("e")
        await play.until_said("E02")
        await play.until(lambda: play.radio.state.operations[op].operation.state == "retrying")
        before = play.radio.state.operations[op].operation
        await play.press("n")
        await play.until(lambda: play.radio.state.operations[op].operation.attempt > before.attempt)
        await play.press("e")
        await play.until_said("[E explain]")
        await play.press("e")
        await play.until(lambda: "[E explain]" not in play.text())
        await play.until(lambda: play.radio.state.operations[op].operation.state == "failed")
        await play.until_said("failed")
        await play.press("n")
        await play.until(lambda: len(play.radio.state.operations) == 2)
        again = list(play.radio.state.operations)[-1]
        await on(play, again)
        await play.press("escape")
        await play.until(lambda: play.radio.state.operations[again].operation.ended)


@in_virtual_time
async def test_a_failure_is_put_away() -> None:
    async with console("sim:lab?lanes=1&speed=1&fault=connect:gatt.not-permitted") as play:
        await connections(play)
        await connect(play, THERMOMETER)
        (op,) = await _operations(play)
        await play.until_said("E0402")
        await on(play, op)
        await play.press("e")
        await play.until_said("[n ask again] [x put away] [E explain]")
        await play.press("x")
        await play.until(lambda: "E0402" not in play.text())


async def _operations(play: Play) -> list[OpId]:
    await play.until(lambda: play.radio.state.operations)
    return list(play.radio.state.operations)


@in_virtual_time
async def test_a_foreign_link_ends_only_after_a_confirmation_that_names_it() -> None:
    other = address("someone else's")
    async with console(LAB) as play:
        await connections(play)
        await play.until_said("FOREIGN")
        (link,) = links(play)
        assert link.peer.address == other
        await on(play, link.peer)
        for answer, kept in (("n", True), ("y", False)):
            await play.press("d")
            await play.until(lambda: isinstance(play.app.screen, YesNoDialogue))
            await play.until_said(other, "#dialogue-says")
            await play.press(answer)
            await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
            await play.until(lambda wanted=kept: bool(links(play)) is wanted)  # type: ignore[misc]


@in_virtual_time
async def test_an_adopted_link_is_ours_and_ends_with_mine() -> None:
    async with console(LAB) as play:
        await connections(play)
        await play.until_said("FOREIGN")
        (link,) = links(play)
        await play.press("M")
        await play.until_said("no link is ours", "#status")
        await on(play, link.peer)
        for answer in ("n", "y"):
            assert links(play)[0].foreign
            await play.press("a")
            await play.until_said(link.peer.address, "#dialogue-says")
            await play.until_said("released when this console ends", "#dialogue-says")
            await play.press(answer)
            await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        await play.until(lambda: links(play) and links(play)[0].foreign is False)
        await play.press("M")
        await play.until_said(link.peer.address, "#dialogue-says")
        await play.press("y")
        await play.until(lambda: not links(play))
