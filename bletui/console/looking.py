"""The words of the questions how a value is to be read, and when it is worth a bell."""

from __future__ import annotations

from collections.abc import Iterable

from bletui.console.commands import BY_ID
from bletui.console.spans import Line, Span, line, wrapped
from bletui.decode.lenses import Lens
from bletui.decode.values.alert import Rule, Watch, words
from bletui.decode.values.numbers import Number

_COLUMNS = 70


def lens_words(named: Iterable[str]) -> list[Line]:
    """`named`: the structs of the person's own file."""
    structs = ", ".join(named)
    known = f"Or a struct of structs.toml: {structs}" if structs else "Or the name of a struct of structs.toml."
    return [
        line(" How values of this type are to be read, in the order of the air:"),
        line(Span("   i16le x3 /1000 g", "dim")),
        line(Span("   status: bits8 {0 low battery, 1 tamper}; level: u8 %", "dim")),
        *(line(f" {row}") for row in wrapped(known, _COLUMNS)[:3]),
        line(" Empty: as structs.toml or the Bluetooth SIG says, and the plain views."),
        line(),
    ]


def lens_check(lens: Lens | None, value: bytes | None) -> str:
    """What the value there is now would say."""
    if lens is None:
        return "no lens"
    if value is None:
        return "a layout; no value has been read yet"
    unpacked = lens.read(value)
    return f"now: {unpacked.text}" + (f" ({unpacked.problem})" if unpacked.problem else "")


def alert_words(fields: Iterable[Number], picked: int) -> list[Line]:
    """`fields`: the numbers of the value now."""
    every = list(fields)
    if not every:
        now = line(Span(" no number in it, or not read yet: change only", "strong"))
    else:
        here = every[picked % len(every)]
        more = f"; {BY_ID['tree.pick'].shown_key} picks another field" if len(every) > 1 else ""
        now = line(
            Span(f" {here.name} is {here.value:g}{' ' * bool(here.unit)}{here.unit} now", "strong"), Span(more, "dim")
        )
    others = [one.name for n, one in enumerate(every) if n != picked % len(every)]
    example = f"   {others[0]}>30" if others else ""
    return [
        now,
        line(Span(f"   change   <20   >30   20..30{example}", "dim")),
        line(f" Empty: no alert. It rings in every mode; {BY_ID['app.alerts'].shown_key} lists all."),
        line(),
    ]


def alert_check(rule: Rule | None, watch: Watch | None, value: bytes | None) -> str:
    """What enter would do. `request.invalid`: the value has no such field."""
    number = watch.number(value) if watch is not None and value is not None else None
    return words(rule, number.name if number is not None else "its number")
