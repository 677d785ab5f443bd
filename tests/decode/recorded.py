"""Payloads from public captures and test suites; each line names its source and licence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Recorded:
    raw: bytes
    brand: str
    expected: dict[str, Any]


def recorded(name: str) -> list[Recorded]:
    rows = map(json.loads, (DATA / f"{name}.jsonl").read_text("utf-8").splitlines())
    return [Recorded(bytes.fromhex(row["adv_hex"]), row.get("brand", ""), row["expected"]) for row in rows]
