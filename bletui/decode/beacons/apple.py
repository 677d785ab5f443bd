"""Apple's company id: iBeacon, which Apple publishes, or a run of continuity messages, type, length and value."""

from __future__ import annotations

from collections.abc import Iterator

from bletui.decode.beacon import Beacon, Fact, hexadecimal
from bletui.decode.beacons.continuity import MESSAGES
from bletui.decode.beacons.ibeacon import ibeacon

_IBEACON = 0x02
_HOMEKIT = (0x06, 0x11)  # the upper three bits of their length byte are a subtype


def apple(data: bytes) -> Beacon | None:
    """iBeacon, else the messages in their order: first all their names, then what each says."""
    if not data:
        return None
    if data[0] == _IBEACON:
        return ibeacon(data)
    messages = tuple(_messages(data))
    names = Fact("messages", ", ".join(_name(code) for code, _, _ in messages))
    problem = next((f"{_name(code)} {wrong}" for code, _, wrong in messages if wrong), None)
    said = (fact for code, value, wrong in messages if not wrong for fact in _facts(code, value))
    return Beacon("Apple", (names, *said), problem)


def _messages(data: bytes) -> Iterator[tuple[int, bytes, str | None]]:
    """Type, value and what is wrong with it, message by message."""
    at = 0
    while at < len(data):
        code = data[at]
        if at + 1 == len(data):
            yield code, b"", "ends behind its type"
            return
        size = data[at + 1] & 0x1F if code in _HOMEKIT else data[at + 1]
        value = data[at + 2 : at + 2 + size]
        yield code, value, None if len(value) == size else f"says {size} bytes, {len(value)} left"
        at += 2 + size


def _name(code: int) -> str:
    return MESSAGES[code].name if code in MESSAGES else f"type 0x{code:02x}"


def _facts(code: int, value: bytes) -> tuple[Fact, ...]:
    known = MESSAGES.get(code)
    facts = known.read(value) if known and known.read else ()
    return facts or ((hexadecimal("not documented", value),) if value else ())
