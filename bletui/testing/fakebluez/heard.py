"""What is heard in the air, and what BlueZ makes of it: the properties of org.bluez.Device1 with their real types."""

from __future__ import annotations

from collections.abc import Iterator

from dbus_fast import Variant

from bletui.testing.fakebluez.objects import Properties
from bletui.testing.fakebluez.peripheral import BASE_UUID, Advert

DEVICE = "org.bluez.Device1"


def path_of(adapter: str, address: str) -> str:
    return f"{adapter}/dev_{address.upper().replace(':', '_')}"


def heard(advert: Advert, *, active: bool, experimental: bool = False) -> Properties:
    """The properties that this packet sets, with the signatures that bluetoothd declares (-E: some more)."""
    properties: Properties = {"RSSI": Variant("n", advert.rssi)}
    if advert.name is not None and (active or not advert.name_in_response):
        properties |= {"Name": Variant("s", advert.name), "Alias": Variant("s", advert.name)}
    if advert.manufacturer:
        values = {company: Variant("ay", data) for company, data in advert.manufacturer.items()}
        properties["ManufacturerData"] = Variant("a{qv}", values)
    if advert.service_data:
        data_by_uuid = {uuid: Variant("ay", data) for uuid, data in advert.service_data.items()}
        properties["ServiceData"] = Variant("a{sv}", data_by_uuid)
    if advert.uuids:
        properties["UUIDs"] = Variant("as", list(advert.uuids))
    if advert.tx_power is not None:
        properties["TxPower"] = Variant("n", advert.tx_power)
    if advert.appearance is not None:
        properties["Appearance"] = Variant("q", advert.appearance)
    if experimental and advert.flags is not None:
        properties["AdvertisingFlags"] = Variant("ay", bytes([advert.flags]))
    return properties


def fresh(advert: Advert, adapter: str, *, active: bool, experimental: bool = False) -> Properties:
    """A device object as it appears at the first packet."""
    address = advert.address.upper()
    return {
        "Address": Variant("s", address),
        "AddressType": Variant("s", advert.address_type),
        "Alias": Variant("s", address.replace(":", "-")),
        "Paired": Variant("b", False),
        "Bonded": Variant("b", False),
        "Trusted": Variant("b", False),
        "Blocked": Variant("b", False),
        "LegacyPairing": Variant("b", False),
        "Connected": Variant("b", False),
        "UUIDs": Variant("as", []),
        "Adapter": Variant("o", adapter),
        "ServicesResolved": Variant("b", False),
    } | heard(advert, active=active, experimental=experimental)


def structures(advert: Advert, *, active: bool) -> Iterator[tuple[int, bytes]]:
    """AD type and data of each structure in the packet, for the patterns of advertisement monitors."""
    if advert.flags is not None:
        yield 0x01, bytes([advert.flags])
    for uuid in advert.uuids:
        yield (0x03, _short(uuid)) if uuid.endswith(BASE_UUID) else (0x07, _whole(uuid))
    if advert.name is not None and (active or not advert.name_in_response):
        yield 0x09, advert.name.encode()
    if advert.tx_power is not None:
        yield 0x0A, advert.tx_power.to_bytes(1, "little", signed=True)
    for uuid, data in advert.service_data.items():
        yield (0x16, _short(uuid) + data) if uuid.endswith(BASE_UUID) else (0x21, _whole(uuid) + data)
    for company, data in advert.manufacturer.items():
        yield 0xFF, company.to_bytes(2, "little") + data


def _short(uuid: str) -> bytes:
    return bytes.fromhex(uuid[4:8])[::-1]


def _whole(uuid: str) -> bytes:
    return bytes.fromhex(uuid.replace("-", ""))[::-1]
