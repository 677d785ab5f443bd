"""The peer's part after the wire, as one writes it first: every event decoded, parsed and stored by itself."""

from __future__ import annotations

import json
from uuid import UUID

from bletui.devices import DeviceStore
from bletui.model import PDUS, Advertisement

Fields = dict[str, object]


def parsed(raw: bytes) -> Fields:
    """The fields that a scanner shows, as one writes such a parser."""
    found: Fields = {}
    uuids: list[str] = []
    at = 0
    while at + 1 < len(raw) and raw[at]:
        code, value = raw[at + 1], raw[at + 2 : at + 1 + raw[at]]
        at += 1 + raw[at]
        if code == 0x01:
            found["flags"] = int.from_bytes(value, "little")
        elif code in (0x02, 0x03):
            uuids += (f"{int.from_bytes(value[n : n + 2], 'little'):04x}" for n in range(0, len(value), 2))
        elif code in (0x06, 0x07):
            uuids += (str(UUID(bytes=value[n : n + 16][::-1])) for n in range(0, len(value), 16))
        elif code in (0x08, 0x09):
            found["name"] = value.decode("utf-8", "replace")
        elif code == 0x0A:
            found["tx_power"] = int.from_bytes(value, "little", signed=True)
        elif code == 0x16:
            found["service_data"] = {f"{int.from_bytes(value[:2], 'little'):04x}": value[2:]}
        elif code == 0xFF:
            found["manufacturer_data"] = {int.from_bytes(value[:2], "little"): value[2:]}
    found["service_uuids"] = uuids
    return found


def take_event(store: DeviceStore, data: str | bytes, at: float) -> Fields:
    """The peer's part after the wire: decode and parse this event, put it into the store."""
    event = json.loads(data)
    device = event["bdaddrs"][0]
    raw = bytes.fromhex(event["adData"])
    fields = parsed(raw)
    store.update(
        [
            Advertisement(
                at,
                f"bench/router/{event['chipId']}",
                device["bdaddr"],
                device["bdaddrType"],
                event["rssi"],
                PDUS[event["evtType"]],
                raw,
            )
        ]
    )
    return fields
