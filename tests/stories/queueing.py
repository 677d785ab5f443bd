"""Two hundred devices, each connected, read and released, and what is told of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bletui.backends.simulator.lab import address
from bletui.failure import BleError, ErrorKind
from bletui.model import (
    Connect,
    Disconnect,
    LaneChanged,
    LinkChanged,
    Operation,
    OperationChanged,
    OpId,
    Read,
)
from bletui.radio import Attachment

DEVICES = 200
DEADLINE = 150.0  # seconds
BATTERY = 0x20
EVERYONE = [address(str(n)) for n in range(1, DEVICES + 1)]


@dataclass
class Outcome:
    """What became of each address, and how: everything that must not depend on anything but the seed."""

    ends: dict[str, str] = field(default_factory=dict)
    failures: dict[str, Counter[ErrorKind]] = field(default_factory=dict)
    first_starts: list[str] = field(default_factory=list)
    ended_at: dict[str, float] = field(default_factory=dict)
    links: Counter[str] = field(default_factory=Counter)
    most_asking: dict[str, int] = field(default_factory=dict)
    most_used: Counter[str] = field(default_factory=Counter)
    left: int = 0


async def visit(seat: Attachment, where: str, outcome: Outcome, deadline: float = DEADLINE) -> None:
    """Connect, read, release."""
    step = "connect"
    try:
        await seat.perform(Connect(where), op=OpId("me", EVERYONE.index(where)), deadline=deadline)
        step = "read"
        await seat.perform(Read(where, handle=BATTERY))
        step = "disconnect"
        await seat.perform(Disconnect(where))
        outcome.ends[where] = "released"
    except BleError as failed:
        outcome.ends[where] = f"{step}: {failed.failure.kind.value}"
        if step != "connect":
            await seat.perform(Disconnect(where))


async def watch(seat: Attachment, outcome: Outcome) -> None:
    async for batch in seat.events():
        for event in batch.events:
            match event:
                case OperationChanged(at=at, operation=Operation(request=Connect(address=where)) as operation):
                    if operation.phase == "connecting" and operation.attempt == 1 and operation.state == "running":
                        outcome.first_starts.append(where)
                    if operation.state in ("retrying", "failed") and operation.failure is not None:
                        outcome.failures.setdefault(where, Counter())[operation.failure.kind] += 1
                    if operation.ended:
                        outcome.ended_at[where] = round(at, 6)
                case LinkChanged(peer=peer, state="up", mtu=mtu) if mtu:
                    outcome.links[peer.address] += 1
                case LaneChanged(lane=lane):
                    outcome.most_used[lane.id] = max(outcome.most_used[lane.id], lane.slots_used or 0)
