"""Problems on a live simulator: what failed and has not worked since, counted, asked again, put away, gone to."""

from __future__ import annotations

from bletui.backends.simulator.lab import address
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.gatt import GattScreen
from bletui.console.screens.problems import ProblemsScreen
from bletui.console.screens.scan import ScanScreen
from bletui.console.widgets.problem_keys import ProblemKeys, again
from bletui.failure import ErrorKind, Failure
from bletui.log.failing import LINK, Group, What
from bletui.model import Connect, Operation, OpId, Read, Write
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import FAILING, THERMOMETER, connect, connections, ended, failed_connect, linked
from tests.console.real import Play, console


async def problems(play: Play) -> ProblemKeys:
    await play.press("5")
    await play.until(lambda: isinstance(play.app.screen, ProblemsScreen) and play.text("#status"))
    return play.app.screen.query_one(ProblemKeys)


@in_virtual_time
async def test_repeats_are_one_line_with_their_count_until_it_works() -> None:
    async with console("sim:lab?lanes=1&fault=connect:failed@0s-10s") as play:
        await failed_connect(play)
        await problems(play)
        await play.until_said("E0203 link.connect-failed  connect thermometer")
        assert "4x," in play.text()
        assert "0 now, 1 not worked since" in play.text("#status")
        await play.press("e")
        await play.until_said("4 times in")
        await play.until(lambda: play.app.clock.wall() - play.session.log[0].event.at > 12)
        await play.press("n")
        await play.until(lambda: any(link.state == "up" for link in play.radio.state.links.values()))
        await play.until_said("Nothing is wrong now")


@in_virtual_time
async def test_n_does_not_wait_for_the_next_attempt() -> None:
    async with console(FAILING) as play:
        await connections(play)
        await connect(play, THERMOMETER)
        await play.until(lambda: any(o.operation.state == "retrying" for o in play.radio.state.operations.values()))
        pane = await problems(play)
        await play.until(lambda: pane.chosen and pane.chosen.group)
        (one,) = play.radio.state.operations.values()
        attempt = one.operation.attempt
        await play.press("n")
        (one,) = play.radio.state.operations.values()
        await play.until(lambda: next(iter(play.radio.state.operations.values())).operation.attempt > attempt)
        assert len(play.radio.state.operations) == 1  # nothing new was asked for


@in_virtual_time
async def test_d_puts_away_until_it_fails_once_more_and_the_cursor_stays_on_its_card() -> None:
    async with console(FAILING) as play:
        await failed_connect(play)
        pane = await problems(play)
        await play.until(lambda: pane.chosen and pane.chosen.group)
        first = pane.chosen
        await failed_connect(play, address("vault"))
        await problems(play)
        await play.until_said("connect vault")
        assert first is not None
        assert pane.chosen is not None
        assert pane.chosen.same == first.same  # the newer one stands above
        await play.press("d")
        await play.until(lambda: "connect thermometer" not in play.text())
        assert "put away until it fails once more" in play.text("#status")
        await failed_connect(play)
        await problems(play)
        await play.until_said("connect thermometer")


@in_virtual_time
async def test_w_goes_to_the_queue_entry_and_y_copies_the_card() -> None:
    async with console(FAILING) as play:
        await failed_connect(play)
        pane = await problems(play)
        await play.until(lambda: pane.chosen and pane.chosen.group)
        await play.press("y")
        assert "E0203 link.connect-failed" in play.app.clipboard
        assert "4 times in" in play.app.clipboard
        await play.press("w")
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        screen = play.app.screen
        assert isinstance(screen, ConnectionsScreen)
        await play.until(lambda: screen.pane.row is not None and screen.pane.row.operation is not None)


@in_virtual_time
async def test_attributes_that_fail_alike_are_one_card_that_leads_to_the_tree() -> None:
    async with console("sim:lab?lanes=1&fault=read:gatt.not-permitted") as play:
        await linked(play)
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        await play.until_said("Device Name")
        await play.press("A")
        pane = await problems(play)
        await play.until(lambda: pane.chosen and pane.chosen.group and len(pane.chosen.group.handles) > 2)
        assert pane.chosen is not None
        await play.press("e")
        await play.until_said("attributes")
        assert len([one for one in play.session.failing.now() if one.what.verb == "read"]) == 1
        await play.press("w")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))


@in_virtual_time
async def test_what_is_wrong_with_a_radio_stands_and_a_closed_radio_takes_its_failures_along() -> None:
    async with console("sim:lab?lanes=1&fault=connect:failed,stream:broken") as play:
        await play.until(lambda: play.radio.problems())
        await problems(play)
        await play.until_said("net.closed")
        await play.press("d")
        assert "stands until the radio is right" in play.text("#status")
        await failed_connect(play, f"{THERMOMETER} random")
        await problems(play)
        await play.until_said("not worked since")
        await play.session.reopen(play.radio.name)
        assert play.session.failing.now() == []


@in_virtual_time
async def test_a_scan_row_says_what_failed_and_unfolds_its_card_with_keys_that_act() -> None:
    async with console(FAILING) as play:
        await failed_connect(play)
        await play.press("1")
        await play.until(lambda: isinstance(play.app.screen, ScanScreen))
        scan = play.app.screen
        assert isinstance(scan, ScanScreen)
        scan.jump(THERMOMETER)
        await play.until_said("connect: link.connect-failed, e: card", "#strip")
        row = scan.table.cursor - scan.table.top
        scan.table.move(1)
        await play.until(lambda: scan.table.row_text(row).startswith("!thermometer"))
        scan.table.move(-1)
        await play.press("e")
        await play.until_said("4 times in", "#cards")
        await play.press("n")
        await play.until(lambda: len(play.radio.state.operations) == 2)
        await play.until(lambda: ended(play) == 2)
        await play.until_said("8 times in", "#cards")
        await play.press("d", "escape")
        await play.until(lambda: "connect: link" not in play.text("#strip"))
        assert play.app.focused is scan.table


def group(verb: str, operation: Operation | None = None, handles: frozenset[int | None] = frozenset()) -> Group:
    kind = ErrorKind.GATT_TIMEOUT
    return Group(
        What("sim", verb, THERMOMETER, kind), Failure(kind=kind, lane="sim/hci0"), 2, 1.0, 2.0, handles, operation
    )


def test_every_attribute_is_read_again_and_a_write_never_but_the_newest() -> None:
    def made(request: Read | Write) -> Operation:
        return Operation(id=OpId("me", 1), request=request, state="failed", started=1.0, limit=9.0)

    read, write = Read(THERMOMETER, handle=5), Write(THERMOMETER, handle=5, value=b"\x01")
    assert again(group("read", made(read), frozenset((5, 3)))) == [Read(THERMOMETER, handle=3), read]
    assert again(group("write", made(write), frozenset((5, 3)))) == [write]
    assert again(group(LINK)) == [Connect(THERMOMETER, "sim/hci0")]
    assert again(group("subscribe", None, frozenset((7,)))) == []
