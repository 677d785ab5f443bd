"""Rows of advertisements: what is sent is what arrives, and what is no row is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.model import AdvertisedFields, Advertisement
from bletui.wire import advertisements
from bletui.wire.schema import ShapeError
from tests import values

ADDRESS = "A4:C1:38:0B:7F:2A"
SIX = bytes.fromhex("A4C1380B7F2A")
FIELDS = AdvertisedFields(manufacturer={0x004C: b"\x02\x15"}, service_data={}, tx_power=-4)


def heard(n: int, lane: str = "a/0", **more: Any) -> Advertisement:
    return Advertisement(1.7e9 + n / 1000, lane, ADDRESS, "random", -40 - n % 50, "ADV_IND", bytes([n % 256]), **more)


def row(**other: object) -> list[object]:
    fields = {"time": 0, "address": SIX, "type": 1, "rssi": -40, "pdu": 0, "raw": b"", **other}
    return list(fields.values())


@given(st.lists(values.advertisements, min_size=1))
def test_each_lane_has_one_record_with_its_advertisements_in_order(some: list[Advertisement]) -> None:
    records = list(advertisements.records(some))
    assert [record[2] for record in records] == list(dict.fromkeys(one.lane for one in some))
    for record in records:
        assert advertisements.events(record) == tuple(one for one in some if one.lane == record[2])


def test_a_row_has_fields_beyond_the_packet_only_where_something_is_known() -> None:
    some = [heard(1), heard(2, name="Meter"), heard(3, fields=FIELDS), heard(4)]
    (record,) = advertisements.records(some)
    assert list(map(len, record[3])) == [6, 9, 9, 6]
    assert advertisements.events(record) == tuple(some)


def test_what_a_newer_version_appends_to_a_row_is_ignored() -> None:
    (record,) = advertisements.records([heard(1), heard(2, name="Meter")])
    record[3][1] = (*record[3][1], "new")
    record[3].append((*record[3][0], "Part", None))
    assert [one.name for one in advertisements.events(record)] == [None, "Meter", "Part"]


def test_no_rows_are_no_advertisements() -> None:
    assert advertisements.events([1, 0, "a/0", []]) == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (row(time=0.5), "row 2: the time is of another type"),
        (row(time=True), "row 2: the time is of another type"),
        (row(address=7), "row 2: an address is six bytes or text"),
        (row(address=b"12345"), "row 2: an address is six bytes or text"),
        (row(address=[1]), "row 2: unhashable type"),
        (row(type=2), "row 2: the address type 2 is not known"),
        (row(type=True), "row 2: the address type is of another type"),
        (row(rssi="-40"), "row 2: the RSSI is of another type"),
        (row(pdu=-1), "row 2: the PDU type -1 is not known"),
        (row(pdu=1.0), "row 2: the PDU type is of another type"),
        (row(raw="text"), "row 2: the payload is of another type"),
        ([*row(), 5, None, None], "row 2: str expected, int found"),
        ([*row(), None, 5, None], "row 2: list expected, int found"),
        (row()[:5], "row 2: 6 fields or more expected"),
        (7, "row 2: object of type 'int' has no len()"),
        (None, "row 2: object of type 'NoneType' has no len()"),
    ],
)
def test_the_row_that_does_not_fit_is_named(wrong: object, said: str) -> None:
    with pytest.raises(ShapeError, match=said.replace("(", r"\(").replace(")", r"\)")):
        advertisements.events([1, 0, "a/0", [row(), row(), wrong, row()]])


@pytest.mark.parametrize("record", [[1, 0, "a/0"], [1, 0.0, "a/0", []], [1, 0, 5, []], [1, 0, "a/0", {}]])
def test_a_record_of_another_shape_is_refused(record: list[object]) -> None:
    with pytest.raises(ShapeError, match="advertisements are"):
        advertisements.events(record)


def test_more_addresses_than_are_kept_still_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advertisements, "ADDRESSES_KEPT", 4)
    some = [heard(n)._replace(address=f"C0:00:00:00:00:{n:02X}") for n in range(20)] * 2
    (record,) = advertisements.records(some)
    assert advertisements.events(record) == tuple(some)
    assert len(advertisements._packed) <= 4
