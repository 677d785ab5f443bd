"""Peripherals as plain values: what they advertise, the attributes they have, how they pair and how they misbehave.

Nothing here knows of D-Bus: the same table can be played by another radio.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Final, Literal

BASE_UUID: Final = "-0000-1000-8000-00805f9b34fb"  # Core, Vol 3 Part B, 2.5.1
CCCD: Final = f"00002902{BASE_UUID}"

Flag = Literal[
    "broadcast", "read", "write-without-response", "write", "notify", "indicate", "authenticated-signed-writes",
    "extended-properties", "reliable-write", "writable-auxiliaries",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterSpec:
    """A controller as it is plugged in. `experimental`: bluetoothd runs with -E, so monitors and PowerState exist.
    `cache`: what it discovered stays when a link ends, as by default (main.conf, [GATT] Cache)."""

    name: str = "hci0"
    address: str = "00:1A:7D:DA:71:13"
    alias: str = "bletui"
    powered: bool = True
    blocked: bool = False
    roles: tuple[str, ...] = ("central", "peripheral")
    experimental: bool = True
    cache: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """One advertisement. `name_in_response`: the name stands in the scan response, which only active scans ask for."""

    address: str
    address_type: Literal["public", "random"] = "random"
    rssi: int = -60
    name: str | None = None
    name_in_response: bool = False
    flags: int | None = 0x06
    manufacturer: Mapping[int, bytes] = field(default_factory=dict)
    service_data: Mapping[str, bytes] = field(default_factory=dict)
    uuids: tuple[str, ...] = ()
    tx_power: int | None = None
    appearance: int | None = None


class Security(IntEnum):
    """LE security mode 1 (Core, Vol 3 Part C, 10.2.1): what a link has, or what an attribute asks for."""

    OPEN = 1
    ENCRYPTED = 2
    AUTHENTICATED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    uuid: str
    value: bytes = b""
    writable: bool = False
    handle: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristic:
    """`refuses`: an ATT error code for `read`, `write` or `notify`. `answers`: seconds until a request is answered;
    None: never. `sends`: values that follow one another every `every` seconds once subscribed. `orders`: what is
    written is obeyed: `drop` ends the link, `notify` sends each subscribed value once, `burst 300` sends as many
    numbers (4 bytes, little endian). `handle` is the declaration's; None: the next free one. `cccd` False: none is
    there."""

    uuid: str
    flags: tuple[Flag, ...] = ("read",)
    value: bytes = b""
    longest: int = 512
    needs: Security = Security.OPEN
    refuses: Mapping[Literal["read", "write", "notify"], int] = field(default_factory=dict)
    answers: float | None = 0.0
    sends: tuple[bytes, ...] = ()
    every: float = 0.1
    orders: bool = False
    descriptors: tuple[Descriptor, ...] = ()
    cccd: bool = True
    handle: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    uuid: str
    characteristics: tuple[Characteristic, ...] = ()
    primary: bool = True
    handle: int | None = None


Capability = Literal["DisplayOnly", "DisplayYesNo", "KeyboardOnly", "NoInputNoOutput", "KeyboardDisplay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """`passkey` is the one that whichever side displays one displays, and the number that is compared. `types`: what is
    typed on the peripheral, or None: what is right. `confirms`: its answer to a comparison. `answers`: seconds until
    somebody there acts; None: never. `mitm`: it wants keys that were authenticated. `pin`: it wants this PIN code
    instead, as BR/EDR devices did."""

    capability: Capability = "NoInputNoOutput"
    mitm: bool = False
    accepts: bool = True
    passkey: int = 123456
    types: int | None = None
    confirms: bool = True
    answers: float | None = 0.0
    pin: str | None = None


class Reach(Enum):
    """What comes of connecting."""

    ANSWERS = "answers"
    GHOST = "ghost"  # advertises, and never answers a connection request
    DROPS = "drops"  # ends the link as soon as it is up
    MUTE = "mute"  # takes the link and never answers ATT


@dataclass(frozen=True, slots=True, kw_only=True)
class Peripheral:
    """Advertises every `interval` seconds while it has no link. `resolved_first`: its services are told to be resolved
    before they are told, as a bluetoothd does it now and then."""

    advert: Advert
    services: tuple[Service, ...] = ()
    pairing: Pairing = Pairing()
    reach: Reach = Reach.ANSWERS
    mtu: int = 517
    resolved_first: bool = False
    interval: float = 0.1

    @property
    def address(self) -> str:
        return self.advert.address.upper()


@dataclass(frozen=True, slots=True)
class Attribute:
    """A descriptor, or a characteristic (then `handle` is its declaration's and `value_handle` its value's), placed."""

    handle: int
    what: Characteristic | Descriptor
    descriptors: tuple[Attribute, ...] = ()

    @property
    def value_handle(self) -> int:
        return self.handle + 1 if isinstance(self.what, Characteristic) else self.handle


@dataclass(frozen=True, slots=True)
class Placed:
    """A service whose attributes have their handles."""

    handle: int
    service: Service
    characteristics: tuple[Attribute, ...]


def placed(services: tuple[Service, ...]) -> tuple[Placed, ...]:
    """Gives handles in the order of the table where it names none (Core, Vol 3 Part G, 2.5.1). No sorting: a table with
    handles out of order stays so."""
    found = []
    free = 1
    for service in services:
        start = service.handle or free
        free = start + 1
        characteristics = []
        for each in service.characteristics:
            handle = each.handle or free
            free = handle + 2
            descriptors = []
            for descriptor in _descriptors(each):
                at = descriptor.handle or free
                descriptors.append(Attribute(at, descriptor))
                free = at + 1
            characteristics.append(Attribute(handle, each, tuple(descriptors)))
        found.append(Placed(start, service, tuple(characteristics)))
    return tuple(found)


def _descriptors(each: Characteristic) -> Iterator[Descriptor]:
    if each.cccd and {"notify", "indicate"} & set(each.flags):
        yield Descriptor(uuid=CCCD, value=b"\0\0", writable=True)
    yield from each.descriptors
