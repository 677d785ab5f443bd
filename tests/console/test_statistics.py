"""Failures as statistics on the screen: below Problems, and at the row in Connections."""

from __future__ import annotations

from bletui.backends.simulator.lab import address
from bletui.console.catchup import CatchUp
from bletui.console.glyphs import UNICODE
from bletui.console.screens.problems import STATISTICS, ProblemsScreen, statistics
from bletui.console.spans import width, words
from bletui.failure import ErrorKind, Failure
from bletui.log import Entry
from bletui.log.tally import Tally
from bletui.model import Connect, Operation, OperationChanged, OpId
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import connect, connections, on
from tests.console.real import console
from tests.console.stage import LANE, NOW


def failed(n: int, device: str) -> Entry:
    operation = Operation(
        id=OpId("me", n), request=Connect(device), state="failed", attempt=1, lane=LANE, started=NOW, limit=20.0,
        failure=Failure(kind=ErrorKind.LINK_LOST),
    )  # fmt: skip
    return Entry("tiny", OperationChanged(NOW, operation))


def test_the_worst_comes_first_and_what_does_not_fit_is_counted() -> None:
    tally = Tally()
    assert statistics(tally, lambda where: "", 80, UNICODE) == []
    for n in range(20):
        tally.note(failed(n, f"C0:00:00:00:00:{n:02X}"))
    tally.note(failed(99, "C0:00:00:00:00:13"))
    lines = statistics(tally, lambda where: where.address or where.lane, 80, UNICODE)
    assert len(lines) == STATISTICS + 1
    assert "hci0" in words(lines[1])
    assert "2 of 2 connects" in words(lines[2])
    assert "more devices" in words(lines[-1])
    assert all(width(one) <= 80 for one in lines)


@in_virtual_time
async def test_failures_are_counted_at_the_row_and_in_problems() -> None:
    where = address("thermometer")
    async with console("sim:lab?lanes=1&fault=connect:failed") as play:
        await connections(play)
        await connect(play, where)
        await play.until(lambda: play.radio.state.operations)
        (op,) = play.radio.state.operations
        await on(play, op)
        await play.until_said("connects: link.connect-failed", "#strip")
        await play.until(lambda: play.radio.state.operations[op].operation.state == "failed")
        await play.until_said("4 of 4 connects: link.connect-failed", "#strip")
        await play.press("5")
        await play.until(lambda: isinstance(play.app.screen, ProblemsScreen))
        await play.until_said("Failed so far", "#statistics")
        await play.until_said("thermometer", "#statistics")
        failure = play.radio.state.operations[op].operation.failure
        assert failure is not None
        assert int(dict(failure.evidence)["rssi"]) < 0


@in_virtual_time
async def test_another_session_is_read_from_its_start() -> None:
    async with console("sim:lab?lanes=1") as play, console("sim:lab?lanes=1") as other:
        reader = CatchUp()
        assert reader.fresh(None) == []
        assert reader.fresh(play.session) == list(play.session.log)
        assert reader.fresh(play.session) == []
        assert reader.fresh(other.session) == list(other.session.log)
