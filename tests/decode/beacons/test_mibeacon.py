"""MiBeacon: recorded frames in the clear and opened with their keys, and what is wrong with others."""

from __future__ import annotations

import pytest

from bletui.decode.beacons import describe
from tests.decode.beacons.adverts import Advert, adverts
from tests.decode.beacons.facts_of import facts, only, structure

RECORDED = adverts("Xiaomi")
NAMES = {"moisture detected": "water", "no motion time": "no motion for", "temperature": "temperature",
         "humidity": "humidity", "battery": "battery", "smoke": "smoke", "fingerprint": "fingerprint"}  # fmt: skip
OTHER_KEY = "54:EF:44:E0:C4:0F"  # recorded with a key that is not its own
HEAD = "5030" + "5b05" + "07" + "7b3e6a8d7cc4"


@pytest.mark.parametrize("each", RECORDED, ids=lambda r: r.raw.hex())
def test_recorded_frames(each: Advert) -> None:
    got = facts(each.raw, each.keys, each.address)
    line = str(only(each.raw, each.keys, each.address))
    assert ("the key does not fit" in line) == (each.address == OTHER_KEY)
    assert ("encrypted" in line) == (each.address == OTHER_KEY)
    assert got.get("MAC", each.address) == each.address
    for name, value in each.expected.items():
        ours = NAMES.get(name)
        if ours in got:
            assert got[ours] == (value if isinstance(value, str) else pytest.approx(value))


def test_enough_of_them_are_compared() -> None:
    compared = [
        name
        for each in RECORDED
        for name in each.expected
        if NAMES.get(name) in facts(each.raw, each.keys, each.address)
    ]
    assert len(compared) >= 13
    assert len([each for each in RECORDED if each.keys]) >= 25


def test_without_its_key_a_frame_says_what_is_in_the_clear() -> None:
    raw = bytes.fromhex("0201061a1695fe58586f0607892012342d585f176dd54f0200002fa453fa")
    line = "MiBeacon version 5 product 0x066F counter 7 MAC 58:2D:34:12:20:89"
    assert describe(raw) == f"{line} encrypted"
    assert describe(raw, keys={"58:2D:34:12:20:89": bytes.fromhex("a3bfe9853dd85a620debe3620caaa351")}) == (
        f"{line} temperature 22.6 °C"
    )
    assert describe(raw, keys={"58:2D:34:12:20:89": bytes(12)}) == (
        f"{line} encrypted, and the key has 12 bytes instead of 16"
    )


def test_an_old_frame_says_when_its_key_does_not_fit() -> None:
    raw = bytes.fromhex("181695fe5830b603368b98c54124f88bb8f2661351000000d6")
    line = "MiBeacon version 3 product 0x03B6 counter 54 MAC F8:24:41:C5:98:8B"
    assert describe(raw) == f"{line} encrypted"
    assert describe(raw, keys={"F8:24:41:C5:98:8B": bytes(12)}) == f"{line} encrypted, and the key does not fit"
    assert describe(raw, keys={"F8:24:41:C5:98:8B": bytes(16)}) == (
        f"{line} encrypted, and the key has 16 bytes instead of 12"
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (HEAD + "0410021201", "temperature 27.4 °C"),
        (HEAD + "04100212ff", "temperature -23.8 °C"),
        (HEAD + "05100203e5", "kettle heat, then keep warm temperature -27 °C"),
        (HEAD + "0a100164" + "06100258" + "02", "battery 100 % humidity 60 %"),
        (HEAD + "07000101", "door closed"),
        (HEAD + "07000501" + "62ecca01", "door closed at 30076002 s"),
        (HEAD + "0110030100" + "02", "button 1 press long"),
        (HEAD + "1910" + "0102", "contact not closed in time"),
        (HEAD + "1910" + "0177", "contact 0x77"),
        (HEAD + "0e4e00", "object 0x4e0e"),
        (HEAD + "014c0400002041", "object 0x4c01 00002041"),
        (HEAD + "04100112", "malformed: object 0x1004: 1 byte, expected 2"),
        (HEAD + "04100212", "malformed: object 0x1004 says 2 bytes, 1 left"),
        (HEAD + "0410", "malformed: ends inside the head of an object"),
        (HEAD, ""),
    ],
)
def test_objects(data: str, said: str) -> None:
    line = f"MiBeacon version 3 product 0x055B counter 7 MAC C4:7C:8D:6A:3E:7B {said}".rstrip()
    assert describe(structure(0x16, 0xFE95, bytes.fromhex(data))) == line


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("", None),
        ("50", "MiBeacon malformed: ends inside its header"),
        ("50305b05077b3e6a", "MiBeacon malformed: ends inside its header"),
        ("20305b0507", "MiBeacon malformed: ends inside its header"),
        ("20305b05070d", "MiBeacon version 3 product 0x055B counter 7 capability 0d"),
        ("20305b0507280100", "MiBeacon version 3 product 0x055B counter 7 capability 28"),
        ("20305b05072801", "MiBeacon malformed: ends inside its header"),
        ("48585b0507" + "010203", "MiBeacon version 5 product 0x055B counter 7 malformed: ends inside the counter and "
         "check of its encryption"),
        ("48585b0507" + "01" * 6, "MiBeacon version 5 product 0x055B counter 7 malformed: ends inside the counter and "
         "check of its encryption"),
        ("48585b0507" + "01" * 7, "MiBeacon version 5 product 0x055B counter 7 encrypted"),
        ("48305b0507" + "010203", "MiBeacon version 3 product 0x055B counter 7 malformed: ends inside the counter and "
         "check of its encryption"),
    ],
)  # fmt: skip
def test_headers(data: str, line: str | None) -> None:
    assert describe(structure(0x16, 0xFE95, bytes.fromhex(data))) == line
