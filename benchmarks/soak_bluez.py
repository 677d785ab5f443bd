"""1,000 links of bleak on the double of BlueZ: nothing may be left in the process, on the bus, or in the double.

Links end by turns: dropped by the peripheral, left after the notifications were stopped, left with them running; values
come by signals and by sockets by turns. Descriptors, tasks, bus connections, match rules, bleak's watchers and the
double's sessions must be what they were after the first hundred links, and memory within 5 %.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import time
from pathlib import Path

from bletui.testing.fakebluez import FakeBluez, desk
from tests.testing.fakebluez.bleaking import found
from tests.testing.fakebluez.client import Client, connected
from tests.testing.fakebluez.cycles import live
from tests.testing.fakebluez.leaks import Held, held

WARM = 100  # links until caches are filled
BAR = 1.05


def resident() -> int:
    """Pages of this process in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1])


async def soak(cycles: int) -> bool:
    async with FakeBluez(peripherals=desk.DESK) as fake:
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = fake.address
        device = await found(desk.MAIN.address)
        async with connected(fake.address) as client:
            for number in range(WARM):
                await live(fake, device, number)
            before, pages, began = await settled(fake, client), resident(), time.monotonic()
            for number in range(cycles):
                await live(fake, device, number)
                client.signals.clear()  # what the watching client and the double keep for tests to look at
                fake.calls.clear()
            took = time.monotonic() - began
            after, grown = await settled(fake, client), resident() / pages
    met = after == before and grown <= BAR
    print(f"{cycles} links in {took:.1f} s: {took / cycles * 1000:.1f} ms each")
    print(f"before {before}\nafter  {after}")
    print(f"memory {grown:.3f} times (<= {BAR})  {'met' if met else 'MISSED'}")
    return met


async def settled(fake: FakeBluez, client: Client) -> Held:
    """What is held once two looks in a row agree: the last link's connection takes a moment to go."""
    last = await held(fake, client)
    while (now := await held(fake, client)) != last:
        last = now
    return now


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=1000)
    return 0 if asyncio.run(soak(parser.parse_args().cycles)) else 1


if __name__ == "__main__":
    sys.exit(main())
