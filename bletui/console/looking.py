"""The words of the questions how a value is to be read, and when it is worth a bell."""

from __future__ import annotations

from bletui.console.commands import BY_ID
from bletui.console.lens import Lens
from bletui.console.spans import Line, Span, line


def lens_words() -> list[Line]:
    return [
        line(" How values of this type are to be read, in the order of the air:"),
        line(Span("   i16le x3 /1000 g", "dim")),
        line(Span("   status: bits8 {0 low battery, 1 tamper}; level: u8 %", "dim")),
        line(" Empty: what the Bluetooth SIG says, and the plain views."),
        line(),
    ]


def lens_check(lens: Lens | None, value: bytes | None) -> str:
    """What the value there is now would say."""
    if lens is None:
        return "no lens"
    if value is None:
        return "a layout; no value has been read yet"
    unpacked = lens.layout.unpack(value)
    return f"now: {unpacked.text}" + (f" ({unpacked.problem})" if unpacked.problem else "")


def alert_words(field: tuple[str, float] | None) -> list[Line]:
    """`field`: the picked one's name and number now."""
    now = f" {field[0]} is {field[1]:g} now" if field is not None else " no number in it, or not read yet: change only"
    return [
        line(
            Span(now, "strong"),
            Span(f"; {BY_ID['tree.pick'].shown_key} picks another field" if field is not None else "", "dim"),
        ),
        line(Span("   change   <20   >30   20..30", "dim")),
        line(" Empty: no alert. The bell rings while GATT is in sight."),
        line(),
    ]
