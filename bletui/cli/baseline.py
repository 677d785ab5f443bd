"""A scan's baseline as a file, and what differs from it as lines and objects."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bletui.cli.forms import Table
from bletui.cli.narration import object_line
from bletui.cli.records import Record
from bletui.decode.meaning import company_name, uuid_name
from bletui.devices import Device
from bletui.devices.saved import TEXT_MAX, Differs, Saved, compare, saved
from bletui.target import invalid
from bletui.text import bounded, visible

SCHEMA = "bletui.baseline/1"
SIZE_MAX = 64 << 20  # bytes
UUIDS_MAX = 512


class Differences(Table):
    """Nothing until the end, then what is not as it was."""

    def __init__(self, before: Mapping[str, Saved], *, json: bool) -> None:
        super().__init__(None)
        self.differing = 0  # known at the end
        self._before, self._json = before, json

    def end(self, devices: Iterable[Device], lanes: Mapping[str, str]) -> str:
        found = list(compare(self._before, devices))
        self.differing = len(found)
        return "".join((object_line(differs_object(one)) if self._json else differs_line(one)) + "\n" for one in found)


def differs_line(differs: Differs) -> str:
    words = "; ".join(_changes(differs))
    found = differs.now or differs.before
    name = found.name if found is not None else None
    return f"{differs.what:<7}  {visible(differs.address):<17}  {visible(name or '(unnamed)'):<20}  {words}".rstrip()


def differs_object(differs: Differs) -> Record:
    return {
        "schema": "bletui.differs/1",
        "difference": differs.what,
        "address": differs.address,
        "before": None if differs.before is None else _plain(differs.before),
        "now": None if differs.now is None else _plain(differs.now),
    }


def _changes(differs: Differs) -> Iterable[str]:
    before, now = differs.before, differs.now
    if before is None or now is None:
        return
    if before.name != now.name:
        yield f"name was {visible(before.name or '(none)')}"
    if before.company != now.company:
        yield f"company was {'(none)' if before.company is None else company_name(before.company)}"
    for word, some, others in (("no longer", before, now), ("now", now, before)):
        if listed := [uuid_name(uuid) for uuid in some.services if uuid not in others.services]:
            yield f"{word} {', '.join(listed)}"


def load(path: Path) -> dict[str, Saved]:
    """The devices of the file by address. `request.invalid`: it can't be read, or is no baseline."""
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_MAX + 1)
    except (OSError, ValueError) as cannot:  # ValueError: a NUL in the path
        raise invalid(f"{path}: {getattr(cannot, 'strerror', None) or cannot}") from cannot
    if len(data) > SIZE_MAX:
        raise invalid(f"{path}: a baseline has at most {SIZE_MAX} bytes")
    try:
        return parse(data)
    except ValueError as wrong:
        raise invalid(f"{path} is no baseline: {bounded(visible(str(wrong)), 200)}") from wrong


def parse(data: bytes) -> dict[str, Saved]:
    """Fails with `ValueError`."""
    try:
        whole = json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(whole, dict) or whole.get("schema") != SCHEMA or not isinstance(whole.get("devices"), list):
        raise ValueError(f"it is no {SCHEMA}; bletui scan --save-baseline writes one")
    found = {}
    for number, entry in enumerate(whole["devices"], 1):
        try:
            one = _saved(entry)
        except (TypeError, ValueError) as wrong:
            raise ValueError(f"device {number}: {wrong}") from wrong
        found[one.address] = one
    return found


def _saved(entry: object) -> Saved:
    if not isinstance(entry, dict):
        raise TypeError("it is no object")
    company, services = entry.get("company"), entry.get("services", [])
    if company is not None and not (type(company) is int and 0 <= company <= 0xFFFF):
        raise ValueError("company is no number of 16 bits")
    if not isinstance(services, list) or len(services) > UUIDS_MAX:
        raise ValueError(f"services is no list of at most {UUIDS_MAX}")
    name = entry.get("name")
    return Saved(
        _text(entry.get("address"), "address"),
        None if name is None else _text(name, "name"),
        company,
        tuple(sorted(_text(uuid, "a service") for uuid in services)),
    )


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value or len(value) > TEXT_MAX:
        raise ValueError(f"{what} is no text of 1 to {TEXT_MAX} characters")
    return value


def text_of(devices: Iterable[Device], at: float) -> str:
    """The file's text, a device a line, by address."""
    entries = sorted((_plain(saved(device)) for device in devices), key=lambda one: str(one["address"]))
    lines = ",\n".join(json.dumps(one) for one in entries)
    return f'{{"schema": "{SCHEMA}", "at": {at:.3f}, "devices": [\n{lines}\n]}}\n'


def refuse_unwritable(path: Path) -> None:
    """Before a long scan, not after it."""
    if path.is_dir():
        raise invalid(f"{path}: it is a folder")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise invalid(f"{path}: no file can be written in {path.parent}")


def save(path: Path, text: str) -> None:
    """Whole or not at all. `request.invalid`: it can't be written."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        new.write_text(text, "utf-8")
        new.replace(path)
    except OSError as cannot:
        new.unlink(missing_ok=True)
        raise invalid(f"{path}: {cannot.strerror}") from cannot


def _plain(one: Saved) -> dict[str, Any]:
    return {"address": one.address, "name": one.name, "company": one.company, "services": list(one.services)}
