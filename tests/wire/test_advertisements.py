"""Columns of advertisements: what is sent is what arrives, and what is no column is named."""

from __future__ import annotations

import struct
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
TIMES = struct.pack(">2d", 0.0, 0.5)
FIELDS = AdvertisedFields(manufacturer={0x004C: b"\x02\x15"}, service_data={}, tx_power=-4)


def heard(n: int, lane: str = "a/0", **more: Any) -> Advertisement:
    return Advertisement(1.7e9 + n / 1000, lane, ADDRESS, "random", -40 - n % 50, "ADV_IND", bytes([n % 256]), **more)


def record(**other: object) -> list[object]:
    """Of two advertisements, with some columns put differently."""
    columns = {
        "times": TIMES,
        "addresses": [SIX, SIX],
        "types": b"\x01\x01",
        "rssi": [-40, -41],
        "pdus": b"\x00\x00",
        "raw": [b"", None],
        **other,
    }
    return [1, "a/0", *columns.values()]


@given(st.lists(values.advertisements, min_size=1))
def test_each_lane_has_one_record_with_its_advertisements_in_order(some: list[Advertisement]) -> None:
    records = list(advertisements.records(some))
    assert [sent[1] for sent in records] == list(dict.fromkeys(one.lane for one in some))
    for sent in records:
        assert advertisements.events(sent) == tuple(one for one in some if one.lane == sent[1])


def test_there_are_columns_beyond_the_packets_only_where_something_is_known() -> None:
    some = [heard(1), heard(2, name="Meter"), heard(3), heard(4)]
    (plain,) = advertisements.records([some[0]])
    (named,) = advertisements.records(some)
    (told,) = advertisements.records([*some, heard(5, fields=FIELDS)])
    assert (len(plain), named[8:], len(told[9])) == (8, [[None, "Meter", None, None], None, None], 5)
    assert advertisements.events(named) == tuple(some)
    assert advertisements.events(told) == (*some, heard(5, fields=FIELDS))


def test_what_a_newer_version_appends_is_ignored() -> None:
    (named,) = advertisements.records([heard(1), heard(2, name="Meter")])
    assert advertisements.events([*named, ["new", "new"]]) == advertisements.events(named)
    assert [one.name for one in advertisements.events([*record(), ["Meter", None]])] == ["Meter", None]


def test_empty_columns_are_no_advertisements() -> None:
    assert advertisements.events([1, "a/0", b"", [], b"", [], b"", []]) == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (record(times=[0.0, 0.5]), "times: 8 bytes expected for each"),
        (record(times=TIMES[:-1]), "times: 8 bytes expected for each"),
        (record(times=struct.pack(">2d", 0.0, float("nan"))), "times: a finite number expected for each"),
        (record(times=struct.pack(">2d", float("inf"), 0.0)), "times: a finite number expected for each"),
        (record(addresses=[SIX, 7]), "an address is six bytes or text"),
        (record(addresses=[SIX, [1]]), "an address is six bytes or text"),
        (record(addresses="ab"), "addresses: list expected, str found"),
        (record(addresses=[b"12345", SIX]), "an address is six bytes or text"),
        (record(types=b"\x01\x02"), "address types: 2 is not known"),
        (record(types=[1, 1]), "address types: bytes expected, list found"),
        (record(rssi=[-40, "-40"]), "RSSI: 1: str found"),
        (record(pdus=b"\x00\x06"), "PDU types: 6 is not known"),
        (record(raw=[b"", "text"]), "payloads: 1: str found"),
        (record(raw=None), "payloads: list expected, NoneType found"),
        ([*record(), [5, None]], "names: str expected, int found"),
        ([*record(), None, [5, None]], "fields: list expected, int found"),
        ([*record(), None, None, {}], "extended: list expected, dict found"),
        ([*record(), ["Meter"]], "columns of different lengths"),
        (record(times=TIMES[:8]), "columns of different lengths"),
        (record(types=b"\x01"), "columns of different lengths"),
        (record(rssi=[-40, -40, -40]), "columns of different lengths"),
        (record()[:7], "advertisements are"),
        ([1, 5, *record()[2:]], "advertisements are"),
    ],
)
def test_the_column_that_does_not_fit_is_named(wrong: list[object], said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        advertisements.events(wrong)


def test_more_addresses_than_are_kept_still_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advertisements, "ADDRESSES_KEPT", 4)
    advertisements._packed.clear()  # of what other tests have left there
    some = [heard(n)._replace(address=f"C0:00:00:00:00:{n:02X}") for n in range(20)] * 2
    (sent,) = advertisements.records(some)
    assert advertisements.events(sent) == tuple(some)
    assert len(advertisements._packed) <= 4
