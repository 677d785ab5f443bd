"""Advertising and scan response data, read tolerantly: what is wrong is marked, and what is left is used.

Core Specification, Vol 3 Part C, section 11 (format) and the Core Specification Supplement, Part A (data types).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bletui.decode.adtypes import BY_CODE, NO_LIMIT
from bletui.decode.beacon import NO_KEYS, Keys
from bletui.decode.fields import Field, fields, joined, past_zeros
from bletui.decode.uuids import uuid_list
from bletui.text import decoded, visible


@dataclass(frozen=True, slots=True)
class Structure:
    """One AD structure as it stands in the payload, at byte `offset`.

    `length` is what its length byte says, and may be a lie; `type` None: none is there (padding, or the data ends);
    `name`, `meaning` and `problem` are visible text. `meaning` is "" where only the name is known.
    """

    offset: int
    length: int
    type: int | None
    value: bytes
    name: str
    meaning: str = ""
    problem: str | None = None


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
    uuids: list[str] = []
    malformed = False
    seen = at = 0
    end = len(raw)
    while at < end:
        length = raw[at]
        if not length:
            at = past_zeros(raw, at)
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
            uuids.extend(uuid_list(raw[start:stop], 2 if code < 0x04 else 4 if code < 0x06 else 16))
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
    return Summary(name or short or None, company, tuple(uuids), tx_power, flags, appearance, malformed)


def walk(raw: bytes, *, address: str | None = None, keys: Keys = NO_KEYS) -> tuple[Structure, ...]:
    """Every structure of `raw`, good or not; never fails, and `serialise` gives `raw` back.

    `address` sent it; `keys` opens what is sealed.
    """
    return tuple(_explained(fields(raw), len(raw), address, keys))


def serialise(structures: Iterable[Structure]) -> bytes:
    """The payload that `walk` was given."""
    return b"".join(joined(each.length, each.type, each.value) for each in structures)


def _explained(found: Iterable[Field], end: int, address: str | None, keys: Keys) -> Iterator[Structure]:
    from bletui.decode.meaning import meaning  # with its tables; summaries do without

    seen = 0
    for field in found:
        offset, length, code, value = field
        if not field.whole:
            yield _fragment(field, end)
            continue
        known = BY_CODE[code or 0]
        low, high, step, once = _RULES[code or 0]
        problems = [f"another {known.once}"] if known and seen & once else []
        seen |= once
        size = _size_problem(len(value), low, high, step)
        text = read_text(value)[1] if code in _TEXT else None
        problems += [problem for problem in (size, text) if problem]
        words = meaning(code or 0, value, address=address, keys=keys) if not size or code in _LISTS else ""
        name = known.name if known else f"Unknown type 0x{code or 0:02X}"
        yield Structure(offset, length, code, value, name, words, "; ".join(problems) or None)


def _fragment(field: Field, end: int) -> Structure:
    """Padding, or what is left where a length says more than there is."""
    offset, length, code, value = field
    if not length:
        zeros = len(value) + 1
        problem = None if offset + zeros == end else "more data after the zero length that ends it"
        return Structure(offset, 0, None, value, "Padding", f"{_bytes(zeros)} of zero", problem)
    known = BY_CODE[code] if code is not None else None
    name = known.name if known else "Cut off" if code is None else f"Unknown type 0x{code:02X}"
    return Structure(offset, length, code, value, name, "", f"says {_bytes(length)}, {end - offset - 1} left")


def _size_problem(size: int, low: int, high: int, step: int) -> str | None:
    if low <= size <= high and size % step == 0:
        return None
    wanted = f"{low}" if low == high else f"at least {low}" if high == NO_LIMIT else f"{low} to {high}"
    multiple = f"a multiple of {step}" if step > 1 else ""
    return f"{_bytes(size)} of value; expected {multiple if multiple and low <= size <= high else wanted}"


def _bytes(count: int) -> str:
    return f"{count} byte{'s' * (count != 1)}"


def read_text(value: bytes) -> tuple[str, str | None]:
    """UTF-8 as visible text without the zero bytes that some firmware pads it with; and what is wrong with it."""
    trimmed = value.rstrip(b"\0")
    zeros = len(value) - len(trimmed)
    try:
        return visible(trimmed.decode()), f"{_bytes(zeros)} of zero at the end" if zeros else None
    except UnicodeDecodeError as wrong:
        return decoded(trimmed), f"not UTF-8 at byte {wrong.start}"


_LISTS = frozenset((0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x14, 0x15, 0x1F))  # read as far as whole UUIDs go
_TEXT = frozenset(code for code, known in enumerate(BY_CODE) if known and known.text)
_GROUPS = sorted({known.once for known in BY_CODE if known and known.once})
_RULES = tuple(
    (known.low, known.high, known.step, 1 << _GROUPS.index(known.once) if known.once else 0)
    if known
    else (0, NO_LIMIT, 1, 0)
    for known in BY_CODE
)
