"""The plain views of a value whose meaning is not known: what the same bytes are as text, as a number, as bits."""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

from bletui.decode import ieee11073
from bletui.text import decoded

INTEGER_MAX = 8  # bytes


class View(NamedTuple):
    """`text` is visible, or None where the bytes are no such thing; `why` says so."""

    name: str
    text: str | None
    why: str | None = None


def views(value: bytes) -> tuple[View, ...]:
    """Every view of `value`, in the order in which they are shown."""
    return (
        View("hex", value.hex(" ") or "(empty)"),
        text(value),
        *(integer(value, order, signed=signed) for signed in (False, True) for order in _ORDERS),
        *(binary_float(value, order) for order in _ORDERS),
        *(medical(value, name, layout) for name, layout in _MEDICAL),
        bits(value),
    )


def text(value: bytes) -> View:
    try:
        value.decode()
    except UnicodeDecodeError as error:
        return View("text", None, f"byte {error.start} is not UTF-8")
    return View("text", decoded(value) or "(empty)")


def integer(value: bytes, order: str, *, signed: bool) -> View:
    """`order` is LE or BE; 1 to 8 bytes."""
    kind = "i" if signed else "u"
    if not 1 <= len(value) <= INTEGER_MAX:
        return View(f"{kind} {order}", None, f"an integer has 1 to {INTEGER_MAX} bytes, not {len(value)}")
    return View(f"{kind}{len(value) * 8} {order}", str(int.from_bytes(value, _ORDERS[order], signed=signed)))


def binary_float(value: bytes, order: str) -> View:
    """IEEE 754, 4 or 8 bytes."""
    code = {4: "f", 8: "d"}.get(len(value))
    if code is None:
        return View(f"float {order}", None, f"a float has 4 or 8 bytes, not {len(value)}")
    (number,) = struct.unpack(("<" if order == "LE" else ">") + code, value)
    return View(f"f{len(value) * 8} {order}", f"{number:.{7 if code == 'f' else 15}g}")


def medical(value: bytes, name: str, layout: ieee11073.Layout11073) -> View:
    """IEEE 11073 SFLOAT (2 bytes) and FLOAT (4 bytes)."""
    if len(value) != layout.size:
        return View(name, None, f"{name} has {layout.size} bytes, not {len(value)}")
    return View(name, ieee11073.read(layout, int.from_bytes(value, "little"))[1])


def bits(value: bytes) -> View:
    """The bits of each byte in the order of the air, the highest first."""
    if not 1 <= len(value) <= INTEGER_MAX:
        return View("bits", None, f"shown for 1 to {INTEGER_MAX} bytes, not {len(value)}")
    return View("bits", " ".join(f"{byte:08b}" for byte in value))


_ORDERS: dict[str, Literal["little", "big"]] = {"LE": "little", "BE": "big"}
_MEDICAL = (("SFLOAT", ieee11073.SFLOAT), ("FLOAT", ieee11073.FLOAT))
