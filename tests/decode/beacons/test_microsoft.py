"""Microsoft's beacons: [MS-CDP] and Swift Pair."""

from __future__ import annotations

import pytest

from bletui.decode.beacons import describe
from tests.decode.beacons.facts_of import only, structure
from tests.decode.recorded import Recorded, recorded

RECORDED = [r for r in recorded("adverts") if r.brand == "Microsoft"]


@pytest.mark.parametrize("each", RECORDED, ids=lambda r: r.raw.hex())
def test_what_windows_sends_is_well_formed(each: Recorded) -> None:
    beacon = only(each.raw)
    assert beacon.kind.startswith("Microsoft")
    assert beacon.problem is None


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("01092022b16265cb23b7e9cfe76aa2f0a1e26808aa9f539d0da340",
         "Microsoft Connected Devices Windows desktop version 0 no session hosting status, address is the device id "
         "salt b16265cb hash 23b7e9cfe76aa2f0a1e26808aa9f539d0da340"),
        ("012f2100" + "00" * 23, "Microsoft Connected Devices Windows laptop version 1 shares with everyone "
         "salt 00000000 hash " + "00" * 19),
        ("0109210a380f2115540c4445534b544f502d473953474e3151", "Microsoft Connected Devices Windows desktop version 0 "
         "shares with everyone no session hosting status, NearShare address 0C:54:15:21:0F:38 DESKTOP-G9SGN1Q"),
        ("0109", "Microsoft Connected Devices malformed: 2 bytes, expected 27"),
        ("030080", "Microsoft Swift Pair LE only"),
        ("0300804d6f757365", "Microsoft Swift Pair LE only Mouse"),
        ("030180" "060504030201" "040424" "486561641b", "Microsoft Swift Pair BR/EDR only address 01:02:03:04:05:06 "
         "class of device 0x240404 Head\\x1b"),
        ("030280" "040424" "48", "Microsoft Swift Pair LE and BR/EDR, Secure Connections class of device 0x240404 H"),
        ("03018006", "Microsoft Swift Pair BR/EDR only malformed: 4 bytes, expected at least 12"),
        ("0300", "Microsoft Swift Pair malformed: 2 bytes, expected at least 3"),
        ("030980", "Microsoft Swift Pair scenario 9 malformed: this scenario is not documented"),
        ("77", None),
        ("", None),
    ],
)  # fmt: skip
def test_one_line(data: str, line: str | None) -> None:
    assert describe(structure(0xFF, 0x0006, bytes.fromhex(data))) == line
