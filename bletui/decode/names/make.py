"""Makes the tables beside it: `python -m bletui.decode.names.make FOLDER`. Reads literals, runs nothing it reads.

FOLDER holds what is published under permissive licences, unpacked:
    bluetooth_numbers/    the wheel of bluetooth-numbers 1.1.2 (MIT), itself made from the next line's source
    gap_appearance.json   NordicSemiconductor/bluetooth-numbers-database, v1/ (BSD-3-Clause), commit 0688c6e
    bleak/uuids.py        bleak 3.1.0 (MIT), for what the first lacks
    advlib-ble/assignednumbers.js   advlib-ble 1.4.2 (MIT), lib/

The YAML of the Bluetooth SIG carries a notice that grants no licence, and is not read.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bletui.text import visible

_HERE = Path(__file__).parent
_NUMBERS = "bluetooth-numbers 1.1.2 (MIT), from NordicSemiconductor/bluetooth-numbers-database (BSD-3-Clause)"
_BLEAK = "bleak 3.1.0 uuids.py (MIT)"
_APPEARANCES = (
    "NordicSemiconductor/bluetooth-numbers-database v1/gap_appearance.json (BSD-3-Clause), commit 0688c6e; read 2026-11"
)
_SCHEMES = "advlib-ble 1.4.2 lib/assignednumbers.js (MIT); read 2026-11"


def main(folder: Path) -> None:
    numbers = folder / "bluetooth_numbers"
    companies = {f"{int(code):04x}": name for code, name in _entries(numbers / "_companies.py")}
    _write("companies", f"{_NUMBERS}; 2024-08", sorted(companies.items()))
    _write("uuids", f"{_NUMBERS}; 2024-08; completed from {_BLEAK}; 2026-11", sorted(_uuids(folder)))
    _write("appearances", _APPEARANCES, _appearances(folder / "gap_appearance.json"))
    _write("uri_schemes", _SCHEMES, _uri_schemes(folder / "advlib-ble" / "assignednumbers.js"))


def _uuids(folder: Path) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    for kind in ("services", "characteristics", "descriptors"):
        for key, name in _entries(folder / "bluetooth_numbers" / f"_{kind}.py"):
            # one name is written in TeX, and its backslash was read as the start of a tab
            found.setdefault(_uuid(key), name.replace("\textsubscript{2}", "₂"))
    for key, name in _entries(folder / "bleak" / "uuids.py"):
        # its member names carry colons where the originals have commas
        found.setdefault(_uuid(key), name.replace(": ", ", ") if isinstance(key, int) and key >= 0xFC00 else name)
    yield from found.items()


def _uuid(key: int | str) -> str:
    if isinstance(key, str):
        return key.lower()
    # release 1.1.2 writes the decimal digits of member UUIDs as if they were hexadecimal: 65046 became 0x65046
    return f"{key if key <= 0xFFFF else int(f'{key:x}'):04x}"


def _entries(path: Path) -> Iterator[tuple[int | str, str]]:
    """Each `number: "name"`, `"uuid": "name"` or `UUID("uuid"): "name"` of the dict displays in a Python file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                inner = key.args[0] if isinstance(key, ast.Call) else key
                if isinstance(inner, ast.Constant) and isinstance(value, ast.Constant):
                    yield inner.value, value.value  # type: ignore[misc]  # the files hold only int, str -> str


def _appearances(path: Path) -> Iterator[tuple[str, str]]:
    for category in json.loads(path.read_text("utf-8")):
        code = category["category"] << 6
        yield f"{code:04x}", category["name"]
        for sub in category.get("subcategory", ()):
            yield f"{code | sub['value']:04x}", f"{category['name']}: {sub['name']}"


def _uri_schemes(path: Path) -> Iterator[tuple[str, str]]:
    table = path.read_text("utf-8").partition("[")[2].partition("]")[0]
    for code, name in enumerate(re.findall(r"null|'([^']*)'", table)):
        if name:
            yield f"{code:04x}", name


def _write(table: str, source: str, rows: Iterable[tuple[str, str]]) -> None:
    lines = [f"# {source}; made by bletui.decode.names.make", *(f"{key}\t{visible(name)}" for key, name in rows)]
    (_HERE / f"{table}.tsv").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
