"""The console in the pty for `bench_modes`: 50,000 devices, a link with 300 characteristics, a full log, failures.

python -m benchmarks.mode_program DEVICES PER_SECOND
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence

from benchmarks.console_programs import STEP, address, level, reports
from bletui.clock import Clock
from bletui.console import Settings
from bletui.console.app import Console
from bletui.console.launch import prepare
from bletui.console.settings import Look
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Characteristic,
    Event,
    GattTree,
    Lane,
    LaneChanged,
    LinkChanged,
    Notification,
    Peer,
    Properties,
    ScanRequest,
    Service,
    StreamChanged,
    TreeChanged,
)
from bletui.session import Session
from bletui.target import Target, parse

LANE = "sim/hci0"
PEER = Peer(LANE, "C0:FF:EE:00:00:01")
RAW = bytes.fromhex("02010603ff4c00")
FLAGS = Properties.READ | Properties.WRITE | Properties.NOTIFY


def tree(services: int = 10, each: int = 30) -> GattTree:
    """300 characteristics of no known type."""
    made = []
    for s in range(services):
        first = 1 + s * (each * 2 + 1)
        values = tuple(
            Characteristic(f"{s:04x}{n:04x}-1111-2222-3333-444455556666", first + 2 + n * 2, FLAGS) for n in range(each)
        )
        made.append(Service(f"{s:08x}-aaaa-bbbb-cccc-ddddeeeeffff", first, values))
    return GattTree(PEER, tuple(made))


def told(now: float) -> list[Event]:
    """Everything but advertisements; more than the 100,000 lines that the log keeps."""
    broken = Failure(kind=ErrorKind.NET_REFUSED, source="os", message="Connection refused", operation="scan")
    return [
        LaneChanged(now, Lane(LANE, "hci0", slots_used=1, slots_max=7)),
        StreamChanged(now, LANE, "scan", "live"),
        StreamChanged(now, None, "notify", "broken", broken, now + 3600),
        *(Notification(now, PEER, 3, n.to_bytes(4, "little")) for n in range(100_000)),
        LinkChanged(now, PEER, "up", foreign=False, mtu=247),
        TreeChanged(now, tree()),
    ]


class Loaded(Session):
    """Fed by a timer instead of radios; nothing is shed."""

    devices, per_second = 50_000, 1000

    async def __aenter__(self) -> Session:
        (joined,) = self.radios.values()
        now = time.time()
        happened = told(now)
        self._take(joined, happened)
        self.store.update(
            Advertisement(now, LANE, address(n), "random", level(n), "ADV_IND", RAW) for n in range(self.devices)
        )
        batches, loop = reports(self.devices, self.per_second, 4), asyncio.get_running_loop()

        def feed(due: float) -> None:
            at = time.time()
            self.store.update(
                Advertisement(at, LANE, who, "random", rssi, "ADV_IND", RAW) for who, rssi in next(batches)
            )
            loop.call_at(due + STEP, feed, due + STEP)

        loop.call_soon(feed, loop.time())
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def scan(self, request: ScanRequest | None) -> None:
        return None


def main() -> int:
    Loaded.devices, Loaded.per_second = int(sys.argv[1]), int(sys.argv[2])
    look = Look(theme="ansi" if os.environ["TERM"] == "xterm-16color" else "bletui", ascii=False, slow=False)
    prepare(look)

    def opener(targets: Sequence[Target], clock: Clock) -> Session:
        return Loaded(targets, clock=clock)

    app = Console([parse("sim:")], Settings(), look, opener)
    app.run()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
