"""The log: numbered for good, bounded by lines and bytes, what is lost counted."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.log import Entry, Log, Mark
from bletui.log.entries import weight
from bletui.model import (
    Connect,
    Discover,
    GattTree,
    Notification,
    Operation,
    OperationChanged,
    OpId,
    Peer,
    TreeChanged,
)
from bletui.model.gatt import Characteristic, Descriptor, Properties, Service
from tests import values

PEER = Peer("tiny/hci0", "C0:00:00:00:00:01")
ONES = tuple(Characteristic(f"{n}", n, Properties(0), (Descriptor("d", 9),) if n == 3 else ()) for n in (3, 5, 7))
LARGE = GattTree(PEER, (Service("s", 1, ONES), Service("t", 11)))


def line(n: int, size: int = 4) -> Entry:
    return Entry("tiny", Notification(float(n), PEER, 3, bytes(size)))


@given(st.integers(1, 40), st.integers(0, 200))
def test_the_newest_lines_are_kept_under_their_numbers(lines_max: int, count: int) -> None:
    log = Log(lines_max)
    for n in range(count):
        log.append(line(n))
    kept = list(range(count))[-lines_max:] if count else []
    assert [int(entry.event.at) for entry in log] == kept
    assert (len(log), log.first, log.end) == (len(kept), count - len(kept), count)
    assert [log.entry(n).event.at for n in range(log.first, log.end)] == kept
    assert [entry.event.at for entry in log.since(count - 3)] == kept[-3:][-count:] if count else True
    assert [entry.event.at for entry in reversed(log)] == kept[::-1]
    assert log.bytes == sum(weight(entry.event) for entry in log)


def test_what_is_lost_or_to_come_has_no_entry() -> None:
    log = Log(1100)
    for n in range(5000):  # more than once round, so that emptied places were taken away
        log.append(line(n))
    assert log.entry(3900).event.at == 3900
    for number in (3899, 5000, -1):
        with pytest.raises(IndexError):
            log.entry(number)
    for index in (1100, -1101):
        with pytest.raises(IndexError):
            log[index]
    assert log[-1].event.at == 4999
    assert log[-1100].event.at == 3900


def test_bytes_bound_it_too_and_one_line_always_stays() -> None:
    log = Log(1000, 10_000)
    for n in range(50):
        log.append(line(n, 500))
    assert log.bytes <= 10_000
    assert log.first == 50 - len(log)
    log.append(line(50, 20_000))
    assert [entry.event.at for entry in log] == [50]


def test_a_line_is_replaced_in_its_place() -> None:
    log = Log(3)
    for n in range(5):
        log.append(line(n))
    log.replace(3, Entry("", Mark(3.5, "door 4")))
    log.replace(0, line(99))
    assert [entry.event.at for entry in log] == [2, 3.5, 4]
    assert log.bytes == sum(weight(entry.event) for entry in log)


def test_marks_are_known_without_a_search_until_they_are_lost() -> None:
    log = Log(4)
    assert log.marked is None
    for n in range(3):
        log.append(Entry("", Mark(float(n))))
        log.append(line(n))
    assert list(log.marks) == [2, 4]
    assert log.marked == 2.0
    log.replace(4, Entry("", Mark(2.0, "named")))
    for n in range(4):
        log.append(line(n))
    assert (list(log.marks), log.marked) == ([], None)


@given(values.events)
def test_every_event_has_a_weight(event: object) -> None:
    assert weight(event) >= 200  # type: ignore[arg-type]


def test_a_tree_weighs_the_same_as_an_event_and_as_what_an_operation_brought() -> None:
    def found(tree: GattTree) -> tuple[int, int]:
        done = Operation(
            id=OpId("me", 1), request=Discover(PEER.address), state="done", started=0, limit=1, result=tree
        )
        return weight(TreeChanged(0.0, tree)), weight(OperationChanged(0.0, done))

    empty, large = found(GattTree(PEER)), found(LARGE)
    assert large[0] - empty[0] == large[1] - empty[1] == 250 * (2 + 3 + 1)


@pytest.mark.parametrize("size", [0, 4096])
def test_the_weight_is_near_the_memory_that_is_used(size: int) -> None:
    def operation(n: int) -> Entry:
        one = Operation(
            id=OpId("me", n), request=Connect(f"C0:{n:05}"), state="done", started=n + 0.5, limit=20.0,
            spent=(("queued", n + 0.5),), result=bytes(size + n % 2),
        )  # fmt: skip
        return Entry("tiny", OperationChanged(n + 0.25, one))

    gc.collect()
    tracemalloc.start()
    try:
        log = Log()
        for n in range(2000):
            log.append(operation(n))
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used / 2 < log.bytes < used * 2
