"""Fast Pair (Google, "Fast Pair Provider: Advertising") and Exposure Notification ("Bluetooth Specification" v1.2)."""

from __future__ import annotations

from collections.abc import Iterator

from bletui.decode.beacon import Beacon, Fact, hexadecimal, size_problem

_IDENTIFIER, _EXPOSURE = 16, 20
_NO_LEVEL = 0x7F
_PLACES = ("left", "right", "case")


def fast_pair(data: bytes) -> Beacon | None:
    """A model id while the device is discoverable, else account data; UUID 0xFE2C."""
    if not data:
        return None
    if len(data) == 3:
        return Beacon("Fast Pair", (Fact("model", data.hex()),))
    if data[0] >> 4:
        return Beacon("Fast Pair", (Fact("version", data[0] >> 4), hexadecimal("data", data[1:])))
    facts: list[Fact] = [Fact("", "account data")]
    at = 1
    while at < len(data):
        size, element = data[at] >> 4, data[at] & 0x0F
        value = data[at + 1 : at + 1 + size]
        if len(value) < size:
            problem = f"{ELEMENTS.get(element, f'element {element}')} says {size} bytes, {len(value)} left"
            return Beacon("Fast Pair", tuple(facts), problem)
        facts += _element(element, value)
        at += 1 + size
    return Beacon("Fast Pair", tuple(facts))


def _element(element: int, value: bytes) -> Iterator[Fact]:
    match element:
        case 0 | 2 if not value:
            yield Fact("account keys", "no account key")
        case 3 | 4:
            yield from _batteries(value)
        case _:
            yield hexadecimal(ELEMENTS.get(element, f"element {element}"), value)
    if element in (2, 4):
        yield Fact("UI", "without notification" if element == 2 else "battery without notification")


def _batteries(value: bytes) -> Iterator[Fact]:
    """Bit 7: charging; a level of 127 is not known. One battery, or left, right and case."""
    names = _PLACES if len(value) == len(_PLACES) else tuple(f"battery {n}" for n in range(1, len(value) + 1))
    charging = []
    for name, byte in zip(names, value, strict=True):
        level = byte & 0x7F
        yield Fact(name, None if level == _NO_LEVEL else level, "%")
        charging += [name] * (byte >> 7)
    if charging:
        yield Fact("charging", ", ".join(charging), label=True)


def exposure_notification(data: bytes) -> Beacon:
    """The rolling identifier and the metadata that only the owner's key opens; UUID 0xFD6F."""
    if len(data) != _EXPOSURE:
        return Beacon("Exposure Notification", problem=size_problem(len(data), _EXPOSURE))
    identifier = Fact("identifier", data[:_IDENTIFIER].hex())
    return Beacon("Exposure Notification", (identifier, Fact("metadata", data[_IDENTIFIER:].hex())))


ELEMENTS = {
    0: "account key filter",
    1: "salt",
    2: "account key filter",
    3: "battery",
    4: "battery",
    5: "resolvable data",
    6: "audio switch",
    7: "model",
    8: "capabilities",
}
