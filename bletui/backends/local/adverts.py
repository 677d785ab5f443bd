"""A report of bleak as an `Advertisement`. Operating systems hand out parsed fields, so `raw` and `pdu` are None."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bletui.model import AddressType, AdvertisedFields, Advertisement
from bletui.text import visible

if TYPE_CHECKING:
    from bleak.backends.scanner import AdvertisementData

_TYPES: dict[object, AddressType] = {"public": "public", "random": "random"}


def from_bluez(at: float, lane: str, data: AdvertisementData) -> Advertisement | None:
    """None where BlueZ changed a device without hearing it: it then knows no RSSI (doc/org.bluez.Device.rst)."""
    device: dict[str, Any] = data.platform_data[1]
    rssi = device.get("RSSI")
    if rssi is None:
        return None
    name = data.local_name
    return Advertisement(
        at,
        lane,
        device["Address"].upper(),
        _TYPES.get(device.get("AddressType")),
        rssi,
        None,
        None,
        None if name is None else visible(name),
        _fields(data),
    )


def from_desktop(at: float, lane: str, address: str, data: AdvertisementData) -> Advertisement:
    """macOS and Windows; `address` may be an opaque identifier (CoreBluetooth). -127 is bleak's word for no RSSI."""
    name = data.local_name
    rssi = None if data.rssi == -127 else data.rssi
    shown = None if name is None else visible(name)
    return Advertisement(at, lane, address.upper(), None, rssi, None, None, shown, _fields(data))


def _fields(data: AdvertisementData) -> AdvertisedFields:
    return AdvertisedFields(
        manufacturer=data.manufacturer_data,
        service_data=data.service_data,
        service_uuids=tuple(data.service_uuids),
        tx_power=data.tx_power,
    )
