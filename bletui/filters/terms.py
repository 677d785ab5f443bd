"""What a filter is made of: frozen terms that print as they are parsed, each with its test.

Three-valued (Kleene): False and anything is False, True or anything is True, `not` None is None.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Protocol

from bletui.decode.uuids import short
from bletui.filters.pattern import matcher


class Row(Protocol):
    """What a filter reads of a device. `name` and `company` None: the device does not say; the others: not known."""

    @property
    def address(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def rssi(self) -> int | None: ...
    @property
    def company(self) -> int | None: ...
    @property
    def service_uuids(self) -> tuple[str, ...]: ...
    @property
    def lane_words(self) -> Iterable[str]: ...  # ids and names of the lanes that hear it
    @property
    def raw(self) -> bytes | None: ...
    @property
    def connectable(self) -> bool | None: ...
    @property
    def new(self) -> bool: ...


Test = Callable[[Row], bool | None]


class Term(Protocol):
    """A part of a filter: `str` writes it as it is parsed. Terms of one filter test rows of one sort."""

    def test(self) -> Callable[[Any], bool | None]: ...


Comparison = Literal[">=", "<=", ">", "<", "="]
COMPARISONS: dict[Comparison, Callable[[int, int], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
KEYWORDS = frozenset(("and", "or", "not", "connectable", "new", "adv"))
BARE = re.compile(r'[^\s()"<>=!~]+')


def quoted(text: str) -> str:
    """`text` as one word of the language."""
    if BARE.fullmatch(text) and text.lower() not in KEYWORDS and not text.startswith("@"):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, slots=True)
class Rssi:
    compare: Comparison
    value: int

    def __str__(self) -> str:
        return f"rssi{self.compare}{self.value}"

    def test(self) -> Test:
        holds, value = COMPARISONS[self.compare], self.value

        def rssi(row: Row) -> bool | None:
            heard = row.rssi
            return None if heard is None else holds(heard, value)

        return rssi


@dataclass(frozen=True, slots=True)
class Name:
    """The whole name; "": none."""

    text: str

    def __str__(self) -> str:
        return f"name={quoted(self.text)}"

    def test(self) -> Test:
        wanted = self.text.casefold()
        return lambda row: (row.name or "").casefold() == wanted


@dataclass(frozen=True, slots=True)
class NameLike:
    """A name that fits; `*` fits every name."""

    pattern: str

    def __str__(self) -> str:
        return f"name~{quoted(self.pattern)}"

    def test(self) -> Test:
        fits = matcher(self.pattern)

        def named(row: Row) -> bool:
            name = row.name
            return fits(name.casefold()) if name else False

        return named


@dataclass(frozen=True, slots=True)
class Company:
    """`text` is what was typed, `ids` what it stands for."""

    text: str
    ids: frozenset[int]

    def __str__(self) -> str:
        return f"company={quoted(self.text)}"

    def test(self) -> Test:
        ids = self.ids
        return lambda row: row.company in ids


@dataclass(frozen=True, slots=True)
class Uuid:
    uuid: str  # 128 bits, lower case

    def __str__(self) -> str:
        number = short(self.uuid)
        return (
            f"uuid={self.uuid}"
            if number is None
            else f"uuid={number:04x}"
            if number < 1 << 16
            else f"uuid={number:08x}"
        )

    def test(self) -> Test:
        uuid = self.uuid
        return lambda row: uuid in row.service_uuids


@dataclass(frozen=True, slots=True)
class Address:
    pattern: str

    def __str__(self) -> str:
        return f"addr={quoted(self.pattern)}"

    def test(self) -> Test:
        fits = matcher(self.pattern)
        return lambda row: fits(row.address.casefold())


@dataclass(frozen=True, slots=True)
class OnLane:
    """Heard on a lane with this id or name, or with this as the last part of either."""

    pattern: str

    def __str__(self) -> str:
        return f"lane={quoted(self.pattern)}"

    def test(self) -> Test:
        fits = matcher(self.pattern)

        @lru_cache(maxsize=1024)  # many rows, few lanes
        def named(word: str) -> bool:
            name = word.casefold()
            return fits(name) or fits(LAST_PART.split(name)[-1])

        return lambda row: any(map(named, row.lane_words))


@dataclass(frozen=True, slots=True)
class Contains:
    data: bytes

    def __str__(self) -> str:
        return f"adv contains {self.data.hex()}"

    def test(self) -> Test:
        data = self.data
        return lambda row: None if (raw := row.raw) is None else data in raw


@dataclass(frozen=True, slots=True)
class Connectable:
    def __str__(self) -> str:
        return "connectable"

    def test(self) -> Test:
        return lambda row: row.connectable


@dataclass(frozen=True, slots=True)
class New:
    def __str__(self) -> str:
        return "new"

    def test(self) -> Test:
        return lambda row: row.new


@dataclass(frozen=True, slots=True)
class Word:
    """In the name or in the address."""

    text: str

    def __str__(self) -> str:
        return quoted(self.text)

    def test(self) -> Test:
        wanted = self.text.casefold()

        def word(row: Row) -> bool:
            name = row.name
            return (name is not None and wanted in name.casefold()) or wanted in row.address.casefold()

        return word


@dataclass(frozen=True, slots=True)
class Not:
    inner: Term

    def __str__(self) -> str:
        return f"not ({self.inner})" if isinstance(self.inner, And | Or) else f"not {self.inner}"

    def test(self) -> Test:
        inner = self.inner.test()
        return lambda row: None if (answer := inner(row)) is None else not answer


@dataclass(frozen=True, slots=True)
class And:
    """Two parts or more; none at all is true of every row."""

    parts: tuple[Term, ...]

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, And | Or) else str(part) for part in self.parts)

    def test(self) -> Test:
        tests = tuple(part.test() for part in self.parts)

        def every(row: Row) -> bool | None:
            known: bool | None = True
            for test in tests:
                answer = test(row)
                if answer is None:
                    known = None
                elif not answer:
                    return False
            return known

        return every


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Term, ...]

    def __str__(self) -> str:
        return " or ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)

    def test(self) -> Test:
        tests = tuple(part.test() for part in self.parts)

        def some(row: Row) -> bool | None:
            known: bool | None = False
            for test in tests:
                answer = test(row)
                if answer is None:
                    known = None
                elif answer:
                    return True
            return known

        return some


LAST_PART = re.compile(r"[:/]")


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter; `str` gives text that parses to an equal one."""

    term: Term
    _test: Test = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_test", self.term.test())

    def __str__(self) -> str:
        return str(self.term)

    def matches(self, row: Row) -> bool | None:
        """None: this radio can't tell."""
        return self._test(row)
