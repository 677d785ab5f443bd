"""One link, and the device at its other end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from random import Random

from bletui.backends.simulator import furnishing, tables
from bletui.backends.simulator.attributes import Guard, Table, laid_out
from bletui.backends.simulator.ending import Ending
from bletui.backends.simulator.site import Device, Receiver
from bletui.decode.advertising import summarise
from bletui.failure import Failure
from bletui.model import LinkChanged, NotifyMode, Peer
from bletui.text import visible

OUR_MTU = 247


class Peripheral:
    """What a device remembers, and what the lanes know of it: written values, bonds, whom it let in."""

    def __init__(self, device: Device, lanes: Iterable[str], identity: str) -> None:
        self.device = device
        self.name = visible(summarise(device.content(0.0).payload).name or device.label)
        self.table = _table(device, self.name)
        self.identity = identity
        self.written: dict[int, bytes] = {}
        self.stale = set(lanes) if device.manner.stale else set()
        self.bonds: dict[str, Guard] = dict.fromkeys(self.stale, Guard.ENCRYPTED)
        self.switched: dict[str, dict[int, NotifyMode]] = {}  # by lane: what a bonded client left switched on
        self.explored: set[str] = set()  # lanes that know the table
        self.tries = 0
        self.link: Link | None = None

    def value(self, handle: int, t: float) -> bytes:
        return self.written[handle] if handle in self.written else self.table.traits[handle].value(t)


class Link(Ending):
    """`level`: how far it is secured. `falls`: when it will end by itself and why, in words of `refusals.ENDS`."""

    def __init__(self, peer: Peer, receiver: Receiver, peripheral: Peripheral, since: float, dice: Random) -> None:
        super().__init__()
        self.peer, self.receiver, self.peripheral, self.since, self.dice = peer, receiver, peripheral, since, dice
        self.mtu = min(OUR_MTU, peripheral.device.manner.mtu)
        self.phy = ("1M", "1M")
        self.turn = asyncio.Lock()  # one request at a time (Core, Vol 3 Part F, 3.3.2)
        self.modes: dict[int, NotifyMode] = {}
        self.senders: dict[int, asyncio.Task[None]] = {}  # by value handle: who sends by itself
        self.echoes: set[asyncio.Task[None]] = set()
        self.falls: list[tuple[float, str | Failure]] = []
        self.judged: set[tuple[str, float]] = set()  # drop faults that have had their chance
        bond = None if self.stale else peripheral.bonds.get(peer.lane)
        self.level = bond or Guard.OPEN

    @property
    def stale(self) -> bool:
        return self.peer.lane in self.peripheral.stale

    @property
    def bonded(self) -> bool:
        return self.peer.lane in self.peripheral.bonds

    def round_trip(self) -> float:
        """Seconds between a request and its answer, one or two connection intervals of 30 ms."""
        return self.dice.uniform(0.03, 0.06)

    def up(self, at: float) -> LinkChanged:
        identity = self.peripheral.identity if self.bonded and self.peripheral.identity != self.peer.address else None
        return LinkChanged(at, self.peer, "up", None, self.mtu, self.phy, self.bonded, identity)


def _table(device: Device, name: str) -> Table:
    if device.table is not None:
        return device.table()
    if device.gatt is not None:
        return tables.recorded(device.gatt, name)
    constant = furnishing.readings(0.0)
    return laid_out(
        (
            furnishing.access(name),
            furnishing.device_information(device.label, name),
            furnishing.battery(constant),
        )
    )
