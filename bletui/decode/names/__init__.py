"""The names of assigned numbers, from dated tables that are read when the first name is asked for.

The first line of each `.tsv` names its source, licence and date. A number that is younger than its table has no name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bletui.decode.uuids import BASE
from bletui.text import visible

_FOLDER = Path(__file__).parent
_OWN: dict[str, str] = {}
TABLES = ("companies", "uuids", "appearances", "uri_schemes")


@cache
def company(code: int) -> str | None:
    """The company that a 16-bit company identifier was assigned to."""
    return _name("companies", f"{code:04x}")


def companies(word: str) -> frozenset[int]:
    """The identifiers of every company with a name in which a word starts with `word`, case-folded."""
    wanted = " " + word.casefold()
    return frozenset(int(code, 16) for code, name in _table("companies").items() if wanted in " " + name.casefold())


def adopt(uuids: Mapping[str, str]) -> None:
    """A person's own names by 128-bit UUID (lower case), before those of the tables; for the whole process."""
    _OWN.clear()
    _OWN.update(uuids)
    uuid.cache_clear()


@cache
def uuid(value: int | str) -> str | None:
    """The name of a 16-bit number or of a 128-bit UUID (lower case): service, characteristic, descriptor, member."""
    if _OWN and (own := _OWN.get(f"0000{value:04x}{BASE}" if isinstance(value, int) else value)):
        return own
    if isinstance(value, int):
        return _name("uuids", f"{value:04x}")
    return _name("uuids", value[4:8] if value.startswith("0000") and value.endswith(BASE) else value)


@cache
def appearance(value: int) -> str | None:
    """What a 16-bit appearance stands for: `Sensor: Temperature Sensor`; a new subcategory has its category's name."""
    return _name("appearances", f"{value:04x}") or _name("appearances", f"{value & 0xFFC0:04x}")


def uri_scheme(code: int) -> str | None:
    """The scheme that the first code point of an AD URI stands for, as `https:`."""
    return _name("uri_schemes", f"{code:04x}")


def sources() -> dict[str, str]:
    """Table → where it comes from, under which licence and of which date."""
    return {table: _read(table).partition("\n")[0].removeprefix("# ") for table in TABLES}


def _name(table: str, key: str) -> str | None:
    name = _table(table).get(key)
    return None if name is None else visible(name)


@cache
def _table(table: str) -> dict[str, str]:
    return dict(line.split("\t", 1) for line in _read(table).splitlines()[1:])


def _read(table: str) -> str:
    return (_FOLDER / f"{table}.tsv").read_text("utf-8")
