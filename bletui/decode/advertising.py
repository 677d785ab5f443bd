"""Advertising and scan response data, read tolerantly: what is wrong is marked, and what is left is used.

Core Specification, Vol 3 Part C, section 11 (format) and the Core Specification Supplement, Part A (data types).
"""

from __future__ import annotations

from dataclasses import dataclass

from bletui.decode.adtypes import BY_CODE, NO_LIMIT
from bletui.decode.uuids import uuid_list
from bletui.text import decoded, visible


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list shows of one payload. None: the payload does not say.

    `name` is visible text, complete before shortened; `company` the first manufacturer-specific id; `service_uuids`
    128-bit, lower case, in the order of the air; `tx_power` dBm; `malformed`: `walk` finds a problem in it.
    """

    name: str | None = None
    company: int | None = None
    service_uuids: tuple[str, ...] = ()
    tx_power: int | None = None
    flags: int | None = None
    appearance: int | None = None
    malformed: bool = False


def summarise(raw: bytes) -> Summary:
    """The few facts of `raw` that every row needs; never fails. Written flat: thousands of payloads a second."""
    name = short = company = tx_power = flags = appearance = None
    uuids: tuple[str, ...] = ()
    malformed = False
    seen = at = 0
    end = len(raw)
    while at < end:
        length = raw[at]
        if not length:
            at = end - len(raw[at:].lstrip(b"\0"))
            malformed = malformed or at < end  # what follows the first zero length must be zero too
            continue
        start, stop = at + 2, at + 1 + length
        if stop > end:
            malformed = True
            break
        code, size = raw[at + 1], length - 1
        low, high, step, once = _RULES[code]
        if size < low or size > high or size % step or seen & once:
            malformed = True
        seen |= once
        if code == 0x01:
            flags = raw[start] if size else None
        elif code == 0xFF:
            if company is None and size >= 2:
                company = raw[start] | raw[start + 1] << 8
        elif 0x02 <= code <= 0x07:
            uuids += uuid_list(raw[start:stop], 2 if code < 0x04 else 4 if code < 0x06 else 16)
        elif code in _TEXT:
            text, problem = read_text(raw[start:stop])
            malformed = malformed or bool(problem)
            if code == 0x09:
                name = text
            elif code == 0x08:
                short = short or text
        elif code == 0x0A:
            if size == 1:
                tx_power = (raw[start] ^ 0x80) - 0x80
        elif code == 0x19 and size == 2:
            appearance = raw[start] | raw[start + 1] << 8
        at = stop
    return Summary(name or short or None, company, uuids, tx_power, flags, appearance, malformed)


def read_text(value: bytes) -> tuple[str, str | None]:
    """UTF-8 as visible text without the zero bytes that some firmware pads it with; and what is wrong with it."""
    trimmed = value.rstrip(b"\0")
    zeros = len(value) - len(trimmed)
    try:
        return visible(trimmed.decode()), f"{zeros} zero bytes at the end" if zeros else None
    except UnicodeDecodeError as wrong:
        return decoded(trimmed), f"not UTF-8 at byte {wrong.start}"


_TEXT = frozenset(code for code, known in enumerate(BY_CODE) if known and known.text)
_GROUPS = sorted({known.once for known in BY_CODE if known and known.once})
_RULES = tuple(
    (known.low, known.high, known.step, 1 << _GROUPS.index(known.once) if known.once else 0)
    if known
    else (0, NO_LIMIT, 1, 0)
    for known in BY_CODE
)
