from __future__ import annotations

import csv
import io
from collections.abc import Callable
from subprocess import CompletedProcess

from hypothesis import given
from hypothesis import strategies as st

from bletui.cli.sheet import COLUMNS, Sheet
from bletui.devices import DeviceStore
from bletui.model import Advertisement
from bletui.text import visible

HEARD = Advertisement(
    1_700_000_000.1239, "sim/hci0", "C0:FF:EE:00:00:01", "random", -50, "ADV_IND", b"\x02\x01\x06", "a"
)


def rows(*heard: Advertisement) -> list[dict[str, str]]:
    sheet, store = Sheet(), DeviceStore()
    text = ""
    for one in heard:
        store.update([one])
        text += sheet.heard(one, store.devices[one.address], {"sim/hci0": "hci0"})
    assert sheet.counted == len(heard)
    return list(csv.DictReader(io.StringIO(text + sheet.end((), {}), newline=""), strict=True))


def test_a_row_has_everything_with_milliseconds() -> None:
    apple = HEARD._replace(raw=bytes.fromhex("0201061aff4c000215") + bytes(16) + bytes.fromhex("00010002c5"))
    (row,) = rows(apple)
    assert row == {
        "time": "2023-11-14T22:13:20.123+00:00", "lane": "hci0", "address": "C0:FF:EE:00:00:01",
        "address_type": "random", "rssi": "-50", "pdu": "ADV_IND", "name": "a", "company_id": "0x004C",
        "company": "Apple, Inc.",
        "meaning": "iBeacon 00000000-0000-0000-0000-000000000000 major 1 minor 2 tx -59",
        "data": "02 01 06 1a ff 4c 00 02 15 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 02 c5",
    }  # fmt: skip


def test_what_is_not_known_is_empty() -> None:
    (row,) = rows(Advertisement(1e9, "elsewhere", "opaque", None, None))
    known = {name: value for name, value in row.items() if value}
    assert known == {"time": "2001-09-09T01:46:40.000+00:00", "lane": "elsewhere", "address": "opaque"}


def test_a_name_is_never_a_formula() -> None:
    (row,) = rows(HEARD._replace(name='=HYPERLINK("http://x","y")'))
    assert row["name"] == '\'=HYPERLINK("http://x","y")'


def test_nothing_heard_is_a_header_alone() -> None:
    assert Sheet().end((), {}) == ",".join(COLUMNS) + "\n"


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_any_name_stays_in_its_cell(names: list[str]) -> None:
    told = rows(*(HEARD._replace(address=f"id-{n}", name=name) for n, name in enumerate(names)))
    assert [row["name"].removeprefix("'") for row in told] == [visible(name).removeprefix("'") for name in names]


def test_the_command_prints_what_the_filter_shows(bletui: Callable[..., CompletedProcess[str]]) -> None:
    done = bletui("scan", "sim:", "--csv", "--count", "20", "--filter", "company=apple")
    told = list(csv.DictReader(io.StringIO(done.stdout)))
    assert done.returncode == 0
    assert len(told) == 20
    assert {row["company_id"] for row in told} == {"0x004C"}


def test_it_goes_with_no_other_form(bletui: Callable[..., CompletedProcess[str]]) -> None:
    done = bletui("scan", "sim:", "--csv", "--walk", "C0:DE:1A:B0:00:01")
    assert done.returncode == 2
    assert "--walk does not go with --csv" in done.stderr
