"""Recorded payloads with their sender and, where they are sealed, the key that opens them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bletui.decode.beacon import Keys
from tests.decode.recorded import DATA


@dataclass(frozen=True, slots=True)
class Advert:
    raw: bytes
    brand: str
    address: str | None
    keys: Keys
    expected: dict[str, Any]


def adverts(brand: str) -> list[Advert]:
    rows = map(json.loads, (DATA / "beacons.jsonl").read_text("utf-8").splitlines())
    return [
        Advert(
            bytes.fromhex(row["adv_hex"]),
            row["brand"],
            row["address"],
            {row["address"]: bytes.fromhex(row["key"])} if row["key"] else {},
            row["expected"],
        )
        for row in rows
        if row["brand"].startswith(brand)
    ]
