"""Scan filters, applied as a radio near the air would."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.simulator.filtering import Filtering, passes_all
from bletui.backends.simulator.patterns import address_matches, name_matches, value_matches
from bletui.model import Advertisement, Extended, Pdu, ScanFilter, ValueFilter

NAMED = b"\x02\x01\x06" + b"\x08\x09Thermo1"
BATTERY = b"\x03\x03\x0f\x18"


def ad(
    raw: bytes = b"", *, at: float = 0.0, address: str = "A4:C1:38:00:00:01", rssi: int = -60, pdu: Pdu = "ADV_IND"
) -> Advertisement:
    return Advertisement(at, "sim/hci0", address, "public", rssi, pdu, raw)


def passed(wanted: ScanFilter, *events: Advertisement) -> Sequence[int]:
    """Which of the events pass, by their place."""
    found = Filtering(wanted).passing(list(events))
    return [n for n, event in enumerate(events) if any(event is other for other in found)]


def test_an_empty_filter_passes_everything() -> None:
    assert passes_all(ScanFilter())
    assert passed(ScanFilter(), ad(), ad(NAMED)) == [0, 1]


@pytest.mark.parametrize(
    ("wanted", "which"),
    [
        (ScanFilter(min_rssi=-60), [0, 1]),
        (ScanFilter(addresses=("a4:c1:38:*",)), [0, 2]),
        (ScanFilter(addresses=("A4:C1:38:00:00:01", "C0:00:00:00:00:01")), [0, 1]),
        (ScanFilter(names=("Thermo1",)), [0]),
        (ScanFilter(names=("Therm*",)), [0]),
        (ScanFilter(names=("*mo1", "x")), [0]),
        (ScanFilter(names=("*",)), [0]),
        (ScanFilter(names=("thermo1",)), []),
        (ScanFilter(uuids=("180F",)), [1]),
        (ScanFilter(uuids=("0000180f-0000-1000-8000-00805f9b34fb",)), [1]),
        (ScanFilter(values=(ValueFilter(b"\x06"),)), [0]),
        (ScanFilter(values=(ValueFilter(b"\x03\x0f", 1), ValueFilter(b"\x06", 0))), [1]),
        (ScanFilter(connectable=True), [0, 2]),
        (ScanFilter(phys=("1M",)), [0, 1, 2]),
        (ScanFilter(phys=("CODED",)), []),
        (ScanFilter(min_rssi=-60, names=("Thermo1",), uuids=("180f",)), []),
    ],
)
def test_each_field(wanted: ScanFilter, which: list[int]) -> None:
    events = (
        ad(NAMED),
        ad(BATTERY, address="C0:00:00:00:00:01", pdu="ADV_NONCONN_IND"),
        ad(b"", address="A4:C1:38:00:00:02", rssi=-61),
    )
    assert passed(wanted, *events) == which


def test_a_device_that_has_shown_its_name_in_a_scan_response_keeps_passing() -> None:
    answer = ad(NAMED, pdu="SCAN_RSP")
    assert passed(ScanFilter(names=("Thermo1",)), ad(BATTERY), answer, ad(BATTERY)) == [1, 2]
    assert passed(ScanFilter(connectable=True), ad(pdu="SCAN_RSP"), ad(), ad(pdu="SCAN_RSP")) == [1, 2]


def test_an_extended_advertisement_says_itself_whether_it_is_connectable_and_where() -> None:
    coded = ad(pdu="ADV_EXT_IND")._replace(extended=Extended(primary_phy="CODED", connectable=True))
    assert passed(ScanFilter(phys=("CODED",), connectable=True), coded) == [0]
    assert passed(ScanFilter(phys=("1M",)), coded) == []


def test_duplicates_are_reported_once_a_window_and_changes_at_once() -> None:
    events = [ad(NAMED, at=0.0), ad(NAMED, at=0.5), ad(BATTERY, at=0.6), ad(BATTERY, at=1.5), ad(BATTERY, at=1.7)]
    assert passed(ScanFilter(duplicates_ms=1000), *events) == [0, 2, 4]
    assert passed(ScanFilter(duplicates_ms=1), *events) == [0]


@given(st.text(max_size=20), st.integers(0, 20))
def test_prefix_and_suffix_patterns_match_what_they_were_cut_from(name: str, cut: int) -> None:
    assert name_matches(name, (name[:cut] + "*",)) or not name
    if name and not name.endswith("*") and "*" not in name[-cut:]:
        assert name_matches(name, ("*" + name[len(name) - min(cut, len(name)) :],))
    assert not name_matches(None, ("*",))


@given(st.binary(max_size=31), st.integers(0, 31), st.integers(0, 31))
def test_a_value_is_found_where_it_stands(raw: bytes, at: int, size: int) -> None:
    part = raw[at : at + size]
    assert value_matches(raw, (ValueFilter(part),))
    assert value_matches(raw, (ValueFilter(part, at),)) or at > len(raw)


def test_addresses_fold_case() -> None:
    assert address_matches("A4:C1:38:00:00:01", ("a4:c1:38:00:00:01",))
    assert not address_matches("A4:C1:38:00:00:01", ("a4:c1:38",))
