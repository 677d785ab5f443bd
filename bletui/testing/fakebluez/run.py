"""What the objects of one bluetoothd share, from its start to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bletui.testing.fakebluez.agents import Agents
from bletui.testing.fakebluez.objects import ObjectTree
from bletui.testing.fakebluez.peer import Peer
from bletui.testing.fakebluez.peripheral import Advert, Security
from bletui.testing.fakebluez.timers import Timers


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds that things take. `give_up` and `pair`: a Connect and a Pair that nobody answers; `att` and `smp`: a peer
    that falls silent (Core, Vol 3 Part F, 3.3.3 and Part H, 3.4); `forget`: a device neither connected nor heard of."""

    link: float = 0.0
    discovery: float = 0.0
    disconnect: float = 0.0
    give_up: float = 40.0
    pair: float = 4.0
    att: float = 30.0
    smp: float = 30.0
    forget: float = 30.0


REAL = Pace(link=0.1, discovery=1.0, disconnect=2.0)
"""As a bluetoothd takes its time: DISCONNECT_TIMER of src/device.c, and a first discovery of some services."""


@dataclass(frozen=True, slots=True)
class Known:
    """What bluetoothd keeps on disk of a device whose services it knows, or with which it is bonded."""

    advert: Advert
    bond: Security | None = None
    trusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`air` and `known` outlive it: the former by address, the latter by the addresses of adapter and device."""

    tree: ObjectTree
    agents: Agents
    pace: Pace
    air: dict[str, Peer]
    known: dict[tuple[str, str], Known]
    activate: Callable[[str, str], None]
    timers: Timers = field(default_factory=Timers)
