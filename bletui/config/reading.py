"""TOML tables read key by key: what is wrong is noted with its path, and reading goes on."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple, TypeVar

from bletui.config.positions import Path
from bletui.text import bounded, visible

T = TypeVar("T")

# What people call a secret; a key of such a name is never taken, and its value never repeated.
SECRETS = frozenset(
    ("secret", "password", "passwd", "passphrase", "passkey", "token", "access_token", "api_key", "apikey",
     "client_secret", "private_key", "psk", "pin_code", "devkey", "user", "value", "auth", "authorization")
)  # fmt: skip
NEVER = (
    "a secret never stands in this file; say where it is: [credentials.KEY] with env, file, command or systemd, "
    "and a target's url as cassia+https://KEY@HOST"
)


class Finding(NamedTuple):
    """What is wrong, or (`warning`) what may not work as meant, at the key or item of that path."""

    path: Path
    words: str
    warning: bool = False


class Reading:
    """What was found so far, in the order of reading."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def wrong(self, path: Path, words: str) -> None:
        self.findings.append(Finding(path, bounded(visible(words), 300)))


class Table:
    """One table; `close` refuses what nobody has asked for."""

    def __init__(self, reading: Reading, path: Path, values: Mapping[str, object]) -> None:
        self.path = path
        self._reading = reading
        self._values = values
        self._known: list[str] = []

    def has(self, name: str) -> bool:
        return name in self._values

    def take(self, name: str, check: Callable[[object], T], default: T) -> T:
        """The value of a key as `check` takes it; `ValueError` from it says what was expected."""
        self._known.append(name)
        if name not in self._values:
            return default
        try:
            return check(self._values[name])
        except ValueError as expected:
            self.wrong(name, f"expected {expected}, found {sort_of(self._values[name])}")
            return default

    def table(self, name: str) -> Table:
        """The table of that name; an empty one where there is none, or no table."""
        return Table(self._reading, (*self.path, name), self.take(name, _table, {}))

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Every entry, each of which has to be a table."""
        for name in self._values:
            yield name, self.table(name)

    def entries(self, check: Callable[[str, object], T]) -> dict[str, T]:
        """Every entry as `check` takes its name and value; `ValueError` from it says what is wrong."""
        taken = {}
        for name, value in self._values.items():
            try:
                taken[name] = check(name, value)
            except ValueError as wrong:
                self.wrong(name, str(wrong))
        return taken

    def wrong(self, name: str, words: str) -> None:
        self._reading.wrong((*self.path, name), words)

    def doubt(self, name: str, words: str) -> None:
        """Something that may not work as meant; the file is taken all the same."""
        self._reading.findings.append(Finding((*self.path, name), bounded(visible(words), 300), warning=True))

    def close(self, elsewhere: Collection[str] = ()) -> None:
        """`elsewhere`: keys that stand above the first table, should one of them be here."""
        for name in self._values:
            if name in self._known:
                continue
            if name.casefold().replace("-", "_") in SECRETS:
                self.wrong(name, NEVER)
            elif name in elsewhere:
                self.wrong(name, f"{name} stands above the first [table] of the file, or in a profile")
            else:
                self.wrong(name, unknown(name, self._known, "key"))


def unknown(name: str, known: Collection[str], what: str) -> str:
    """That there is no such thing, with the nearest that there is."""
    near = difflib.get_close_matches(name, known, 1)
    if near:
        return f"there is no {what} {name!r} here; did you mean {near[0]!r}?"
    return f"there is no {what} {name!r} here; there are {', '.join(known) or 'none'}"


def sort_of(value: object) -> str:
    """A value's sort: the value itself may be what must not be repeated."""
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def _table(value: object) -> Mapping[str, object]:
    if isinstance(value, dict):
        return value
    raise ValueError("a table")
