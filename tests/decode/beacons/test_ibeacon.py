"""iBeacon and AltBeacon against recorded frames."""

from __future__ import annotations

import pytest

from bletui.decode.beacons import describe
from tests.decode.beacons.facts_of import facts, only, structure
from tests.decode.recorded import Recorded, recorded

ADVERTS = recorded("adverts")
FRAME = bytes.fromhex("0215" + "74278bdab64445208f0c720eaf059935" + "00010007c5")


@pytest.mark.parametrize("each", [r for r in ADVERTS if "ibeacon" in r.expected], ids=lambda r: r.raw.hex())
def test_ibeacon(each: Recorded) -> None:
    wanted = each.expected["ibeacon"]
    got = facts(each.raw)
    assert str(got["uuid"]).lower() == wanted["uuid"]
    assert (got["major"], got["tx"]) == (wanted["major"], wanted["tx_power"])
    assert got["minor"] == wanted.get("minor", got["minor"])


def test_the_line_of_the_details_pane() -> None:
    line = describe(structure(0xFF, 0x4C, FRAME))
    assert line == "iBeacon 74278BDA-B644-4520-8F0C-720EAF059935 major 1 minor 7 tx -59"


@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        (FRAME[:22], "22 bytes, expected 23"),
        (FRAME[:1], "1 byte, expected 23"),
        (FRAME + b"\x64", "24 bytes, expected 23"),
        (b"\x02\x16" + FRAME[2:], "its length byte says 22 instead of 21"),
    ],
)
def test_a_malformed_frame_says_why(frame: bytes, problem: str) -> None:
    beacon = only(structure(0xFF, 0x4C, frame))
    assert (beacon.kind, beacon.problem) == ("iBeacon", problem)
    assert bool(beacon.facts) == (len(frame) >= 23)


def test_altbeacon() -> None:
    (each,) = [r for r in ADVERTS if "AltBeacon" in r.brand]
    assert facts(each.raw) == {
        "id": "D3162F5A-F3EE-4947-99DB-09756062D0FC",
        "major": each.expected["major"],
        "minor": each.expected["minor"],
        "tx": each.expected["measured power"],
        "reserved": each.raw[-1],
    }


def test_a_short_altbeacon_is_malformed_under_any_company() -> None:
    assert only(structure(0xFF, 0x0118, b"\xbe\xac\x01")).problem == "3 bytes, expected 24"
