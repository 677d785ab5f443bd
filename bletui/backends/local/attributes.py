"""bleak's attribute table as ours: value handles, in the order of handles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bletui.model import Characteristic, Descriptor, GattTree, Peer, Properties, Service

if TYPE_CHECKING:
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.descriptor import BleakGATTDescriptor
    from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection

# The words of BlueZ, which bleak uses on every system (doc/org.bluez.GattCharacteristic.rst, Flags).
_FLAGS = {
    "broadcast": Properties.BROADCAST,
    "read": Properties.READ,
    "write-without-response": Properties.WRITE_WITHOUT_RESPONSE,
    "write": Properties.WRITE,
    "notify": Properties.NOTIFY,
    "indicate": Properties.INDICATE,
    "authenticated-signed-writes": Properties.SIGNED_WRITE,
    "extended-properties": Properties.EXTENDED,
}


def tree(peer: Peer, services: BleakGATTServiceCollection, *, to_value: int, made_up: bool) -> GattTree:
    """`to_value`: what lies between bleak's handle of a characteristic and that of its value; BlueZ names the
    declaration's, which is one less (Core, Vol 3 Part G, 3.3)."""
    found = [_service(one, to_value) for one in services.services.values()]
    return GattTree(peer, tuple(sorted(found, key=lambda one: one.handle)), made_up)


def characteristic(
    services: BleakGATTServiceCollection, handle: int, *, to_value: int
) -> BleakGATTCharacteristic | None:
    return services.characteristics.get(handle - to_value)


def descriptor(services: BleakGATTServiceCollection, handle: int) -> BleakGATTDescriptor | None:
    return services.descriptors.get(handle)


def properties(found: BleakGATTCharacteristic) -> Properties:
    flags = Properties(0)
    for word in found.properties:
        flags |= _FLAGS.get(word, Properties(0))
    return flags


def mtu(services: BleakGATTServiceCollection) -> int | None:
    """ATT's MTU, as far as a characteristic tells; 23 is also what stands for not known."""
    found = max((one.max_write_without_response_size for one in services.characteristics.values()), default=20) + 3
    return found if found > 23 else None


def _service(found: BleakGATTService, to_value: int) -> Service:
    inside = sorted((_characteristic(one, to_value) for one in found.characteristics), key=lambda one: one.handle)
    return Service(found.uuid.lower(), found.handle, tuple(inside), _primary(found))


def _primary(found: BleakGATTService) -> bool:
    match found.obj:
        case (_, {"Primary": bool(primary)}):  # BlueZ's properties
            return primary
    return True


def _characteristic(found: BleakGATTCharacteristic, to_value: int) -> Characteristic:
    inside = sorted((Descriptor(one.uuid.lower(), one.handle) for one in found.descriptors), key=lambda one: one.handle)
    return Characteristic(found.uuid.lower(), found.handle + to_value, properties(found), tuple(inside))
