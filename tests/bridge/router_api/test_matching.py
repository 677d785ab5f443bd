"""Filters that need more than one packet to be seen; those over one are in the stream's tests, per query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.router_api import matching
from bletui.bridge.router_api.matching import Duplicates, checks
from bletui.model import Advertisement, Extended, ScanFilter, ValueFilter
from tests import values
from tests.bridge.router_api.site import AT, heard


def wants(wanted: ScanFilter, ad: Advertisement) -> bool:
    return all(check(ad) for check in checks(wanted))


def test_no_filter_no_check() -> None:
    assert checks(ScanFilter()) == ()
    assert checks(ScanFilter(duplicates_ms=1)) == ()


@given(values.advertisements)
def test_what_a_radio_cannot_tell_is_not_hidden(ad: Advertisement) -> None:
    assert wants(ScanFilter(min_rssi=20), ad._replace(rssi=None))
    assert wants(ScanFilter(connectable=True), ad._replace(pdu=None))
    assert wants(ScanFilter(phys=("CODED",)), ad._replace(extended=Extended()))


PHYS = [
    (None, "1M", True),
    (None, "2M", False),
    (Extended(primary_phy="1M", secondary_phy="2M"), "2M", True),
    (Extended(primary_phy="1M", secondary_phy="2M"), "CODED", False),
    (Extended(primary_phy="CODED"), "CODED", True),
]


@pytest.mark.parametrize(("extended", "phy", "expected"), PHYS)
def test_phys(extended: Extended | None, phy: str, *, expected: bool) -> None:
    ad = heard()._replace(extended=extended)
    assert wants(ScanFilter(phys=(phy,)), ad) is expected


VALUES = [
    (ValueFilter(b"\x02\x01\x06", 0), True),
    (ValueFilter(b"\x02\x01\x06", 1), False),
    (ValueFilter(b"DfuTarg"), True),
    (ValueFilter(b"DfuTarg", 9), True),
    (ValueFilter(b"\x67\x00"), False),
    (ValueFilter(b"\x67", 1650), False),
]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_values_at_their_offset_or_anywhere(value: ValueFilter, *, expected: bool) -> None:
    assert wants(ScanFilter(values=(value,)), heard()) is expected


def test_one_report_per_device() -> None:
    once = Duplicates(None)
    assert once(heard())
    assert not once(heard(b"\x01\x02", at=AT + 9999))
    assert not once(heard(b"\x01\x02", pdu="SCAN_RSP"))
    assert once(heard(address="AA:00:00:00:00:01"))


def test_one_report_in_a_window_unless_it_changed() -> None:
    window = Duplicates(2.0)
    assert window(heard())
    assert not window(heard(at=AT + 1.9, rssi=-90))
    assert window(heard(pdu="SCAN_RSP", at=AT + 1))
    assert not window(heard(at=AT + 1.99))
    assert window(heard(at=AT + 2.0))
    assert window(heard(b"\x02\x01\x04", at=AT + 2.1))
    assert not window(heard(b"\x02\x01\x04", at=AT + 4.0))
    assert window(heard(at=AT + 4.0))


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from([b"x", b"y"]), st.floats(0, 1.5)), max_size=40))
def test_a_window_hears_each_device_at_least_once_in_it(steps: list[tuple[str, bytes, float]]) -> None:
    window, at = Duplicates(2.0), AT
    passed: dict[str, tuple[float, bytes]] = {}
    for address, raw, gap in steps:
        at += gap
        if window(heard(raw, address=address, at=at)):
            passed[address] = at, raw
        last, payload = passed[address]
        assert at - last < 2.0
        assert payload == raw


def test_the_memory_of_devices_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "DEVICES_MAX", 2)
    once = Duplicates(None)
    assert [once(heard(address=address)) for address in ("A", "B", "C", "B", "A")] == [True, True, True, False, True]
