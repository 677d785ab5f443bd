"""Values that are more than a number: text, dates, identifiers. Each is read from bytes and written back to them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date, timedelta
from math import isfinite, log
from typing import NamedTuple

from bletui.decode import ieee11073, names
from bletui.decode.structs.reading import Scalar
from bletui.decode.uuids import BASE, short, uuid_text
from bletui.text import decoded

EPOCH = date(1970, 1, 1)
YEARS = range(1582, 10_000)  # GSS, Date Time: from the Gregorian calendar on


class Said(NamedTuple):
    value: Scalar
    text: str
    problem: str | None = None
    silent: bool = False  # not worth a word in the line of all fields


class Format(NamedTuple):
    """`size` in bytes; None: as many as there are, or up to an `end`. `read` gets these, in the order of the air.

    `fill` pads a shorter value to the bytes that a layout gives it.
    """

    size: int | None
    read: Callable[[bytes], Said]
    write: Callable[[Scalar], bytes]
    end: bytes = b""
    fill: bytes = b""


def _hex(data: bytes) -> Said:
    return Said(data.hex(), data.hex() or "(empty)")


def _utf8(data: bytes) -> Said:
    """Zeros that pad the end are left out."""
    body = data.rstrip(b"\0")
    shown = decoded(body)
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return Said(shown, shown, f"byte {error.start} is not UTF-8")
    return Said(shown, shown or "(empty)")


_DIGITS = {"e": 4, "f": 7, "d": 15}  # that a float of that size tells apart


def _float(code: str) -> Format:
    def read(data: bytes) -> Said:
        (number,) = struct.unpack(code, data)
        if not isfinite(number):
            return Said(None, "NaN" if number != number else "+INF" if number > 0 else "-INF")
        return Said(number, f"{number:.{_DIGITS[code[1]]}g}")

    return Format(
        struct.calcsize(code), read, lambda value: struct.pack(code, float("nan") if value is None else value)
    )


def _ieee11073(layout: ieee11073.Layout11073) -> Format:
    def write(value: Scalar) -> bytes:
        number = None if value is None else float(value)
        return ieee11073.write(layout, number).to_bytes(layout.size, "little")

    return Format(layout.size, lambda data: Said(*ieee11073.read(layout, int.from_bytes(data, "little"))), write)


def _date(data: bytes) -> Said:
    """Year, month, day; a zero is not known."""
    year, month, day = int.from_bytes(data[:2], "little"), data[2], data[3]
    text = f"{f'{year:04}' if year else '????'}-{f'{month:02}' if month else '??'}-{f'{day:02}' if day else '??'}"
    try:
        date(year or 2000, month or 1, day or 1)
    except ValueError:
        return Said(text, text, f"{text} is no date")
    return Said(text, text, None if not year or year in YEARS else f"year {year} is out of range")


def _write_date(value: Scalar) -> bytes:
    year, month, day = (0 if "?" in part else int(part) for part in str(value).split("-"))
    return year.to_bytes(2, "little") + bytes((month, day))


def _datetime(data: bytes) -> Said:
    day = _date(data[:4])
    time = "{:02}:{:02}:{:02}".format(*data[4:])
    wrong = data[4] > 23 or data[5] > 59 or data[6] > 59
    return Said(f"{day.text}T{time}", f"{day.text} {time}", f"{time} is no time" if wrong else day.problem)


def _write_datetime(value: Scalar) -> bytes:
    day, _, time = str(value).partition("T")
    return _write_date(day) + bytes(map(int, time.split(":")))


def _days(data: bytes) -> Said:
    """Days since 1970-01-01; more than a calendar holds stays a number."""
    days = int.from_bytes(data, "little")
    if days >= (date.max - EPOCH).days:
        return Said(str(days), f"{days} days", f"{days} days are past the year 9999")
    text = (EPOCH + timedelta(days)).isoformat()
    return Said(text, text)


def _write_days(value: Scalar) -> bytes:
    text = str(value)
    return (int(text) if text.isdigit() else (date.fromisoformat(text) - EPOCH).days).to_bytes(3, "little")


def _zone(data: bytes) -> Said:
    """Minutes east of UTC, in quarters of an hour."""
    quarters = int.from_bytes(data, "little", signed=True)
    if quarters == -128:
        return Said(None, "not known")
    hours, minutes = divmod(abs(quarters) * 15, 60)
    text = f"UTC{'-' if quarters < 0 else '+'}{hours:02}:{minutes:02}"
    return Said(quarters * 15, text, None if -48 <= quarters <= 56 else f"{text} is out of range")


def _write_zone(value: Scalar) -> bytes:
    return (-128 if value is None else int(value) // 15).to_bytes(1, "little", signed=True)


def _exponential(data: bytes) -> Said:
    """1.1 ** (n - 64) seconds (GSS, Time Exponential 8)."""
    match data[0]:
        case 0:
            return Said(0.0, "0 s")
        case 254:
            return Said(None, "as long as the device lives")
        case 255:
            return Said(None, "not known")
    seconds = 1.1 ** (data[0] - 64)
    return Said(seconds, f"{seconds:.3g} s")


def _write_exponential(value: Scalar) -> bytes:
    if value is None:
        return b"\xff"
    return bytes((round(log(float(value), 1.1)) + 64 if value else 0,))


def _address(data: bytes) -> Said:
    text = data[::-1].hex(":").upper()
    return Said(text, text)


def _uuid(data: bytes) -> Said:
    """Any UUID of 2 or 16 bytes: its name is in the text."""
    if len(data) not in (2, 16):
        return Said(data.hex(), data.hex() or "(empty)", f"a UUID has 2 or 16 bytes, not {len(data)}")
    uuid = uuid_text(data)
    number = short(uuid)
    shown = uuid.upper() if number is None else f"{number:04X}"
    return Said(uuid, f"{shown} {names.uuid(uuid) or ''}".rstrip())


def _write_uuid(value: Scalar) -> bytes:
    text = str(value)
    digits = text[4:8] if text.startswith("0000") and text.endswith(BASE) else text.replace("-", "")
    return bytes.fromhex(digits)[::-1] if "-" in text else bytes.fromhex(text)


def _named(name: Callable[[int], str | None]) -> Format:
    def read(data: bytes) -> Said:
        number = int.from_bytes(data, "little")
        return Said(number, f"0x{number:04X} {name(number) or '(unknown)'}")

    return Format(2, read, _write_number(2))


def _write_number(size: int) -> Callable[[Scalar], bytes]:
    return lambda value: int(value or 0).to_bytes(size, "little")


def _bcd(data: bytes) -> Said:
    """0x0111 is 1.11."""
    return Said(int.from_bytes(data, "little"), f"{data[1]:x}.{data[0]:02x}")


def _version(data: bytes) -> Said:
    """0xJJMN is JJ.M.N."""
    return Said(int.from_bytes(data, "little"), f"{data[1]:x}.{data[0] >> 4:x}.{data[0] & 15:x}")


FORMATS = {
    "hex": Format(None, _hex, lambda value: bytes.fromhex(str(value))),
    "utf8": Format(None, _utf8, lambda value: str(value).encode(), fill=b"\0"),
    "utf8z": Format(None, _utf8, lambda value: str(value).encode() + b"\0", end=b"\0"),
    "f16": _float("<e"),
    "f32": _float("<f"),
    "f64": _float("<d"),
    "f16be": _float(">e"),
    "f32be": _float(">f"),
    "f64be": _float(">d"),
    "sfloat": _ieee11073(ieee11073.SFLOAT),
    "float": _ieee11073(ieee11073.FLOAT),
    "date": Format(4, _date, _write_date),
    "datetime": Format(7, _datetime, _write_datetime),
    "days": Format(3, _days, _write_days),
    "zone": Format(1, _zone, _write_zone),
    "exponential": Format(1, _exponential, _write_exponential),
    "address": Format(6, _address, lambda value: bytes.fromhex(str(value).replace(":", ""))[::-1]),
    "uuid": Format(None, _uuid, _write_uuid),
    "company": _named(names.company),
    "appearance": _named(names.appearance),
    "bcd": Format(2, _bcd, _write_number(2)),
    "version": Format(2, _version, _write_number(2)),
}
