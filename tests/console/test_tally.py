"""Failures as statistics per device and lane: events in, words out."""

from __future__ import annotations

from bletui.backends.simulator.lab import address
from bletui.console.catchup import CatchUp
from bletui.console.glyphs import UNICODE
from bletui.console.screens.problems import STATISTICS, ProblemsScreen, statistics
from bletui.console.spans import width, words
from bletui.console.tally import DEVICES_MAX, Tally, Where
from bletui.failure import ErrorKind, Failure
from bletui.model import Connect, Operation, OperationChanged, OpId, OpState, Read, Request
from bletui.session import Entry
from bletui.testing.virtual_time import in_virtual_time
from tests.console.real import console
from tests.console.stage import LANE, NOW
from tests.console.test_connections import connect, connections, on

DEVICE = "C0:00:00:00:00:01"
HERE = Where("tiny", DEVICE)
LAST = f"C0:00:00:00:{DEVICES_MAX + 19 >> 8:02X}:{DEVICES_MAX + 19 & 255:02X}"


def failed(kind: ErrorKind, rssi: int | None = None) -> Failure:
    return Failure(kind=kind, evidence=(("rssi", str(rssi)),) if rssi is not None else ())


def told(
    n: int, state: OpState, attempt: int = 1, failure: Failure | None = None, *, request: Request | None = None
) -> Entry:
    operation = Operation(
        id=OpId("me", n), request=request or Connect(DEVICE), state=state, attempt=attempt, lane=LANE,
        started=NOW, limit=20.0, failure=failure,
    )  # fmt: skip
    return Entry("tiny", OperationChanged(NOW, operation))


def after(*entries: Entry) -> Tally:
    tally = Tally()
    tally.note(entries)
    return tally


def test_each_attempt_counts_once_when_it_has_ended() -> None:
    busy = failed(ErrorKind.BUSY_CHIP)
    tally = after(
        told(1, "waiting", 0),
        told(1, "running"),
        told(1, "retrying", 1, busy),
        told(1, "waiting", 1, busy),
        told(1, "running", 2, busy),
        told(1, "done", 2),
        told(2, "failed", 0, failed(ErrorKind.OP_UNSUPPORTED)),  # never tried
        told(3, "retrying", 1, busy),
        told(3, "failed", 1, busy),  # its deadline passed while it waited
        told(4, "cancelled", 1),
    )
    assert tally.at(HERE) == ["2 of 3 connects: busy.chip"]
    assert tally.at(Where("tiny", lane=LANE)) == ["2 of 3 connects: busy.chip"]
    assert tally.at(Where("other", DEVICE)) == []


def test_weak_signals_are_said_where_every_failure_had_one() -> None:
    timeout = ErrorKind.LINK_CONNECT_TIMEOUT
    weak = [told(n, "failed", 1, failed(timeout, rssi)) for n, rssi in enumerate((-86, -90, -88))]
    assert after(*weak).at(HERE) == ["3 of 3 connects: link.connect-timeout, all below -85 dBm"]
    near = told(7, "failed", 1, failed(timeout, -50))
    assert after(*weak, near).at(HERE) == ["4 of 4 connects: link.connect-timeout"]
    unknown = told(8, "failed", 1, failed(timeout))
    assert after(*weak, unknown).at(HERE) == ["4 of 4 connects: link.connect-timeout"]


def test_several_kinds_are_counted_each() -> None:
    mixed = [told(n, "failed", 1, failed(ErrorKind.LINK_LOST, -85)) for n in range(2)]
    mixed.append(told(5, "failed", 1, failed(ErrorKind.LINK_NOT_SEEN, -90)))
    assert after(*mixed).at(HERE) == ["3 of 3 connects: link.lost 2, all below -84 dBm; link.not-seen 1, at -90 dBm"]


def test_verbs_are_counted_apart() -> None:
    read = told(1, "failed", 1, failed(ErrorKind.GATT_TIMEOUT), request=Read(DEVICE, handle=3))
    assert after(told(2, "done"), read).at(HERE) == ["1 of 1 read: gatt.timeout"]


def test_the_worst_comes_first_what_does_not_fit_is_counted_and_memory_is_bounded() -> None:
    many = [
        told(n, "failed", 1, failed(ErrorKind.LINK_LOST), request=Connect(f"C0:00:00:00:{n >> 8:02X}:{n & 255:02X}"))
        for n in range(DEVICES_MAX + 20)
    ]
    again = told(99_999, "failed", 1, failed(ErrorKind.LINK_LOST), request=Connect(LAST))
    tally = after(*many, again)
    lines = statistics(tally, lambda where: where.address or where.lane, 80, UNICODE)
    assert len(lines) == STATISTICS + 1
    assert "hci0" in words(lines[1])
    assert "2 of 2 connects" in words(lines[2])
    assert "more devices" in words(lines[-1])
    assert all(width(one) <= 80 for one in lines)
    assert len(tally.worst()) == DEVICES_MAX
    assert statistics(Tally(), lambda where: "", 80, UNICODE) == []


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
