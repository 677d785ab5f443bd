"""The objects of MiBeacon (Xiaomi, miio_open, "Mi BLE Object definition"); others are named by their number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bletui.decode.beacon import Fact, hexadecimal, size_problem
from bletui.decode.beacons.quantity import Quantity


class Choice(NamedTuple):
    """A number that stands for words."""

    name: str
    words: Mapping[int, str]
    size: int = 1

    def fact(self, value: bytes) -> Fact:
        number = int.from_bytes(value, "little")
        return Fact(self.name, self.words.get(number, f"0x{number:0{2 * self.size}x}"), label=True)


def object_facts(code: int, value: bytes) -> tuple[tuple[Fact, ...], str | None]:
    """What an object says, and what is wrong with it."""
    known = OBJECTS.get(code)
    if known is None:
        return (hexadecimal(f"object 0x{code:04x}", value),), None
    size = sum(part.size for part in known)
    if code in _TIMED and len(value) == size + _TIME.size:
        known, size = (*known, _TIME), size + _TIME.size
    if len(value) != size:
        return (), f"object 0x{code:04x}: {size_problem(len(value), size)}"
    facts, at = [], 0
    for part in known:
        facts.append(part.fact(value[at : at + part.size]))
        at += part.size
    return tuple(facts), None


_TIMED = frozenset((0x0005, 0x0007))  # may end with when it was
_TIME = Quantity("at", 4, unit="s")
_ON = {0: "off", 1: "on"}
_TEMPERATURE = Quantity("temperature", 2, 0.1, "°C", signed=True)
_HUMIDITY = Quantity("humidity", 2, 0.1, "%")
_BATTERY = Quantity("battery", 1, unit="%")
_LOCKED_BY = {0: "Bluetooth", 1: "password", 2: "fingerprint", 3: "key", 4: "dial", 5: "NFC", 0x10: "hand",
              0x20: "automatic", 0xFF: "abnormal"}  # fmt: skip
_LOCKING = {0: "unlocked from outside", 1: "locked from outside", 2: "locked from inside, safety", 3: "safety released",
            4: "unlocked from inside", 5: "locked from inside", 0xFF: "abnormal"}  # fmt: skip
_FINGER = {0: "match", 1: "no match", 2: "too slow", 3: "low quality", 4: "too small", 5: "too dry", 6: "too wet"}
_DOOR = {0: "opened", 1: "closed", 2: "not closed in time", 3: "knock", 4: "forced", 5: "stuck"}
_GESTURE = {1: "shake", 2: "turn by 90°", 3: "turn by 180°", 4: "rotate", 5: "knock", 6: "push"}
_KETTLE = {0: "idle", 1: "heating", 2: "boil, then keep warm", 3: "heat, then keep warm", 4: "abnormal"}
_CONTACT = {0: "opened", 1: "closed", 2: "not closed in time", 3: "device reset"}
OBJECTS: dict[int, tuple[Quantity | Choice, ...]] = {
    0x0003: (Quantity("near", 1),),
    0x0005: (Choice("lock", _LOCKING), Choice("by", _LOCKED_BY), Quantity("key id", 4)),
    0x0006: (Quantity("key id", 4), Choice("fingerprint", _FINGER)),
    0x0007: (Choice("door", _DOOR),),
    0x0008: (Choice("armed", _ON),),
    0x0009: (Choice("gesture", _GESTURE, 2),),
    0x000A: (Quantity("body temperature", 2, 0.01, "°C"),),
    0x000F: (Quantity("motion at", 3, unit="lx"),),
    0x1001: (Quantity("button", 2), Choice("press", {0: "single", 1: "double", 2: "long"})),
    0x1002: (Choice("sleep", {0: "awake", 1: "asleep"}),),
    0x1003: (Quantity("RSSI", 1, unit="dBm", signed=True),),
    0x1004: (_TEMPERATURE,),
    0x1005: (Choice("kettle", _KETTLE), Quantity("temperature", 1, unit="°C", signed=True)),
    0x1006: (_HUMIDITY,),
    0x1007: (Quantity("illuminance", 3, unit="lx"),),
    0x1008: (Quantity("moisture", 1, unit="%"),),
    0x1009: (Quantity("conductivity", 2, unit="µS/cm"),),
    0x100A: (_BATTERY,),
    0x100D: (_TEMPERATURE, _HUMIDITY),
    0x100E: (Quantity("lock bits", 1),),
    0x100F: (Choice("door", {0: "open", 1: "closed", 0xFF: "abnormal"}),),
    0x1010: (Quantity("formaldehyde", 2, 0.01, "mg/m³"),),
    0x1011: (Choice("bound", {0: "no", 1: "yes"}),),
    0x1012: (Choice("switch", _ON),),
    0x1013: (Quantity("consumable", 1, unit="%"),),
    0x1014: (Quantity("water", 1),),
    0x1015: (Quantity("smoke", 1),),
    0x1017: (Quantity("no motion for", 4, unit="s"),),
    0x1018: (Choice("light", {0: "dark", 1: "bright"}),),
    0x1019: (Choice("contact", _CONTACT),),
    0x2000: (Quantity("skin", 2, 0.01, "°C"), Quantity("board", 2, 0.01, "°C"), _BATTERY),
    0x3000: (Choice("plant sensor", {0: "in place", 1: "pulled out"}),),
    0x3001: (Choice("base", {0: "off the base", 1: "on the base"}),),
}
