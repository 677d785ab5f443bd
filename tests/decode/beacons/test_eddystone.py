"""Eddystone frames against recorded ones, and what is wrong with others."""

from __future__ import annotations

import pytest

from bletui.decode.beacons import describe
from tests.decode.beacons.facts_of import facts, only, structure
from tests.decode.recorded import Recorded, recorded

FRAMES = [r for r in recorded("adverts") if "Eddystone" in r.brand and "eTLM" not in r.brand]
NAMES = {"tx_power": "tx", "voltage_mv": "battery", "adv_count": "advertisements", "eid_hex": "eid"}


@pytest.mark.parametrize("each", FRAMES, ids=lambda r: r.brand)
def test_eddystone(each: Recorded) -> None:
    got = facts(each.raw)
    for name, value in each.expected.items():
        if name == "uptime_ds":
            assert got["up"] == value / 10
        elif name != "eddystone":
            assert got[NAMES.get(name, name)] == value
    assert only(each.raw).kind == f"Eddystone {each.expected['eddystone'].upper()}"


@pytest.mark.parametrize(
    ("frame", "line"),
    [
        ("2001" + "41" * 12 + "deadbeff",
         "Eddystone TLM encrypted sealed 414141414141414141414141 salt 57005 check 48895"),
        ("2000" + "0000" + "8000" + "0000000a" + "00000064",
         "Eddystone TLM advertisements 10 up 10 s not available: battery, temperature"),
        ("2000" + "0bb8" + "ff80" + "0000000a" + "00000064",
         "Eddystone TLM battery 3000 mV temperature -0.5 °C advertisements 10 up 10 s"),
        ("2000" + "0bb8", "Eddystone TLM malformed: 4 bytes, expected 14 or 18"),
        ("2000" + "00" * 16, "Eddystone TLM malformed: 18 bytes, expected 14"),
        ("2001" + "41" * 8 + "deadbeff", "Eddystone TLM malformed: 14 bytes, expected 18"),
        ("2002" + "00" * 12, "Eddystone TLM malformed: version 2 is not known"),
        ("10ee0361002e", "Eddystone URL https://a.com/. tx -18"),
        ("100002", "Eddystone URL http:// tx 0"),
        ("1000021b63", "Eddystone URL http://\\x1bc tx 0 malformed: reserved character 0x1b"),
        ("10000463", "Eddystone URL \\x04c tx 0 malformed: reserved scheme"),
        ("1000", "Eddystone URL malformed: 2 bytes, expected 3 to 20"),
        ("00ee" + "01" * 16, "Eddystone UID 01010101010101010101 010101010101 tx -18"),
        ("00ee" + "01" * 17, "Eddystone UID malformed: 19 bytes, expected 18 or 20"),
        ("30ee" + "01" * 7, "Eddystone EID malformed: 9 bytes, expected 10"),
        ("40ee", "Eddystone malformed: reserved frame type 0x40"),
        ("", None),
    ],
)  # fmt: skip
def test_one_line(frame: str, line: str | None) -> None:
    assert describe(structure(0x16, 0xFEAA, bytes.fromhex(frame))) == line
