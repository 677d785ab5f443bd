"""Attribute tables of real devices, one a line in gatt.jsonl, each with its public source and licence.

Handles, UUIDs and properties are recorded. Values are not: those that the Bluetooth SIG defines are made up to fit the
device, a vendor's own are empty. Where a recording left out the descriptor that a notifying characteristic must have,
it stands in the gap after the value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from bletui.backends.simulator.attributes import CCCD, Holds, Table, Trait, sig
from bletui.model import Characteristic, Descriptor, Properties, Service

SWITCHED = Properties.NOTIFY | Properties.INDICATE


@cache
def _lines() -> dict[str, dict[str, Any]]:
    text = files(__package__).joinpath("gatt.jsonl").read_text("utf-8")
    return {line["name"]: line for line in map(json.loads, text.splitlines())}


def names() -> tuple[str, ...]:
    return tuple(_lines())


def recorded(name: str, device: str) -> Table:
    """The table called `name`, of a device that calls itself `device`."""
    lines = _lines()[name]["services"]
    services = tuple(Service(line["uuid"], line["handle"], tuple(_characteristics(line))) for line in lines)
    each = [characteristic for service in services for characteristic in service.characteristics]
    return Table(
        services,
        {one.handle: Trait(one.uuid, one.properties, _value(one.uuid, device)) for one in each},
        {d.handle: one.handle for one in each for d in one.descriptors if d.uuid == CCCD},
        {d.handle: b"" for one in each for d in one.descriptors if d.uuid != CCCD},
    )


def _characteristics(service: dict[str, Any]) -> Iterator[Characteristic]:
    lines = service["characteristics"]
    ends = [*(line["handle"] - 2 for line in lines[1:]), service["end"]]
    for line, end in zip(lines, ends, strict=True):
        handle, properties = line["handle"], Properties(line["properties"])
        descriptors = tuple(Descriptor(uuid, at) for at, uuid in line.get("descriptors", ()))
        if properties & SWITCHED and handle < end and CCCD not in {d.uuid for d in descriptors}:
            taken = {d.handle for d in descriptors}
            gap = next((at for at in range(handle + 1, end + 1) if at not in taken), None)
            descriptors += () if gap is None else (Descriptor(CCCD, gap),)
        yield Characteristic(line["uuid"], handle, properties, tuple(sorted(descriptors, key=lambda d: d.handle)))


def _value(uuid: str, device: str) -> Holds:
    values: dict[str, Holds] = {
        sig(0x2A00): device.encode(),
        sig(0x2A01): bytes.fromhex("0003"),  # a thermometer
        sig(0x2A04): bytes.fromhex("1800280000009001"),  # 30 to 50 ms, 4 s
        sig(0x2A24): device.encode(),
        sig(0x2A26): b"1.00.00",
        sig(0x2A28): b"1.00.00",
        sig(0x2A29): b"Govee",
    }
    return values.get(uuid, b"")
