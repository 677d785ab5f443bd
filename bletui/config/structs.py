"""A person's own structs: `structs.toml`, which stands beside the configuration and is read again when it changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from bletui.config.file import Problem, Refused, content, invalid, located, placed, values_of
from bletui.config.positions import positions
from bletui.config.reading import Finding, Reading, Table
from bletui.config.watched import Watched
from bletui.decode import structs
from bletui.decode.lenses import NAME, Lens, Lenses, adopt
from bletui.decode.structs import LayoutError
from bletui.decode.uuids import uuid_text
from bletui.failure import BleError, Failure

FILE = "structs.toml"
USES_MAX = 64  # of one struct
_UUID = re.compile(r"[0-9a-f]{4}|[0-9a-f]{8}|[0-9a-f]{32}")
T = TypeVar("T")


def beside(config: Path) -> Path:
    """The file that goes with the configuration at `config`."""
    return config.parent / FILE


def parse(text: str) -> Lenses:
    """What the file says. Raises `Refused` with everything that is wrong."""
    reading = Reading()
    top = Table(reading, (), values_of(text))
    labels = top.table("labels").entries(_labels)
    named: dict[str, Lens] = {}
    attributes: dict[str, Lens] = {}
    companies: dict[int, Lens] = {}
    service_data: dict[str, Lens] = {}
    for name, table in top.table("structs").tables():
        lens = _lens(table, name, labels)
        _use(reading, table, "attributes", _uuid, attributes, lens)
        _use(reading, table, "companies", _company, companies, lens)
        _use(reading, table, "service_data", _uuid, service_data, lens)
        table.close()
        if lens is not None:
            named[name] = lens
    top.close()
    if reading.findings:
        raise Refused(_problems(reading.findings, text))
    return Lenses(named, attributes, companies, service_data)


def load(path: Path) -> Lenses:
    """The file's value; none where there is no file. `request.invalid` with path, line, column and reason."""
    text = content(path, needed=False)
    if text is None:
        return Lenses()
    try:
        return parse(text)
    except Refused as refused:
        more = f" (and {len(refused.problems) - 1} more)" if len(refused.problems) > 1 else ""
        raise invalid(f"{located(path, refused.problems[0])}{more}") from None


class StructsFile:
    """Adopted, and again when it has changed. A wrong one leaves the last good one in force, and is the `failure`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.failure: Failure | None = None
        self._watched = Watched(path)
        self._read()

    def look(self, now: float) -> bool:
        """Whether it has changed; `now`: monotonic seconds. Asks the file system once a second at most."""
        changed = self._watched.changed(now)
        if changed:
            self._read()
        return changed

    def _read(self) -> None:
        try:
            adopt(load(self.path))
            self.failure = None
        except BleError as wrong:
            self.failure = wrong.failure


def _lens(table: Table, name: str, labels: Mapping[str, str]) -> Lens | None:
    if not NAME.fullmatch(name):
        table.wrong("layout", "a name has letters, digits, - _ and . (at most 64)")
        return None
    if not table.has("layout"):
        table.wrong("layout", 'a struct has a layout, as layout = "i16le x3 /1000 g"')
        return None
    layout = table.take("layout", _text, "")
    if not layout:
        return None
    try:
        return Lens(name, structs.parse(layout, labels))
    except LayoutError as wrong:
        table.wrong("layout", str(wrong))
        return None


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise ValueError("a layout in quotes")


def _labels(name: str, value: object) -> str:
    if not NAME.fullmatch(name):
        raise ValueError("a name has letters, digits, - _ and . (at most 64)")
    if not isinstance(value, str):
        raise ValueError('expected labels in quotes, as "0 off, 1 on"')  # noqa: TRY004  what a check raises
    return value


def _use(
    reading: Reading, table: Table, name: str, check: Callable[[object], T], known: dict[T, Lens], lens: Lens | None
) -> None:
    """Takes what a struct is for, each of which may have one only."""

    def every(value: object) -> list[T]:
        if not isinstance(value, list) or len(value) > USES_MAX:
            raise ValueError(f"a list of at most {USES_MAX}")
        return [check(one) for one in value]

    keys: list[T] = table.take(name, every, [])
    for at, key in enumerate(keys if lens is not None else ()):
        if key in known:
            reading.wrong((*table.path, name, at), f"{known[key].name} is for it already")
        elif lens is not None:
            known[key] = lens


def _uuid(value: object) -> str:
    digits = value.lower().removeprefix("0x").replace("-", "") if isinstance(value, str) else ""
    if not _UUID.fullmatch(digits):
        raise ValueError('UUIDs in quotes, of 4, 8 or 32 hex digits, as ["2a6e"]')
    return uuid_text(bytes.fromhex(digits)[::-1])


def _company(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 0xFFFF:
        return value
    raise ValueError("company identifiers, as [0x0499]")


def _problems(findings: list[Finding], text: str) -> list[Problem]:
    places = positions(text)
    return sorted(placed(finding, places) for finding in findings)
