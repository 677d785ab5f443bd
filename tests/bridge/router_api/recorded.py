"""Events that routers were seen to send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bletui.decode.advertising import summarise
from bletui.model import PDUS, Advertisement, Extended

SAMPLES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "router_scan_samples.jsonl").read_text().splitlines()
]


def heard(event: dict[str, Any]) -> Advertisement:
    """The advertisement that a router's event tells of."""
    device = event["bdaddrs"][0]
    raw = bytes.fromhex(event.get("scanData", event.get("adData", "")))
    name = None if event["name"] in ("(unknown)", summarise(raw).name) else event["name"]
    extended = None
    if "primaryPhy" in event:
        extended = Extended(
            primary_phy=event["primaryPhy"],
            secondary_phy=event["secondryPhy"],
            sid=event["sid"],
            tx_power=None,
            interval=event["interval"],
            connectable=event["prop"] == "Connectable",
            data_status=event["dataStatus"],
        )
    pdu = PDUS[event["evtType"] if "evtType" in event else event["evt_type"]]
    return Advertisement(
        0.0, "r/0", device["bdaddr"], device["bdaddrType"], event["rssi"], pdu, raw, name, None, extended
    )
