"""Whether a device lets an attribute be read, written or subscribed to: ATT's rules, and its own."""

from __future__ import annotations

from bletui.backends.simulator.attributes import Effect, Guard, Trait
from bletui.backends.simulator.link import Link
from bletui.model import NotifyMode, Properties

RATE_MAX = 200  # notifications a second
MODES: dict[NotifyMode, tuple[bytes, Properties]] = {
    "off": (b"\x00\x00", Properties(0)),
    "notify": (b"\x01\x00", Properties.NOTIFY),
    "indicate": (b"\x02\x00", Properties.INDICATE),
}


class AttError(Exception):
    """The device's refusal (Core, Vol 3 Part F, 3.4.1.1)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"0x{code:02X}")
        self.code = code


def value_at(link: Link, handle: int, t: float) -> bytes:
    """What a read answers at the site's second `t`."""
    table = link.peripheral.table
    if handle in table.switches:
        return MODES[link.modes.get(table.switches[handle], "off")][0]
    if handle in table.fixed:
        return table.fixed[handle]
    trait = _trait(link, handle)
    if not trait.properties & Properties.READ:
        raise AttError(0x02)
    _check(link, trait)
    return link.peripheral.value(handle, t)


def writable(link: Link, handle: int, value: bytes) -> Trait:
    """The characteristic that takes this value."""
    if handle in link.peripheral.table.fixed:
        raise AttError(0x03)
    trait = _trait(link, handle)
    if not trait.properties & (Properties.WRITE | Properties.WRITE_WITHOUT_RESPONSE):
        raise AttError(0x03)
    _check(link, trait)
    if not trait.lengths[0] <= len(value) <= trait.lengths[1]:
        raise AttError(0x0D)
    if trait.effect is Effect.REFUSE:
        raise AttError(0x80)
    if trait.effect is Effect.RATE and int.from_bytes(value, "little") > RATE_MAX:
        raise AttError(0x13)
    return trait


def commandable(link: Link, handle: int) -> None:
    """A stack does not send a command that the tree does not offer."""
    if not _trait(link, handle).properties & Properties.WRITE_WITHOUT_RESPONSE:
        raise AttError(0x03)


def switchable(link: Link, handle: int, mode: NotifyMode) -> None:
    trait = _trait(link, handle)
    wanted = MODES[mode][1]
    if handle not in link.peripheral.table.switches.values() or (wanted and not trait.properties & wanted):
        raise AttError(0x03)
    _check(link, trait)


def mode_of(value: bytes) -> NotifyMode:
    """What is written into a client characteristic configuration."""
    for mode, (switch, _) in MODES.items():
        if switch == value:
            return mode
    raise AttError(0x0D if len(value) != 2 else 0x13)


def _trait(link: Link, handle: int) -> Trait:
    traits = link.peripheral.table.traits
    if handle not in traits:
        raise AttError(0x01)
    return traits[handle]


def _check(link: Link, trait: Trait) -> None:
    match trait.guard:
        case Guard.ENCRYPTED if link.level is Guard.OPEN:
            raise AttError(Guard.ENCRYPTED)
        case Guard.AUTHENTICATED if link.level is not Guard.AUTHENTICATED:
            raise AttError(Guard.AUTHENTICATED)
        case Guard.NEVER:
            raise AttError(Guard.NEVER)
