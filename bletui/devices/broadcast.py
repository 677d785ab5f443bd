"""What a device broadcasts, in words: its beacons, opened where they are sealed and the key is at hand."""

from __future__ import annotations

from functools import lru_cache

from bletui.decode.beacons import describe, describe_fields
from bletui.decode.keyring import Keyring
from bletui.decode.lenses import Lenses, adopted
from bletui.devices.device import Device


def broadcast(device: Device) -> str | None:
    """One line of visible text on the beacons of its last payloads; None where none is known."""
    if device.raw is None and device.fields is not None:
        return describe_fields(device.fields, address=device.address, keys=device.keys)
    parts = (_described(raw, device.address, device.keys, adopted()) for raw in (device.adv, device.rsp) if raw)
    return " · ".join(said for said in parts if said) or None


@lru_cache(maxsize=256)
def _described(raw: bytes, address: str, keys: Keyring, lenses: Lenses) -> str | None:
    """`lenses`: those adopted; other ones say another thing."""
    return describe(raw, address=address, keys=keys)
