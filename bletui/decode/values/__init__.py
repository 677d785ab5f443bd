"""What the value of a characteristic or descriptor of the Bluetooth SIG means.

`tables/*.toml` has a layout for each (the language of `bletui.decode.structs`), under the specification that says so.
A person's own lenses go before them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bletui.decode import lenses, names, structs
from bletui.decode.lenses import Lens
from bletui.decode.structs import Layout, Reading
from bletui.decode.uuids import short

_FOLDER = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text` says all readings in one visible line. With a `problem` they go as far as the value made sense.

    `lens`: the name of the person's own layout that it was read through; "": a table's.
    """

    name: str
    readings: tuple[Reading, ...]
    text: str
    problem: str | None = None
    lens: str = ""


def meaning(uuid: str, value: bytes, lens: Lens | None = None) -> Decoded | None:
    """What `value` means at the attribute type `uuid` (128 bits, lower case): through `lens`, else through the adopted
    one for the type, else by the tables; None where none of them knows the type."""
    lens = lens or lenses.adopted().attributes.get(uuid)
    if lens is not None:
        unpacked = lens.read(value)
        return Decoded(names.uuid(uuid) or "", unpacked.readings, unpacked.text, unpacked.problem, lens.name)
    number = short(uuid)
    entry = None if number is None else _entries().get(number)
    if entry is None:
        return None
    unpacked = _layout(entry).unpack(value)
    return Decoded(names.uuid(uuid) or entry.name, unpacked.readings, unpacked.text, unpacked.problem)


def sources() -> dict[int, str]:
    """The number of each attribute type with a layout → the specification that defines it."""
    return {number: entry.source for number, entry in _entries().items()}


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """One row: its layout and the labels that it may name. `name` where it is younger than the table of names."""

    source: str
    layout: str
    labels: Mapping[str, str]
    name: str


@cache
def _layout(entry: _Entry) -> Layout:
    return structs.parse(entry.layout, entry.labels)


@cache
def _entries() -> dict[int, _Entry]:
    return {number: entry for path in sorted(_FOLDER.glob("*.toml")) for number, entry in _read(path)}


def _read(path: Path) -> Iterator[tuple[int, _Entry]]:
    table = tomllib.loads(path.read_text("utf-8"))
    labels, younger = table.pop("labels", {}), table.pop("names", {})
    for source, rows in table.items():
        for number, layout in rows.items():
            yield int(number, 16), _Entry(source, layout, labels, younger.get(number, ""))
