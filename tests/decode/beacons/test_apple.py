"""Continuity messages: named in their order, and the fields that research or Apple documents."""

from __future__ import annotations

from hashlib import sha256

import pytest

from bletui.decode.beacons import describe
from tests.decode.beacons.facts_of import facts, only, structure
from tests.decode.recorded import Recorded, recorded

NAMES = {"AirPods/proximity pairing": "Proximity Pairing", "AirPlay target": "AirPlay Target",
         "unknown type 0x16": "type 0x16", "0x13": "type 0x13"}  # fmt: skip
RECORDED = [r for r in recorded("adverts") if "apple_messages" in r.expected]
OWNER = sha256(b"owner").digest()[:2].hex()


@pytest.mark.parametrize("each", RECORDED, ids=lambda r: r.raw.hex())
def test_continuity_messages_are_named_in_their_order(each: Recorded) -> None:
    beacon = only(each.raw)
    assert (beacon.kind, beacon.problem) == ("Apple", None)
    assert facts(each.raw)["messages"] == ", ".join(NAMES.get(name, name) for name in each.expected["apple_messages"])


@pytest.mark.parametrize(
    ("messages", "line"),
    [
        ("1005" "14a103b2", "Apple Nearby Info malformed: Nearby Info says 5 bytes, 4 left"),
        ("1005" "571c000000", "Apple Nearby Info active, screen on primary device, AirDrop on flags 1c"),
        ("1005" "061c000000", "Apple Nearby Info activity 0x6 flags 1c"),
        ("1000", "Apple Nearby Info"),
        ("0908" "1335c0a832be1b58", "Apple AirPlay Target flags 13 seed 53 192.168.50.190 port 7000"),
        ("0906" "0309c0a800d6", "Apple AirPlay Target flags 03 seed 9 192.168.0.214"),
        ("0c0e" "0013e2" + "00" * 11, "Apple Handoff version 0 sequence 57875 encrypted"),
        ("0512" + "00" * 8 + "01" + OWNER * 4 + "00",
         f"Apple AirDrop version 1 Apple ID hash {OWNER} phone hash {OWNER} email hash {OWNER} email 2 hash {OWNER}"),
        ("0e06" "010057000705", "Apple Tethering Source battery 87 % LTE bars 5"),
        ("0e06" "010057000905", "Apple Tethering Source battery 87 % cell service 9 bars 5"),
        ("0d04" "01020304", "Apple Tethering Target iCloud hash 01020304"),
        ("0b03" "de963f", "Apple Magic Switch data de96 confidence 63"),
        ("0807" "0102030400050a", "Apple Hey Siri voice hash 0102 SNR 3 confidence 4 device class 0005"),
        ("0316" "010203" "0277" + "00" * 15 + "01" + "c5",
         "Apple AirPrint port 631 address 00000000000000000000000000000001 power -59"),
        ("0f05" "40083900" "87", "Apple Nearby Action WiFi Password"),
        ("0f11" "4008390087" "f9575b3455e639550409fc87", "Apple Nearby Action WiFi Password SSID hash f9575b "
         "Apple ID hash 3455e6 phone hash 395504 email hash 09fc87"),
        ("0f02" "c0ff", "Apple Nearby Action action 0xff"),
        ("0110" + "80" + "00" * 14 + "01", "Apple Overflow Area hashed services 2"),
        ("1202" "2402", "Apple Find My near owner battery full maintained"),
        ("1219" "e0" + "57" * 22 + "0300", f"Apple Find My separated battery critical not maintained key {'57' * 22}"),
        ("0a0100", "Apple AirPlay Source not documented 00"),
        ("1601ff", "Apple type 0x16 not documented ff"),
        ("0a01000c", "Apple AirPlay Source, Handoff not documented 00 malformed: Handoff ends behind its type"),
        ("06", "Apple HomeKit malformed: HomeKit ends behind its type"),
        ("066d" "01" "17634bba339b" "0700" "0200" "01" "02",
         "Apple HomeKit not paired device 17:63:4B:BA:33:9B Outlet state 2 configuration 1 compatible 2"),
        ("0631" "00" "e4c49beefb3e" "0500" "0d00" "01" "02" "63112065",
         "Apple HomeKit paired device E4:C4:9B:EE:FB:3E Lighting state 13 configuration 1 compatible 2 "
         "setup hash 63112065"),
        ("062d" "00" "e4c49beefb3e" "6300" "0d00" "01" "02",
         "Apple HomeKit paired device E4:C4:9B:EE:FB:3E category 99 state 13 configuration 1 compatible 2"),
        ("1136" "e4c49beefb3e" + "00" * 16, "Apple HomeKit Notification device E4:C4:9B:EE:FB:3E encrypted"),
        ("", None),
    ],
)  # fmt: skip
def test_what_a_message_says(messages: str, line: str | None) -> None:
    assert describe(structure(0xFF, 0x4C, bytes.fromhex(messages))) == line


@pytest.mark.parametrize(
    ("status", "batteries", "case", "wanted"),
    [
        ("2b", "89", "07", {"left": 90, "right": 80, "case": 70}),
        ("0b", "89", "07", {"left": 80, "right": 90, "case": 70}),  # the right one speaks: the halves change places
        ("2b", "af", "1f", {"left": None, "right": 100, "case": None, "charging": "left"}),
        ("0b", "af", "5f", {"left": 100, "right": None, "case": None, "charging": "right, case"}),
    ],
)
def test_airpods(status: str, batteries: str, case: str, wanted: dict[str, object]) -> None:
    value = f"0719010e20{status}{batteries}{case}390500{'aa' * 16}"
    got = facts(structure(0xFF, 0x4C, bytes.fromhex(value)))
    assert got["model"] == "AirPods Pro"
    assert (got["lid"], got["colour"]) == (0x39, 5)
    assert {name: got[name] for name in wanted} == wanted
    assert ("charging" in got) == ("charging" in wanted)
