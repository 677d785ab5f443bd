"""What a row says: columns, their dropping, ages, addresses, bars."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.console.columns import (
    COLUMNS,
    address_text,
    age_text,
    count_text,
    layout,
    name_of,
    short_company,
)
from bletui.console.glyphs import ASCII, UNICODE
from bletui.console.spans import cell
from bletui.console.sparkline import GROUP, level, sparkline
from bletui.devices import Device, DeviceStore
from bletui.model import AddressType
from bletui.model.addresses import sort_of
from tests import values
from tests.console.stage import NOW, heard


def device(address: str = "C0:00:00:00:00:01", kind: AddressType | None = "random") -> Device:
    store = DeviceStore()
    store.update([heard(1)._replace(address=address, address_type=kind)])
    return store.devices[address]


@pytest.mark.parametrize(
    ("width", "dropped"),
    [
        (200, set()), (100, set()), (84, {"lanes"}), (80, {"lanes", "count"}),
        (60, {"lanes", "count", "company"}), (50, {"lanes", "count", "company", "interval", "signal"}),
        (40, {"lanes", "count", "company", "interval", "signal", "age"}),
    ],
)  # fmt: skip
def test_columns_go_in_the_documented_order(width: int, dropped: set[str]) -> None:
    shown = {place.column.id for place in layout(width)}
    assert {column.id for column in COLUMNS if column.width is not None} - shown == dropped


@given(st.integers(41, 300))
def test_columns_stand_side_by_side_inside_the_row_and_what_changes_at_the_right(width: int) -> None:
    placed = layout(width)
    for left, right in pairwise(placed):
        assert right.x == left.x + left.width + 1
    assert placed[-1].x + placed[-1].width + 1 == width
    changing = [place.column.changing for place in placed]
    assert changing == sorted(changing)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0"), (0.9, "0"), (99, "99"), (100, "1m"), (5999, "99m"), (6000, "1h"), (360_000, "4d"), (1e9, ">99d")],
)
def test_ages_take_four_cells_at_most(seconds: float, text: str) -> None:
    assert age_text(seconds) == text


@given(st.integers(0, 10**10))
def test_counts_take_five_cells_at_most(count: int) -> None:
    assert len(count_text(count)) <= 5 or count >= 10**10


@pytest.mark.parametrize(
    ("address", "kind", "sort", "letter"),
    [
        ("C0:00:00:00:00:01", "random", "static", "s"), ("72:A2:28:A8:68:68", "random", "resolvable", "r"),
        ("3E:F0:53:FE:F8:55", "random", "non-resolvable", "n"), ("A4:C1:38:0B:7F:2A", "public", "public", " "),
        ("A4:C1:38:0B:7F:2A", None, None, "·"), ("0F3A9D1C-OPAQUE-IDENTIFIER", "random", "non-resolvable", "n"),
        ("80:00:00:00:00:01", "random", None, "·"), ("opaque", "random", None, "·"),
    ],
)  # fmt: skip
def test_the_letter_behind_an_address(address: str, kind: AddressType, sort: str | None, letter: str) -> None:
    made = device(address, kind)
    assert sort_of(made.address, made.address_type) == sort
    assert address_text(made, 18, UNICODE)[-1] == letter
    assert len(address_text(made, 18, UNICODE)) <= 18


def test_an_unnamed_device_shows_what_it_broadcasts() -> None:
    store = DeviceStore()
    store.update([heard(1, raw=bytes.fromhex("1aff4c000215000102030405060708090a0b0c0d0e0f00010002c5")), heard(2)])
    assert [name_of(each) for each in store.devices.values()] == ["(iBeacon)", "(unnamed)"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Apple, Inc.", "Apple"), ("Victron Energy BV", "Victron Energy"), ("Sonos Inc", "Sonos"),
        ("Co.", "Co."), ("Shenzhen Feasycom Co., Ltd.", "Shenzhen Feasycom"),
    ],
)  # fmt: skip
def test_a_company_without_its_legal_form(name: str, short: str) -> None:
    assert short_company(name) == short


@given(values.advertisements, st.sampled_from([UNICODE, ASCII]))
def test_every_column_of_any_device_is_one_line_of_its_width(report: object, glyphs: object) -> None:
    store = DeviceStore()
    store.update([report])  # type: ignore[list-item]
    (made,) = store.devices.values()
    for place in layout(100):
        text = place.column.text(made, NOW, glyphs)  # type: ignore[arg-type]
        assert len(cell(text, place.width)) >= 1
        assert "\x1b" not in text
        assert "\n" not in text


def test_a_bar_moves_only_when_it_is_complete() -> None:
    before = sparkline([-90, -90, -40, -40], 4, 5, UNICODE.levels)
    after = sparkline([-90, -90, -40, -40, -90], 5, 5, UNICODE.levels)
    assert before == "   ▂█"
    assert after == "  ▂█▂"
    assert sparkline([-90, -90, -40, -40, -90, -40], 6, 5, UNICODE.levels)[:4] == after[:4]


@given(st.lists(st.none() | st.integers(-128, 20), max_size=60), st.integers(0, 20))
def test_bars_fill_their_width_whatever_was_heard(samples: list[int | None], bars: int) -> None:
    drawn = sparkline(samples, len(samples), bars, ASCII.levels)
    assert len(drawn) == bars
    assert len(drawn.strip()) <= -(-len(samples) // GROUP) + 1


@given(st.floats(-128, 20), st.floats(-128, 20))
def test_a_stronger_signal_never_has_a_lower_bar(a: float, b: float) -> None:
    order = UNICODE.levels.index
    weak, strong = sorted((a, b))
    assert order(level(weak, UNICODE.levels)) <= order(level(strong, UNICODE.levels))
