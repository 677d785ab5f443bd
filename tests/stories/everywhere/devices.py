"""Who plays in the one story on each radio: addresses, and the attributes by UUID that do the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bletui.backends.simulator import lab
from bletui.backends.simulator.attributes import sig
from bletui.backends.simulator.furnishing import LAB
from bletui.testing.fakebluez import desk

NOBODY: Final = "C2:00:00:DE:AD:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Devices by what they do; of each the attributes that the story touches. `settled`: a value that may be written.
    `order`: what makes the dropping device drop."""

    values: str
    readable: str
    writable: str
    settled: bytes
    unreadable: str
    short: str  # takes no value as long as `long`
    long: bytes
    refusing: str  # application error 0x80
    guarded: str  # not authorized
    notifier: str
    notifying: str
    dropper: str
    ordered: str
    order: bytes
    keyed: str
    passkey: str
    mute: str

    @property
    def addresses(self) -> frozenset[str]:
        """Those of the devices that the story is about: others may have links too."""
        return frozenset((self.values, self.notifier, self.dropper, self.keyed, self.mute, NOBODY))


LAB_SITE: Final = Cast(
    values=lab.address("vault"),
    readable=sig(0x2A24),
    writable=LAB.format(0x25),
    settled=b"\x01\x02\x03\x04",
    unreadable=LAB.format(0x24),
    short=LAB.format(0x25),
    long=bytes(9),
    refusing=LAB.format(0x26),
    guarded=LAB.format(0x23),
    notifier=lab.address("counter"),
    notifying=LAB.format(0x12),
    dropper=lab.address("resets"),
    ordered=LAB.format(0x31),
    order=b"\x01",
    keyed=lab.address(f"passkey {lab.PASSKEY}"),
    passkey=lab.PASSKEY,
    mute=lab.address("mute"),
)
DESK: Final = Cast(
    values=desk.MAIN.address,
    readable=desk.READ,
    writable=desk.WRITE,
    settled=b"abc",
    unreadable=desk.UNREADABLE,
    short=desk.WRONG_LENGTH,
    long=bytes(9),
    refusing=desk.REFUSED,
    guarded=desk.UNAUTHORIZED,
    notifier=desk.MAIN.address,
    notifying=sig(0x2A19),
    dropper=desk.MAIN.address,
    ordered=desk.ORDERS,
    order=b"drop",
    keyed=desk.DISPLAYS.address,
    passkey=f"{desk.PASSKEY:06}",
    mute=desk.MUTE.address,
)
