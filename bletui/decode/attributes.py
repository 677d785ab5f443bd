"""The attributes of a device's table one by one, with their names and what may be done with each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bletui.decode import names
from bletui.decode.uuids import short
from bletui.model import GattTree, Properties

Kind = Literal["service", "characteristic", "descriptor"]

_LETTERS = (
    (Properties.READ, "r"),
    (Properties.WRITE, "w"),
    (Properties.WRITE_WITHOUT_RESPONSE, "W"),
    (Properties.NOTIFY, "n"),
    (Properties.INDICATE, "i"),
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """`service` is the UUID around it; `characteristic` the value handle that a descriptor belongs to."""

    kind: Kind
    handle: int
    uuid: str  # 128-bit, lower case
    service: str
    characteristic: int | None = None
    properties: Properties | None = None  # of characteristics alone

    @property
    def name(self) -> str:
        """From the table of assigned numbers; "" where it has none."""
        return names.uuid(self.uuid) or ""

    @property
    def letters(self) -> str:
        """What may be done, in columns: `r` read, `w` write, `W` write without response, `n` notify, `i` indicate."""
        return "".join(letter if (self.properties or 0) & flag else "." for flag, letter in _LETTERS)

    def __str__(self) -> str:
        return " ".join(part for part in (f"0x{self.handle:04x}", self.name or uuid_text(self.uuid)) if part)


def uuid_text(uuid: str) -> str:
    """16- and 32-bit UUIDs as their number."""
    number = short(uuid)
    return uuid if number is None else f"{number:04x}"


def attributes(tree: GattTree) -> Iterator[Attribute]:
    """Every attribute of the tree, each service and characteristic before what belongs to it."""
    for service in tree.services:
        yield Attribute("service", service.handle, service.uuid, service.uuid)
        for characteristic in service.characteristics:
            handle = characteristic.handle
            yield Attribute(
                "characteristic", handle, characteristic.uuid, service.uuid, properties=characteristic.properties
            )
            for descriptor in characteristic.descriptors:
                yield Attribute("descriptor", descriptor.handle, descriptor.uuid, service.uuid, handle)
