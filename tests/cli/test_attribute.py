from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.cli.attribute import find, typed
from bletui.decode.attributes import attributes
from bletui.failure import BleError, ErrorKind
from tests.cli.table import TREE, VENDOR

EACH = [one for one in attributes(TREE) if one.kind != "service"]


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("0x0012", 18),
        ("0X12", 18),
        ("18", 18),
        (" 3 ", 3),
        ("2a00", 3),
        ("2A00", 3),
        ("0x2a00", 3),
        ("00002a00", 3),
        ("00002a00-0000-1000-8000-00805f9b34fb", 3),
        (VENDOR.upper(), 1234),
        (VENDOR.replace("-", ""), 1234),
        ("1234", 1234),
        ("Device Name", 3),
        ("device name", 3),
        ("manufacturer", 6721),
    ],
)
def test_handles_uuids_and_names_are_understood(text: str, handle: int) -> None:
    assert find(TREE, text).handle == handle


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("2a19", ["0x0012", "0x0022"]),
        ("battery", ["0x0012", "0x0022"]),
        ("Battery Level", ["0x0012", "0x0022"]),
        ("2902", ["0x0013", "0x0b56"]),  # the UUID of one, and the decimal handle of the other
        ("0x1a41", ["0x1a41"]),
    ],
)
def test_what_may_be_several_is_refused_with_the_candidates(text: str, candidates: list[str]) -> None:
    if len(candidates) == 1:
        assert find(TREE, text).handle == int(candidates[0], 16)
        return
    with pytest.raises(BleError) as refused:
        find(TREE, text)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert all(one in refused.value.failure.detail for one in candidates)


@pytest.mark.parametrize("text", ["0x0001", "180f", "2a37", "0x0099", "no such name", "Generic Access", "\x1b[2J"])
def test_what_is_not_there_is_not_found_and_a_service_has_no_value(text: str) -> None:
    with pytest.raises(BleError) as refused:
        find(TREE, text)
    assert refused.value.failure.kind is ErrorKind.GATT_NOT_FOUND
    assert "\x1b" not in refused.value.failure.detail


@pytest.mark.parametrize(
    ("text", "inside"), [("0x1800", "0x0003 Device Name"), ("battery service", "0x0012 Battery Lev")]
)
def test_a_service_is_said_to_be_one_with_what_stands_in_it(text: str, inside: str) -> None:
    with pytest.raises(BleError) as refused:
        find(TREE, text)
    assert f"is a service, which has no value; in it: {inside}" in refused.value.failure.detail


@pytest.mark.parametrize("text", ["", "  ", "0", "0x0", "65536", "0x1ffff"])
def test_what_can_name_no_attribute_is_refused_before_there_is_a_table(text: str) -> None:
    with pytest.raises(BleError) as refused:
        typed(text)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID


@given(st.sampled_from(EACH))
def test_a_handle_in_hex_always_names_its_attribute(attribute: object) -> None:
    one = next(each for each in EACH if each is attribute)
    assert find(TREE, f"0x{one.handle:04x}") == one


@given(st.text(max_size=40))
def test_any_text_names_one_attribute_or_fails_in_the_vocabulary(text: str) -> None:
    try:
        assert find(TREE, typed(text)) in EACH
    except BleError as refused:
        assert refused.failure.kind in (ErrorKind.REQUEST_INVALID, ErrorKind.GATT_NOT_FOUND)


def test_properties_stand_in_columns() -> None:
    letters = {one.handle: one.letters for one in EACH if one.kind == "characteristic"}
    assert letters == {3: "rw...", 18: "r..n.", 34: "r....", 1234: "..W..", 6721: "r...."}
