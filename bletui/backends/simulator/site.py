"""What a site is made of: devices that broadcast, receivers that hear them, walls between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bletui.backends.simulator.attributes import Table
from bletui.model import AddressType, Extended, Pdu

Pairing = Literal["just-works", "enter-passkey", "show-passkey", "compare", "refused"]

Point = tuple[float, float]  # metres
INTERVAL_MIN, INTERVAL_MAX = 0.020, 10_485.759375  # seconds (Core, Vol 6 Part B, 4.4.2.2.1)


class Content(NamedTuple):
    """What a device says from now until the site's second `until`. `response` None: no answer to a scan request."""

    address: str
    payload: bytes
    response: bytes | None
    until: float


@dataclass(frozen=True, slots=True)
class Presence:
    """Comes and goes: there for the first `stay` seconds of every `period`, which began `phase` seconds ago."""

    period: float
    stay: float
    phase: float = 0.0

    def next(self, t: float) -> float:
        """The first moment from `t` on at which the device is there."""
        into = (t + self.phase) % self.period
        return t if into < self.stay else t + self.period - into


@dataclass(frozen=True, slots=True)
class Manner:
    """How a device behaves when it is connected; `pairing` is seen from our side."""

    mtu: int = 247
    phys: tuple[str, ...] = ("1M", "2M")
    accepts: int = 1  # one connect in so many comes up
    lasts: float | None = None  # seconds until it drops a link, on average
    mute: bool = False  # never answers a discovery
    pairing: Pairing = "just-works"
    passkey: str = ""  # what it shows, where we have to enter it
    stale: bool = False  # the site knows a bond that the device has lost
    held: bool = False  # another client is connected to it when the site begins


PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class Device:
    """`content` is a pure function of the site's seconds; `power` is the RSSI at one metre, dBm."""

    label: str
    address_type: AddressType
    pdu: Pdu
    interval: float  # seconds, without the random delay
    place: Point
    power: float
    content: Callable[[float], Content]
    presence: Presence | None = None
    path: Callable[[float], Point] | None = None  # where it is at the site's second t, if it moves
    extended: Extended | None = None
    gatt: str | None = None  # the name of a recorded attribute table
    table: Callable[[], Table] | None = None  # a made-up one
    manner: Manner = PLAIN

    @property
    def connectable(self) -> bool:
        if self.extended is not None:
            return bool(self.extended.connectable)
        return self.pdu in ("ADV_IND", "ADV_DIRECT_IND")


@dataclass(frozen=True, slots=True)
class Receiver:
    """One lane's antenna: hears half of what arrives at `sensitivity` dBm; `gain` in dB."""

    lane: str
    name: str
    place: Point
    gain: float
    sensitivity: float
    router: str | None = None
    chip: int | None = None
    slots: int = 7  # links at a time


@dataclass(frozen=True, slots=True)
class Wall:
    start: Point
    end: Point
    loss: float  # dB


@dataclass(frozen=True, slots=True)
class Site:
    title: str
    devices: tuple[Device, ...]
    receivers: tuple[Receiver, ...]
    walls: tuple[Wall, ...] = ()
