"""Two attribute tables compared: a device's now, and one that `bletui gatt --json` has saved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bletui.cli.records import Record
from bletui.decode import names
from bletui.decode.attributes import Attribute, uuid_text
from bletui.target import invalid
from bletui.text import is_clean

SIZE_MAX = 16 * 1024 * 1024  # bytes
SCHEMA = "bletui.attribute/1"

Change = Literal["added", "removed", "changed"]
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """What is compared of one attribute. `properties` as letters, None where it has none."""

    kind: str
    handle: int
    uuid: str
    properties: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` None: added; `now` None: removed."""

    before: Node | None
    now: Node | None

    @property
    def change(self) -> Change:
        return "added" if self.before is None else "removed" if self.now is None else "changed"


def saved(path: Path) -> list[Node]:
    """The attributes of the file; `request.invalid` names what can't be read, or the first line that is none."""
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_MAX + 1)
        text = data.decode()
    except OSError as unreadable:
        raise invalid(f"{path}: {unreadable.strerror}") from unreadable
    except UnicodeDecodeError:
        raise invalid(f"{path} is no UTF-8 text") from None
    if len(data) > SIZE_MAX:
        raise invalid(f"{path} is larger than {SIZE_MAX} bytes")
    return [_node(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def node(attribute: Attribute) -> Node:
    letters = None if attribute.properties is None else attribute.letters.replace(".", "")
    return Node(attribute.kind, attribute.handle, attribute.uuid, letters)


def compare(before: Iterable[Node], now: Iterable[Node]) -> Iterator[Difference]:
    """What differs, in the order of the table that is now, the removed ones last.

    Attributes correspond by their UUIDs and those around them, so that moved handles alone don't make all of them new.
    """
    old = dict(_placed(before))
    for place, one in _placed(now):
        known = old.pop(place, None)
        if known != one:
            yield Difference(known, one)
    for gone in old.values():
        yield Difference(gone, None)


def line(difference: Difference) -> str:
    """As in a diff: `+`, `-` or `~`, the handle, letters, UUID, name, and what it was."""
    one = difference.now or difference.before
    assert one is not None
    mark = {"added": "+", "removed": "-", "changed": "~"}[difference.change]
    name = names.uuid(one.uuid) or "(no name)"
    was = f"  was {_facts(difference.before)}" if difference.change == "changed" and difference.before else ""
    return f"{mark} {one.kind} {_facts(one)}  {uuid_text(one.uuid)}  {name}{was}"


def difference_object(difference: Difference) -> Record:
    one = difference.now or difference.before
    assert one is not None
    before, now = difference.before, difference.now
    return {
        "schema": "bletui.difference/1",
        "change": difference.change,
        "kind": one.kind,
        "uuid": one.uuid,
        "name": names.uuid(one.uuid),
        "handle": now and now.handle,
        "properties": now and now.properties,
        "was_handle": before and before.handle,
        "was_properties": before and before.properties,
    }


def _facts(one: Node) -> str:
    return f"0x{one.handle:04x}" + (f" {one.properties or '-'}" if one.properties is not None else "")


def _placed(nodes: Iterable[Node]) -> Iterator[tuple[Place, Node]]:
    """Each node with its place: the UUIDs down to it, each with its number among its like."""
    seen: Counter[Place] = Counter()
    depth = {"service": 0, "characteristic": 1, "descriptor": 2}
    above: list[str] = []
    for one in nodes:
        del above[depth[one.kind] :]
        stem = (*above, one.uuid)
        seen[stem] += 1
        above.append(f"{one.uuid}#{seen[stem]}")
        yield tuple(above), one


def _node(path: Path, number: int, text: str) -> Node:
    try:
        plain = json.loads(text)
    except ValueError:
        raise invalid(f"{path}, line {number}: no JSON object; bletui gatt --json writes such a file") from None
    match plain:
        case {
            "schema": str(schema),
            "kind": "service" | "characteristic" | "descriptor" as kind,
            "handle": int(handle),
            "uuid": str(uuid),
            "properties": None | str() as properties,
        } if schema == SCHEMA and 0 < handle <= 0xFFFF and len(uuid) == 36 and is_clean(uuid):
            return Node(kind, handle, uuid, properties if properties is None or properties.isalpha() else "")
    raise invalid(f"{path}, line {number}: no {SCHEMA} object")
