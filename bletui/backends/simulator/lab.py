"""The site of `sim:lab`: one device for each way in which a connection goes well or wrong, all in one room.

Addresses and names don't depend on the seed, so that scripts and manuals may name them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

from bletui.backends.simulator import contents, furnishing
from bletui.backends.simulator.attributes import Table, laid_out
from bletui.backends.simulator.furnishing import Furnished, readings
from bletui.backends.simulator.site import Device, Manner, Point, Receiver, Site
from bletui.model import AddressType, Pdu

BOXES: tuple[Point, ...] = ((2.0, 2.0), (6.0, 5.0), (6.0, 2.0), (2.0, 5.0))
INTERVAL = 0.4  # seconds
FAR: Point = (900.0, 900.0)
PASSKEY = "482913"

Furniture = Callable[[float], tuple[Furnished, ...]]


def _thermometer(phase: float) -> tuple[Furnished, ...]:
    return furnishing.environment(readings(phase)), furnishing.battery(readings(phase))


def _vault(phase: float) -> tuple[Furnished, ...]:
    return (furnishing.vault(),)


# What it is for, its services beyond the usual ones, how it behaves. The place in the list is the address.
ROLES: tuple[tuple[str, Furniture, Manner], ...] = (
    ("thermometer", _thermometer, Manner()),
    ("heart rate", lambda phase: (furnishing.heart_rate(), furnishing.battery(readings(phase))), Manner()),
    ("UART echo", lambda phase: (furnishing.uart(),), Manner(mtu=185)),
    ("counter", lambda phase: (furnishing.counter(),), Manner(phys=("1M", "2M", "CODED"))),
    ("vault", _vault, Manner()),
    ("resets", lambda phase: (furnishing.resetting(),), Manner()),
    ("drops at random", _thermometer, Manner(lasts=6.0)),
    ("every third", _thermometer, Manner(accepts=3)),
    ("mute", _thermometer, Manner(mute=True)),
    ("far away", _thermometer, Manner()),
    ("stale bond", _vault, Manner(stale=True)),
    (f"passkey {PASSKEY}", _vault, Manner(pairing="enter-passkey", passkey=PASSKEY)),
    ("types a passkey", _vault, Manner(pairing="show-passkey")),
    ("compares", _vault, Manner(pairing="compare")),
    ("refuses to pair", _vault, Manner(pairing="refused")),
    ("beacon", lambda phase: (), Manner()),
    ("someone else's", _thermometer, Manner(held=True)),
    ("public address", _thermometer, Manner(mtu=23, phys=("1M",))),
)


def address(role: str) -> str:
    """The address of the device with that role, or of one of the plain ones by its number (from 1)."""
    if role.isdigit():
        return f"C0:DE:00:00:{int(role) >> 8:02X}:{int(role) & 0xFF:02X}"
    number = 1 + [name for name, _, _ in ROLES].index(role)
    return f"00:1A:B0:00:00:{number:02X}" if role == "public address" else f"C0:DE:1A:B0:00:{number:02X}"


def lab(ears: tuple[Receiver, ...], plain: int) -> Site:
    """`plain`: how many thermometers stand there besides."""
    devices = (*(_device(n, *role) for n, role in enumerate(ROLES)), *_plain(plain))
    return Site(f"a made-up lab of {len(devices)} devices", devices, ears)


def _plain(count: int) -> Iterator[Device]:
    for n in range(1, count + 1):
        yield _made(address(str(n)), f"plain {n}", n, _thermometer, Manner())


def _device(n: int, role: str, furniture: Furniture, manner: Manner) -> Device:
    public, beacon = role == "public address", role == "beacon"
    return _made(
        address(role),
        role,
        n,
        furniture,
        manner,
        address_type="public" if public else "random",
        pdu="ADV_NONCONN_IND" if beacon else "ADV_IND",
        place=FAR if role == "far away" else None,
    )


def _made(
    address: str,
    name: str,
    n: int,
    furniture: Furniture,
    manner: Manner,
    address_type: AddressType = "random",
    pdu: Pdu = "ADV_IND",
    place: Point | None = None,
) -> Device:
    phase = math.tau * (n * 0.618 % 1)
    said = name.encode()[:26]
    payload = b"\x02\x01\x06" + bytes([len(said) + 1, 0x09]) + said
    return Device(
        label=name,
        address_type=address_type,
        pdu=pdu,
        interval=INTERVAL,
        place=place or (1.0 + n * 0.37 % 6.0, 1.0 + n * 0.61 % 5.0),
        power=-55.0,
        content=contents.fixed(address, payload, b"" if pdu == "ADV_IND" else None),
        table=partial(_table, name, furniture, phase),
        manner=manner,
    )


def _table(name: str, furniture: Furniture, phase: float) -> Table:
    return laid_out(
        (
            furnishing.access(name),
            furnishing.attribute_profile(),
            furnishing.device_information("bletui", name),
            *furniture(phase),
        )
    )
