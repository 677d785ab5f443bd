"""Failures as statistics per device and lane: events in, words out."""

from __future__ import annotations

from bletui.failure import ErrorKind, Failure
from bletui.log import Entry
from bletui.log.tally import DEVICES_MAX, Tally, Where
from bletui.model import Connect, Operation, OperationChanged, OpId, OpState, Read, Request

DEVICE = "C0:00:00:00:00:01"
HERE = Where("tiny", DEVICE)
NOW, LANE = 1_700_000_000.0, "tiny/hci0"


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
    for entry in entries:
        tally.note(entry)
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


def test_the_sentence_of_many_connects() -> None:
    timeout = ErrorKind.LINK_CONNECT_TIMEOUT
    went = [told(n, "done") for n in range(16)]
    weak = [told(n, "failed", 1, failed(timeout, rssi)) for n, rssi in enumerate((-87, -90, -88, -95, -91), 50)]
    assert after(*went, *weak).at(HERE) == ["5 of 21 connects: link.connect-timeout, all below -86 dBm"]


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    addresses = [f"C0:00:00:00:{n >> 8:02X}:{n & 255:02X}" for n in range(DEVICES_MAX + 20)]
    lost = failed(ErrorKind.LINK_LOST)
    many = [told(n, "failed", 1, lost, request=Connect(address)) for n, address in enumerate(addresses)]
    tally = after(*many, told(99_999, "failed", 1, lost, request=Connect(addresses[-1])))
    assert len(tally.worst()) == DEVICES_MAX
    assert [where.address for where, _ in tally.worst()][:2] == ["", addresses[-1]]  # the lane, then the worst device
    assert tally.at(Where("tiny", addresses[0])) == []
