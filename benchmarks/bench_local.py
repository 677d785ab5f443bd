"""T13: what the local backend adds to bleak, at 500 and 2,000 packets a second, and that nothing is lost at 3,000.

The double runs in a process of its own and paces the packets; clients run one at a time, bletui and a bare BleakScanner
with an empty callback by turns. The CPU time of a client counts from its first packet to its last. Every packet carries
its number, so that each client knows whether one is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any

from bletui.backend import Env
from bletui.backends.local import open_target
from bletui.model import Advertisement, Event, ScanRequest
from bletui.target import parse
from bletui.testing.fakebluez.__main__ import COMPANY

BAR = 1.5
DEVICES = 500


class Count:
    """CPU seconds and packets from the first one to the last of `wanted`."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.heard = 0
        self.first = self.last = -1
        self.began = self.ended = 0.0
        self.done = asyncio.Event()

    def note(self, payload: bytes) -> None:
        self.last = int.from_bytes(payload, "big")
        if not self.heard:
            self.first, self.began = self.last, time.process_time()
        self.heard += 1
        if self.heard == self.wanted:
            self.ended = time.process_time()
            self.done.set()

    def result(self) -> dict[str, float]:
        lost = self.last - self.first + 1 - self.heard
        return {"cpu_us": (self.ended - self.began) / self.wanted * 1e6, "lost": lost}


async def bare(count: Count) -> None:
    """A BleakScanner with a callback that does nothing once the first and the last packet are known."""
    from bleak import BleakScanner

    def ignore(_device: Any, data: Any) -> None:
        count.note(data.manufacturer_data[COMPANY])

    async with BleakScanner(ignore, bluez={"adapter": "hci0"}):
        await count.done.wait()


async def ours(count: Count) -> None:
    def emit(events: Sequence[Event]) -> None:
        for event in events:
            if type(event) is Advertisement and event.fields is not None:
                count.note(event.fields.manufacturer[COMPANY])

    backend = open_target(parse("local:hci0"), Env(radio="local"))
    await backend.open(emit)
    backend.scan(ScanRequest())
    await count.done.wait()
    await backend.aclose()


CLIENTS: dict[str, Callable[[Count], Any]] = {"bare": bare, "ours": ours}


async def measured(client: str, wanted: int) -> dict[str, float]:
    count = Count(wanted)
    async with asyncio.timeout(120):
        await CLIENTS[client](count)
    return count.result()


@contextmanager
def double(rate: int) -> Any:
    """The environment of a client of a double that sends `rate` packets a second."""
    command = [sys.executable, "-m", "bletui.testing.fakebluez", f"--rate={rate}", f"--devices={DEVICES}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        name, _, address = process.stdout.readline().strip().partition("=")
        try:
            yield os.environ | {name: address}
        finally:
            process.stdin.close()


def once(client: str, wanted: int, environ: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.bench_local", "--client", client, "--packets", str(wanted)]
    told = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
    result: dict[str, float] = json.loads(told)
    return result


def compare(rate: int, seconds: float, rounds: int) -> bool:
    found: dict[str, list[dict[str, float]]] = {client: [] for client in CLIENTS}
    with double(rate) as environ:
        for _ in range(rounds):
            for client, results in found.items():
                results.append(once(client, int(rate * seconds), environ))
    cpu = {client: statistics.median(one["cpu_us"] for one in results) for client, results in found.items()}
    lost = sum(one["lost"] for one in found["ours"])
    ratio = cpu["ours"] / cpu["bare"]
    met = ratio <= BAR and not lost
    print(f"T13  {rate}/s  ours {cpu['ours']:.0f} us  bare {cpu['bare']:.0f} us  ratio {ratio:.2f} (<= {BAR})"
          f"  lost {lost:.0f}  {'met' if met else 'MISSED'}")  # fmt: skip
    return met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--client", choices=sorted(CLIENTS))
    parser.add_argument("--packets", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one short round of each rate")
    wanted = parser.parse_args()
    if wanted.client:
        print(json.dumps(asyncio.run(measured(wanted.client, wanted.packets))))
        return 0
    seconds, rounds = (2.0, 1) if wanted.quick else (wanted.seconds, wanted.rounds)
    met = [compare(rate, seconds, rounds) for rate in (500, 2_000, 3_000)]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
