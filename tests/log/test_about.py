"""What a line is about, as the filter reads it."""

from __future__ import annotations

from typing import get_args

from hypothesis import given

from bletui.failure import ErrorKind, Failure
from bletui.filters.logged import parse_log
from bletui.log import Entry, Mark
from bletui.log.about import SORTS, About, Reading, about
from bletui.model import Advertisement, Connect, Event, Notification, Operation, OperationChanged, OpId, Peer
from tests import values

NOW, DEVICE, LANE = 1_700_000_000.0, "C0:00:00:00:00:01", "office/0"
NAMES = {DEVICE: "Thermo", LANE: "chip0"}


def reading(event: Event | Mark) -> Reading:
    return Reading(Entry("office", event), NAMES.get, NAMES)


def test_an_operation_is_about_its_device_lane_and_attribute() -> None:
    failure = Failure(kind=ErrorKind.BUSY_CHIP)
    one = Operation(
        id=OpId("me", 1), request=Connect(DEVICE), state="failed", lane=LANE, started=NOW, limit=20.0, failure=failure
    )
    row = reading(OperationChanged(NOW, one))
    assert about(row.entry.event) == About(DEVICE, LANE)
    assert list(row.kinds) == ["operation", "connect", "failure", "busy.chip", "e0601"]
    assert parse_log("kind=busy.* device=thermo lane=chip0 lane=0 lane=office e0601", now=NOW).matches(row)
    assert about(Notification(NOW, Peer(LANE, DEVICE), 7, b"")) == About(DEVICE, LANE, 7)
    assert about(Notification(NOW, Peer(LANE, DEVICE), 7, b"")).peer == Peer(LANE, DEVICE)
    assert about(Mark(NOW)) == About()


def test_every_event_but_advertisements_has_a_sort() -> None:
    assert set(SORTS) == {*get_args(Event), Mark} - {Advertisement}


@given(values.states)
def test_any_event_can_be_filtered(event: Event) -> None:
    row = reading(event)
    for text in ("kind=*", "not device=nobody lane=office", "level>=info", "until=1m or not until=1m"):
        assert parse_log(text, now=NOW).matches(row)
