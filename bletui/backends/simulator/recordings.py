"""Recorded payloads, one a line in adverts.jsonl, each with its public source and licence.

`{mac}` and `{rev}` in the hex stand where a payload repeats its sender's address (in order, and reversed); the
recorded addresses are replaced by made-up ones behind the recorded vendor prefix. Intervals are typical of the brand,
not measured. `fresh_bytes` at the end of a payload change whenever the private address does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from bletui.model import PDUS, Pdu

AddressKind = Literal["public", "static", "resolvable", "nonresolvable"]

SCANNABLE: tuple[Pdu, ...] = ("ADV_IND", "ADV_SCAN_IND")


@dataclass(frozen=True, slots=True)
class Recording:
    """What one real device said. `interval` is in seconds; `gatt` names its attribute table, where one is known."""

    brand: str
    address: AddressKind
    oui: str
    pdu: Pdu
    interval: float
    frames: tuple[str, ...]
    scan_response: str | None
    fresh_bytes: int
    gatt: str | None
    source: str
    licence: str

    def payload(self, frame: int, address: str) -> bytes:
        return filled(self.frames[frame % len(self.frames)], address)

    def response(self, address: str) -> bytes | None:
        """To a scan request; where none was recorded, the empty one that scannable devices give."""
        if self.scan_response is None:
            return b"" if self.pdu in SCANNABLE else None
        return filled(self.scan_response, address)


@cache
def recordings() -> tuple[Recording, ...]:
    text = files(__package__).joinpath("adverts.jsonl").read_text("utf-8")
    return tuple(_recording(json.loads(line)) for line in text.splitlines())


def filled(template: str, address: str) -> bytes:
    """The bytes of a hex template, sent from `address`."""
    if "{" not in template:
        return bytes.fromhex(template)
    mac = address.replace(":", "")
    return bytes.fromhex(template.replace("{mac}", mac).replace("{rev}", bytes.fromhex(mac)[::-1].hex()))


def _recording(line: dict[str, Any]) -> Recording:
    return Recording(
        brand=line["brand"],
        address=cast(AddressKind, line["address"]),
        oui=line.get("oui", ""),
        pdu=PDUS[PDUS.index(line["pdu"])],
        interval=line["interval_ms"] / 1000,
        frames=tuple(line["adv"]),
        scan_response=line.get("scan_response"),
        fresh_bytes=line.get("fresh_bytes", 0),
        gatt=line.get("gatt"),
        source=line["source"],
        licence=line["licence"],
    )
