"""A desk full of peripherals, one for each thing that can happen, as one table.

`python -m bletui.testing.fakebluez --desk` puts them in the air; tests pick those they need. The UUIDs are made up.
"""

from __future__ import annotations

from typing import Final

from bletui.testing.fakebluez.peripheral import (
    BASE_UUID,
    Advert,
    Characteristic,
    Descriptor,
    Pairing,
    Peripheral,
    Reach,
    Security,
    Service,
)

COMPANY: Final = 0x0059  # Nordic Semiconductor, as many development kits advertise
PASSKEY: Final = 123456


def uuid(number: int) -> str:
    """One of this desk's own."""
    return f"b1e70000-de5c-4a1b-8000-{number:012x}"


def sig(number: int) -> str:
    return f"{number:08x}{BASE_UUID}"


def address(number: int) -> str:
    return f"C0:00:00:00:00:{number:02X}"


READ, WRITE, NOTIFY, INDICATE, LONG, COMMAND = (uuid(n) for n in range(0x10, 0x16))
ENCRYPTED, AUTHENTICATED, UNAUTHORIZED, REFUSED, SLOW, ORDERS, UNREADABLE, WRONG_LENGTH, SILENT, BURST = (
    uuid(n) for n in range(0x20, 0x2A)
)
OPEN: Final = uuid(0x51)
USER_DESCRIPTION: Final = sig(0x2901)

_GAP = Service(
    uuid=sig(0x1800),
    characteristics=(
        Characteristic(uuid=sig(0x2A00), value=b"Desk"),
        Characteristic(uuid=sig(0x2A01), value=b"\0\0"),
    ),
)
_RICH = Service(
    uuid=uuid(0x01),
    characteristics=(
        Characteristic(uuid=READ, value=b"hello"),
        Characteristic(uuid=WRITE, flags=("read", "write")),
        Characteristic(
            uuid=NOTIFY,
            flags=("read", "notify"),
            value=b"n0",
            descriptors=(Descriptor(uuid=USER_DESCRIPTION, value=b"Notify here", writable=True),),
        ),
        Characteristic(uuid=INDICATE, flags=("indicate",), value=b"ind"),
        Characteristic(uuid=LONG, flags=("read", "write"), value=bytes(n & 0xFF for n in range(512))),
        Characteristic(uuid=COMMAND, flags=("read", "write-without-response")),
        Characteristic(uuid=ENCRYPTED, flags=("read", "write"), value=b"secret", needs=Security.ENCRYPTED),
        Characteristic(uuid=AUTHENTICATED, value=b"top secret", needs=Security.AUTHENTICATED),
        Characteristic(uuid=UNAUTHORIZED, flags=("read", "write"), refuses={"read": 0x08, "write": 0x08}),
        Characteristic(
            uuid=REFUSED,
            flags=("read", "write", "notify"),
            refuses={"read": 0x80, "write": 0x80, "notify": 0x80},
        ),
        Characteristic(uuid=SLOW, value=b"slow", answers=0.2),
        Characteristic(uuid=ORDERS, flags=("write",), orders=True),
        Characteristic(uuid=UNREADABLE, flags=("write",)),
        Characteristic(uuid=WRONG_LENGTH, flags=("read", "write"), longest=4),
        Characteristic(uuid=SILENT, answers=None),
        Characteristic(uuid=BURST, flags=("notify",)),
    ),
)
_TWINS = Service(
    uuid=uuid(0x02),
    characteristics=(Characteristic(uuid=READ, value=b"twin a"), Characteristic(uuid=READ, value=b"twin b")),
)
_BATTERY = Service(
    uuid=sig(0x180F),
    characteristics=(
        Characteristic(uuid=sig(0x2A19), flags=("read", "notify"), value=b"\x5a", sends=(b"\x59", b"\x58"), every=0.05),
    ),
)
_GUARDED = Service(
    uuid=uuid(0x05),
    characteristics=(
        Characteristic(uuid=AUTHENTICATED, value=b"pk", needs=Security.AUTHENTICATED),
        Characteristic(uuid=ENCRYPTED, value=b"enc", needs=Security.ENCRYPTED),
        Characteristic(uuid=OPEN, value=b"open"),
    ),
)


def _advert(number: int, name: str, rssi: int) -> Advert:
    return Advert(address=address(number), name=name, rssi=rssi)


MAIN = Peripheral(
    advert=Advert(
        address=address(1),
        name="Desk Main",
        rssi=-42,
        manufacturer={COMPANY: b"main"},
        uuids=(sig(0x180F),),
        tx_power=4,
    ),
    services=(_GAP, _RICH, _TWINS, _BATTERY),
)
DROPS = Peripheral(advert=_advert(2, "Desk Drops", -60), reach=Reach.DROPS)
GHOST = Peripheral(advert=_advert(3, "Desk Ghost", -70), reach=Reach.GHOST)
MUTE = Peripheral(advert=_advert(4, "Desk Mute", -61), reach=Reach.MUTE)
DISPLAYS = Peripheral(
    advert=_advert(5, "Desk Displays", -62),
    services=(_GUARDED,),
    pairing=Pairing(capability="DisplayOnly", mitm=True, passkey=PASSKEY),
)
REFUSES = Peripheral(advert=_advert(6, "Desk Refuses", -63), services=(_GUARDED,), pairing=Pairing(accepts=False))
SECOND = Peripheral(
    advert=_advert(7, "Desk Second", -64),
    services=(Service(uuid=uuid(7), characteristics=(Characteristic(uuid=uuid(0x70), value=b"second"),)),),
)
TYPES = Peripheral(
    advert=_advert(8, "Desk Types", -65),
    services=(_GUARDED,),
    pairing=Pairing(capability="KeyboardOnly", mitm=True, passkey=PASSKEY),
)
COMPARES = Peripheral(
    advert=_advert(9, "Desk Compares", -66),
    services=(_GUARDED,),
    pairing=Pairing(capability="DisplayYesNo", mitm=True, passkey=PASSKEY),
)
CROWDED = Peripheral(
    advert=_advert(10, "Desk Crowded", -67),
    services=(
        Service(
            uuid=uuid(0x100),
            characteristics=tuple(Characteristic(uuid=uuid(0x100 + n), value=bytes([n & 0xFF])) for n in range(1, 301)),
        ),
    ),
)

DESK: Final = (MAIN, DROPS, GHOST, MUTE, DISPLAYS, REFUSES, SECOND, TYPES, COMPARES, CROWDED)
