"""A value as a person types it, to the exact bytes: `0a0b`, `text:hello`, `u16:500`, `i16be:-3`, `f32:1.5`."""

from __future__ import annotations

import re
import struct

from bletui.failure import BleError, ErrorKind, Failure
from bletui.text import bounded, visible

VALUE_MAX = 512  # bytes of an attribute's value (Core, Vol 3 Part F, 3.2.9)

_NUMBER = re.compile(r"([uif])(8|16|24|32|48|64)(le|be)?")
_FLOATS = {32: "f", 64: "d"}


def parse(text: str) -> bytes:
    """The bytes, 0 to 512. `request.invalid` says what is wrong with the text.

    Without a form it is hex. Numbers are little-endian unless the form ends in `be`; several go with commas.
    """
    form, colon, rest = text.partition(":")
    value = _formed(form.strip().lower(), rest, text) if colon else _hex(text, text)
    if len(value) > VALUE_MAX:
        raise _invalid(f"{len(value)} bytes are more than an attribute holds ({VALUE_MAX})")
    return value


def preview(value: bytes) -> str:
    """The exact bytes and how many they are."""
    count = f"{len(value)} byte" + ("" if len(value) == 1 else "s")
    return f"{value.hex(' ')} ({count})" if value else "(empty)"


def _formed(form: str, rest: str, text: str) -> bytes:
    number = _NUMBER.fullmatch(form)
    if number:
        bits, order = int(number[2]), "big" if number[3] == "be" else "little"
        return b"".join(_number(number[1], bits, order, one.strip(), text) for one in rest.split(","))
    match form:
        case "text":
            return _text(rest, text)
        case "hex":
            return _hex(rest, text)
        case _ if re.fullmatch(r"[0-9a-f]{2}", form):  # 0a:0b:0c
            return _hex(text, text)
    raise _invalid(
        f"{text!r} has no form that is known: hex:, text:, u8: to u64:, i8: to i64:, f32:, f64:, also u16be:"
    )


def _text(rest: str, text: str) -> bytes:
    try:
        return rest.encode()
    except UnicodeEncodeError:  # an argument that the shell could not decode
        raise _invalid(f"{text!r} is no Unicode text") from None


def _hex(digits: str, text: str) -> bytes:
    plain = re.sub(r"[\s:,-]|0x", "", digits.lower())
    if not re.fullmatch(r"([0-9a-f]{2})*", plain):
        raise _invalid(f"{text!r} is not hex: two digits for each byte (or text:…, u16:500 …)")
    if not plain and digits is text:
        raise _invalid("an empty value is written as hex:")
    return bytes.fromhex(plain)


def _number(sort: str, bits: int, order: str, word: str, text: str) -> bytes:
    try:
        if sort == "f":
            if bits not in _FLOATS:
                raise _invalid(f"{text!r}: a float has 32 or 64 bits")
            return struct.pack(("<" if order == "little" else ">") + _FLOATS[bits], float(word))
        return int(word, 0).to_bytes(bits // 8, "big" if order == "big" else "little", signed=sort == "i")
    except OverflowError:
        raise _invalid(f"{word} does not fit into {sort}{bits}") from None
    except ValueError:
        raise _invalid(f"{word!r} in {text!r} is no number") from None


def _invalid(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, detail=bounded(visible(detail), 300)))
