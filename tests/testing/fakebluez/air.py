"""The air of tests/bluez_vm as the double plays it: the same devices, with the attributes that bumble adds to them."""

from __future__ import annotations

from dataclasses import replace

from bletui.testing.fakebluez import Advert, Characteristic, FakeBluez, Pairing, Peripheral, Reach, Security, Service
from bletui.testing.fakebluez.desk import sig
from tests.testing.fakebluez.walk import uuid

SLOW = 0.3  # seconds
DISCOVERY = 0.015  # seconds; a right passkey takes longer, a comparison does not

_ADDED = (
    Service(uuid=sig(0x1800), characteristics=(Characteristic(uuid=sig(0x2A00)), Characteristic(uuid=sig(0x2A01)))),
    Service(
        uuid=sig(0x1801),
        characteristics=(
            Characteristic(uuid=sig(0x2A05), flags=("indicate",)),
            Characteristic(uuid=sig(0x2B29), flags=("read", "write")),
            Characteristic(uuid=sig(0x2B2A)),
        ),
    ),
)
_MAIN = Service(
    uuid=uuid(1),
    characteristics=(
        Characteristic(uuid=uuid(0x10), value=b"hello"),
        Characteristic(uuid=uuid(0x11), flags=("read", "write")),
        Characteristic(uuid=uuid(0x12), flags=("read", "notify"), value=b"n0"),
        Characteristic(uuid=uuid(0x14), flags=("read", "write"), value=bytes(n & 255 for n in range(512))),
        Characteristic(uuid=uuid(0x15), flags=("read", "write-without-response")),
        Characteristic(uuid=uuid(0x22), flags=("read", "write"), refuses={"read": 0x08, "write": 0x08}),
        Characteristic(uuid=uuid(0x23), flags=("read", "write"), refuses={"read": 0x80, "write": 0x80}),
        Characteristic(uuid=uuid(0x24), value=b"slow", answers=SLOW),
        Characteristic(uuid=uuid(0x26), flags=("read", "write"), refuses={"read": 0x02, "write": 0x03}),
        Characteristic(uuid=uuid(0x28), answers=None),
    ),
)
_BATTERY = Service(
    uuid=sig(0x180F), characteristics=(Characteristic(uuid=sig(0x2A19), flags=("read", "notify"), value=b"\x5a"),)
)
_SMALL = Service(
    uuid=uuid(7), characteristics=(Characteristic(uuid=uuid(0x70), flags=("read", "notify"), value=b"second"),)
)
_GUARDED = Service(
    uuid=uuid(5),
    characteristics=(
        Characteristic(uuid=uuid(0x50), needs=Security.ENCRYPTED, value=b"pk"),
        Characteristic(uuid=uuid(0x51), value=b"open"),
    ),
)


def _one(number: int, name: str, *services: Service, reach: Reach = Reach.ANSWERS) -> Peripheral:
    advert = Advert(address=f"C0:00:00:00:00:{number:02X}", name=name)
    return Peripheral(advert=advert, services=(*_ADDED, *services), reach=reach)


AIR = (
    _one(1, "BV-Main", _MAIN, _BATTERY),
    _one(2, "BV-Drop", reach=Reach.DROPS),
    _one(3, "BV-Ghost", reach=Reach.GHOST),
    replace(_one(5, "BV-Pair", _GUARDED), pairing=Pairing(capability="DisplayOnly", mitm=True, answers=2 * DISCOVERY)),
    replace(_one(6, "BV-Reject", _GUARDED), pairing=Pairing(accepts=False)),
    _one(7, "BV-Second", _SMALL),
    replace(
        _one(9, "BV-Compare", _GUARDED),
        pairing=Pairing(capability="DisplayYesNo", mitm=True),
        resolved_first=True,  # as it happened there
    ),
)


class Air:
    """What steers it, by the words of the other one."""

    def __init__(self, fake: FakeBluez) -> None:
        self._peers = {peer.spec.advert.name: peer for peer in fake.peers.values()}

    async def __call__(self, op: str, *, name: str) -> None:
        peer = self._peers[name]
        {"drop": peer.drop, "unbond": peer.forget_bonds}[op]()
