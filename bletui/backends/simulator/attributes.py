"""A device's attributes as its maker laid them out: what each holds, who may touch it, what a write sets off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from bletui.decode.uuids import BASE
from bletui.model import Characteristic, Descriptor, Properties, Service

VALUE_MAX = 512  # bytes (Core, Vol 3 Part F, 3.2.9)
Holds = bytes | Callable[[float], bytes]  # fixed, or a function of the site's seconds


class Guard(IntEnum):
    """What a link must be for an attribute to be touched: the ATT error that refuses (Core, Vol 3 Part F, 3.4.1.1)."""

    OPEN = 0
    AUTHENTICATED = 0x05  # paired with a passkey or a comparison
    NEVER = 0x08  # authorization that this client never gets
    ENCRYPTED = 0x0F  # paired in any way


class Effect(Enum):
    """What a write does beyond being acknowledged."""

    STORE = "the value is what was written"
    ECHO = "the next notifying characteristic of the service says it back"
    RATE = "its two bytes are the notifications a second of the next characteristic (little endian)"
    RESET = "the device closes the link a moment later"
    REFUSE = "refused with the application error 0x80"


@dataclass(frozen=True, slots=True)
class Trait:
    """One characteristic. `lengths`: of values that it accepts, others are ATT 0x0D; `period`: seconds between the
    notifications that it sends by itself, None: it sends none."""

    uuid: str
    properties: Properties
    holds: Holds = b""
    guard: Guard = Guard.OPEN
    lengths: tuple[int, int] = (0, VALUE_MAX)
    effect: Effect = Effect.STORE
    period: float | None = None
    label: str = ""  # user description

    def value(self, t: float) -> bytes:
        return self.holds(t) if callable(self.holds) else self.holds


@dataclass(frozen=True, slots=True)
class Table:
    """Services with their handles, and what stands behind each handle."""

    services: tuple[Service, ...]
    traits: Mapping[int, Trait]  # value handle -> characteristic
    switches: Mapping[int, int] = field(default_factory=dict)  # handle of a CCCD -> value handle
    fixed: Mapping[int, bytes] = field(default_factory=dict)  # descriptors that can only be read

    def next_notifying(self, handle: int) -> int | None:
        """The first characteristic after `handle` that can notify."""
        later = (h for h, trait in self.traits.items() if h > handle and trait.properties & Properties.NOTIFY)
        return next(later, None)


def sig(number: int) -> str:
    """The UUID of a number that the Bluetooth SIG assigned."""
    return f"{number:08x}{BASE}"


CCCD, USER_DESCRIPTION = sig(0x2902), sig(0x2901)


def laid_out(services: Iterable[tuple[str, tuple[Trait, ...]]]) -> Table:
    """The table in which everything has the next free handle, from 1."""
    handles = iter(range(1, 0xFFFF))
    found: list[Service] = []
    traits: dict[int, Trait] = {}
    switches: dict[int, int] = {}
    fixed: dict[int, bytes] = {}
    for uuid, members in services:
        start = next(handles)
        characteristics = []
        for trait in members:
            next(handles)  # the declaration
            value = next(handles)
            traits[value] = trait
            descriptors = tuple(_descriptors(trait, value, handles, switches, fixed))
            characteristics.append(Characteristic(trait.uuid, value, trait.properties, descriptors))
        found.append(Service(uuid, start, tuple(characteristics)))
    return Table(tuple(found), traits, switches, fixed)


def _descriptors(
    trait: Trait, value: int, handles: Iterator[int], switches: dict[int, int], fixed: dict[int, bytes]
) -> Iterator[Descriptor]:
    if trait.properties & (Properties.NOTIFY | Properties.INDICATE):
        handle = next(handles)
        switches[handle] = value
        yield Descriptor(CCCD, handle)
    if trait.label:
        handle = next(handles)
        fixed[handle] = trait.label.encode()
        yield Descriptor(USER_DESCRIPTION, handle)
