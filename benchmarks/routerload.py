"""A router's scan stream made up for timing: 2,000 devices, some far more talkative than others, recorded payloads.

The wire form is that of firmware 2.1.1; an event is about 190 bytes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

RECORDED = Path(__file__).parents[1] / "tests" / "data" / "adverts.jsonl"
DEVICES = 2_000


def events(count: int, changed: float, seed: int = 7) -> Iterator[bytes]:
    """`count` events, each `data: {…}` with its blank line; `changed`: the share whose payload differs from the
    device's last one."""
    chance = random.Random(seed)
    payloads = recorded()
    devices = [_device(chance, n, payloads) for n in range(DEVICES)]
    weights = [1 / (1 + n) ** 0.5 for n in range(DEVICES)]
    for device in chance.choices(devices, weights, k=count):
        if chance.random() < changed:
            device["adData"] = _altered(str(device["adData"]), chance)
        device["rssi"] = -40 - chance.randrange(50)
        yield b"data: " + json.dumps(device, separators=(",", ":")).encode() + b"\n\n"


def recorded() -> list[bytes]:
    """The advertising data of real devices, 31 bytes at most."""
    lines = (json.loads(line) for line in RECORDED.read_text().splitlines())
    found = (bytes.fromhex(line["adv_hex"]) for line in lines if line.get("adv_hex"))
    return [payload for payload in found if len(payload) <= 31]


def _device(chance: random.Random, number: int, payloads: list[bytes]) -> dict[str, object]:
    address = f"C4:64:E3:{number >> 8:02X}:{number & 255:02X}:{chance.randrange(256):02X}"
    return {
        "bdaddrs": [{"bdaddr": address, "bdaddrType": "random"}],
        "chipId": number % 2,
        "evtType": 0,
        "rssi": -60,
        "adData": chance.choice(payloads).hex().upper(),
        "name": "(unknown)",
    }


def _altered(digits: str, chance: random.Random) -> str:
    """The payload with its last byte changed, as counters and sensors change it."""
    return digits[:-2] + f"{int(digits[-2:], 16) ^ chance.randrange(1, 256):02X}"
