"""Names of assigned numbers: right, clean, dated, and read only when asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bletui.decode import names
from bletui.decode.names import make
from bletui.decode.uuids import BASE
from bletui.text import is_clean

FOLDER = Path(names.__file__).parent


def test_companies() -> None:
    assert names.company(0x004C) == "Apple, Inc."
    assert names.company(0x0499) == "Ruuvi Innovations Ltd."
    assert names.company(0xFFFE) is None


def test_a_word_finds_companies_at_the_start_of_their_words() -> None:
    assert names.companies("APPLE") == {0x004C}
    assert 0x0059 in names.companies("semiconductor")
    assert 0x0059 not in names.companies("emiconductor")
    assert names.companies("no such company") == frozenset()


@pytest.mark.parametrize(
    ("uuid", "name"),
    [
        (0x180F, "Battery Service"),
        ("0000180f-0000-1000-8000-00805f9b34fb", "Battery Service"),
        ("00002a37-0000-1000-8000-00805f9b34fb", "Heart Rate Measurement"),
        (0x2902, "Client Characteristic Configuration"),
        (0x2B8C, "CO₂ Concentration"),  # in the source: TeX
        (0xFE1C, "NetMedia, Inc."),  # a member; the source writes these numbers wrongly
        ("6e400001-b5a3-f393-e0a9-e50e24dcca9e", "Nordic UART Service"),
        ("0001180f-0000-1000-8000-00805f9b34fb", None),  # a 32-bit UUID is not its lower half
        ("12345678-1234-1234-1234-123456789abc", None),
        (0x0002, None),
    ],
)
def test_uuids(uuid: int | str, name: str | None) -> None:
    assert names.uuid(uuid) == name


def test_an_unknown_subcategory_has_its_category() -> None:
    assert names.appearance(0x0543) == "Sensor: Temperature Sensor"
    assert names.appearance(0x057F) == "Sensor"
    assert names.appearance(0xFFFF) is None


def test_uri_schemes() -> None:
    assert names.uri_scheme(0x17) == "https:"
    assert names.uri_scheme(0x7F) is not None
    assert names.uri_scheme(0x1F600) is None


@pytest.mark.parametrize("table", names.TABLES)
def test_every_table_is_clean_and_says_where_it_comes_from(table: str) -> None:
    head, *rows = (FOLDER / f"{table}.tsv").read_text("utf-8").splitlines()
    assert "2024" in head or "2026" in head
    assert "MIT" in head or "BSD" in head
    assert all(is_clean(name) and key == key.lower() for key, name in (row.split("\t") for row in rows))
    assert len({row.split("\t")[0] for row in rows}) == len(rows)
    assert names.sources()[table] == head.removeprefix("# ")


def test_no_table_is_read_before_a_name_is_asked_for() -> None:
    code = "import bletui.decode.advertising, bletui.decode.names as n; print(n._table.cache_info().currsize)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "0\n"


def test_numbers_written_in_decimal_digits_are_read_as_meant() -> None:
    assert make._uuid(0x65046) == "fe16"
    assert make._uuid(0x180F) == "180f"
    assert make._uuid("6E400001-B5A3-F393-E0A9-E50E24DCCA9E") == "6e400001-b5a3-f393-e0a9-e50e24dcca9e"


def test_a_persons_own_names_come_before_the_tables_and_can_be_taken_back() -> None:
    lock, battery = "f000aa00-0451-4000-b000-000000000000", f"00002a19{BASE}"
    assert (names.uuid(lock), names.uuid(0x2A19)) == (None, "Battery Level")
    try:
        names.adopt({lock: "Lock state", battery: "Charge"})
        assert [names.uuid(one) for one in (lock, battery, 0x2A19)] == ["Lock state", "Charge", "Charge"]
        assert names.uuid(0x180F) == "Battery Service"
    finally:
        names.adopt({})
    assert (names.uuid(lock), names.uuid(0x2A19)) == (None, "Battery Level")
