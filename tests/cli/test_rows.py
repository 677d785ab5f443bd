from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.cli.rows import device_line, summary, table
from bletui.console.columns import address_text
from bletui.console.glyphs import UNICODE
from bletui.devices import Device, DeviceStore
from bletui.errors.layout import cells
from bletui.model import Advertisement
from bletui.text import is_clean

A, B = "AA:00:00:00:00:01", "AA:00:00:00:00:02"
LANES = {"x/1": "hci0"}


def devices(*heard: Advertisement) -> list[Device]:
    store = DeviceStore()
    store.update(heard)
    return list(store.devices.values())


def named(name: bytes) -> bytes:
    return bytes([len(name) + 1, 9]) + name


def test_a_line_has_when_what_who_and_how_loud() -> None:
    (device,) = devices(Advertisement(0.0, "x/1", A, "random", -60, "ADV_IND", named(b"Thermo")))
    line = device_line("new", device, 0.0, LANES, None)
    assert line.split()[1:] == ["new", A, "·", "-60", "Thermo", "hci0"]


def test_what_is_not_known_is_a_dot_not_a_guess() -> None:
    (device,) = devices(Advertisement(0.0, "x/1", A, None, None))
    assert device_line("new", device, 0.0, {}, None).split()[2:] == [A, "·", "·", "(unnamed)", "x/1"]


@pytest.mark.parametrize(
    ("address", "address_type", "mark"),
    [
        ("DE:5F:61:DD:F5:69", "random", "s"),
        ("5E:5F:61:DD:F5:69", "random", "r"),
        ("1E:5F:61:DD:F5:69", "random", "n"),
        ("9E:5F:61:DD:F5:69", "random", "·"),
        ("DE:5F:61:DD:F5:69", "public", " "),
        ("DE:5F:61:DD:F5:69", None, "·"),
        ("6F1C0D3A-0000-0000-0000-0123456789AB", None, "·"),
    ],
)
def test_the_sort_of_an_address_is_marked_as_in_the_console(address: str, address_type: Any, mark: str) -> None:
    (device,) = devices(Advertisement(0.0, "x/1", address, address_type, -60))
    assert f"{address} {mark}  " in device_line("new", device, 0.0, LANES, None)
    assert f"{address} {mark}  " in table([device], LANES, None)
    assert address_text(device, 99, UNICODE) == address + mark


def test_the_table_is_ranked_and_names_every_lane() -> None:
    rows = table(
        devices(
            Advertisement(0.0, "x/1", A, "public", -80),
            Advertisement(0.0, "x/1", B, "public", -50),
            Advertisement(0.0, "x/2", A, "public", -70),
        ),
        LANES,
        None,
    ).splitlines()
    assert [row.split()[1] for row in rows[1:]] == [B, A]
    assert "hci0 -80,x/2 -70" in rows[2]


def test_an_empty_table_is_its_header() -> None:
    assert table([], {}, 80).startswith("Name")


@given(st.binary(max_size=29), st.text(max_size=20), st.integers(20, 200))
def test_hostile_bytes_stay_on_one_clean_line_of_the_width(name: bytes, lane: str, width: int) -> None:
    found = devices(Advertisement(0.0, lane, A, "random", -60, "ADV_IND", named(name)))
    for text in (device_line("new", found[0], 0.0, {}, width), *table(found, {}, width).splitlines()):
        assert is_clean(text)
        assert cells(text) <= width


def test_the_summary_says_only_what_happened() -> None:
    assert summary(3, 2, 1.0, {}, 0, 0) == "3 advertisements of 2 devices in 1.0 s"
    shed = {"malformed events": 12, "advertisements": 3}
    assert summary(3, 2, 1.0, shed, 5, 6).split("; ")[1:] == [
        "15 shed: 12 malformed events, 3 advertisements",
        "5 devices hidden by the filter",
        "6 for which it can't tell",
    ]


def test_the_summary_counts_one_as_one() -> None:
    assert summary(1, 1, 2.0, {}, 1, 0) == "1 advertisement of 1 device in 2.0 s; 1 device hidden by the filter"


def test_an_empty_scan_says_that_the_radio_was_asked_for_a_part_only() -> None:
    asked = "the radio was asked only for what the filter can show"
    assert summary(0, 0, 3.0, {}, 0, 0, bounded=True) == f"0 advertisements of 0 devices in 3.0 s; {asked}"
    assert asked not in summary(9, 2, 3.0, {}, 0, 0, bounded=True)


def test_without_columns_nothing_is_padded() -> None:
    (device,) = devices(Advertisement(0.0, "x/1", A, "random", -60, "ADV_IND", named(b"stale bond")))
    line = device_line("", device, 0.0, LANES, None, columns=False)
    assert line.split("  ")[1:] == [f"{A} ·", "-60", "stale bond", "hci0"]
