"""Fast Pair and Exposure Notification."""

from __future__ import annotations

import pytest

from bletui.decode.beacons import describe
from tests.decode.beacons.facts_of import structure


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("0a0b0c", "Fast Pair 0a0b0c"),
        ("00" "4008238221" "112b" "3352d20d", "Fast Pair account data account key filter 08238221 salt 2b "
         "left 82 % right 82 % case 13 % charging right"),
        ("00" "4208238221" "1161" "34ffffff", "Fast Pair account data account key filter 08238221 without notification "
         "salt 61 charging left, right, case battery without notification not available: left, right, case"),
        ("00" "00" "1355", "Fast Pair account data no account key battery 1 85 %"),
        ("00" "37a1b2c3" "1801", "Fast Pair account data model a1b2c3 capabilities 01"),
        ("00" "2f0102", "Fast Pair account data element 15 0102"),
        ("00" "40aabb", "Fast Pair account data malformed: account key filter says 4 bytes, 2 left"),
        ("10aabb01", "Fast Pair version 1 data aabb01"),
        ("", None),
    ],
)  # fmt: skip
def test_fast_pair(data: str, line: str | None) -> None:
    assert describe(structure(0x16, 0xFE2C, bytes.fromhex(data))) == line


def test_exposure_notification() -> None:
    line = "Exposure Notification 917646fdc790769728bc1a63ade8c029 9a746508"
    data = bytes.fromhex("917646fdc790769728bc1a63ade8c0299a746508")
    assert describe(structure(0x16, 0xFD6F, data)) == line
    assert describe(structure(0x16, 0xFD6F, data[:-1])) == "Exposure Notification malformed: 19 bytes, expected 20"
