"""The filter of Scan, with what company ids stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bletui.console.columns import short_company
from bletui.console.listing import Matches
from bletui.console.widgets.filter_bar import FilterBar
from bletui.decode.names import company
from bletui.filters import Filter, parse
from bletui.filters.terms import And, Company, Not, Or, Term

TOLD = 2  # ids of one company that are spelled out


class DeviceFilterBar(FilterBar[Filter]):
    """`named`: what `@name` stands for."""

    HINT = 'rssi>=-70   name~"therm*"   company=apple   uuid=180f   connectable   and or not ( )'

    LANGUAGE = (
        ("rssi>=-70", "dBm where it is heard best; > < <= = != likewise"),
        ('name="Door 4"', "all of the name, whatever the case"),
        ('name~"door*"', "* stands for anything, ? for one character"),
        ("company=apple", "a word of its name, or the number: company=0x004C"),
        ("uuid=180f", "a service that it names: 4, 8 or 32 hex digits"),
        ("addr=A4:C1:*", "the address, or how it begins"),
        ("lane=hci0", "heard on that lane"),
        ("adv contains 0201", "bytes of the advertising data, in hex"),
        ("connectable", "takes connections"),
        ("new", "first heard since the baseline"),
        ("therm", "a word alone: in name, address or company"),
        ("@near", "a filter that the configuration calls so"),
        ("a and not (b or c)", "joined; the last good filter stays while you type"),
    )

    def __init__(self, expression: str = "", named: Mapping[str, str] | None = None) -> None:
        self._filters = named or {}
        super().__init__(expression)

    def know(self, named: Mapping[str, str]) -> None:
        """Other filters by name: the one in force goes by them, or stays as it was where its name is gone."""
        self._filters = named
        if self._take(self.expression) is None:
            self.post_message(self.Changed())

    @property
    def matches(self) -> Matches | None:
        return self.wanted.matches if self.wanted is not None else None

    def parsed(self, expression: str) -> Filter:
        return parse(expression, named=self._filters)

    def meaning(self, wanted: Filter) -> str:
        return echo(wanted)


def echo(wanted: Filter) -> str:
    """What its company ids stand for, and their bytes in the order of the air (little-endian: Core Supplement, A 1.4);
    empty without one."""
    return "; ".join(_company_words(term) for term in _companies(wanted.term))


def _companies(term: Term) -> Iterator[Company]:
    match term:
        case Company():
            yield term
        case Not(inner):
            yield from _companies(inner)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _companies(part)


def _company_words(term: Company) -> str:
    ids = sorted(term.ids)
    told = [f"0x{number:04X}{_named(number)} = bytes {number & 0xFF:02X} {number >> 8:02X}" for number in ids[:TOLD]]
    more = f" and {len(ids) - TOLD} more" if len(ids) > TOLD else ""
    return ", ".join(told) + more


def _named(number: int) -> str:
    name = company(number)
    return f" {short_company(name)}" if name else ""
