"""A device's attribute table (Bluetooth Core, Vol 3 Part G)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

from bletui.model.names import Peer


class Properties(IntFlag):
    """Characteristic properties as on the air (Core, Vol 3 Part G, 3.3.1.1)."""

    BROADCAST = 0x01
    READ = 0x02
    WRITE_WITHOUT_RESPONSE = 0x04
    WRITE = 0x08
    NOTIFY = 0x10
    INDICATE = 0x20
    SIGNED_WRITE = 0x40
    EXTENDED = 0x80


@dataclass(frozen=True, slots=True)
class Descriptor:
    uuid: str  # 128-bit, lower case
    handle: int


@dataclass(frozen=True, slots=True)
class Characteristic:
    """`handle` is the ATT handle of the value, never of the declaration."""

    uuid: str
    handle: int
    properties: Properties
    descriptors: tuple[Descriptor, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    uuid: str
    handle: int
    characteristics: tuple[Characteristic, ...] = ()
    primary: bool = True


@dataclass(frozen=True, slots=True)
class GattTree:
    """Services in the order of their handles; `handles_made_up` where the operating system hides the real ones."""

    peer: Peer
    services: tuple[Service, ...] = ()
    handles_made_up: bool = False
