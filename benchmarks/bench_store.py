"""T9: what 50,000 devices cost in the store, with 60 RSSI samples each, and how long a full garbage collection takes.

The peer is the obvious design, a dict of slotted dataclasses with a deque of (time, RSSI) tuples, built in the same run
from the same events. Memory is what `tracemalloc` sees allocated, strings and payloads of the devices included.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bletui.devices import SAMPLES, DeviceStore
from bletui.model import Advertisement


@dataclass(slots=True)
class PlainDevice:
    """The peer's row."""

    address: str
    raw: bytes | None = None
    name: str | None = None
    samples: deque[tuple[float, int | None]] = field(default_factory=lambda: deque(maxlen=SAMPLES))


def heard(devices: int, lane: str, rounds: int, start: float) -> Iterator[list[Advertisement]]:
    """Each device `rounds` times with a constant payload, its own strings and bytes as a backend would make them."""
    known = [
        (f"C4:{n >> 16 & 255:02X}:{n >> 8 & 255:02X}:{n & 255:02X}:11:22", bytes.fromhex("0201060a09") + b"%09d" % n)
        for n in range(devices)
    ]
    for turn in range(rounds):
        at = start + turn
        yield [
            Advertisement(at, lane, address, "random", -40 - turn % 50, "ADV_IND", raw)
            for address, raw in known
        ]  # fmt: skip


def into_store(store: DeviceStore) -> Callable[[list[Advertisement]], None]:
    def take(events: list[Advertisement]) -> None:
        store.update(events)
        store.take_dirty()

    return take


def into_plain(rows: dict[str, PlainDevice]) -> Callable[[list[Advertisement]], None]:
    def take(events: list[Advertisement]) -> None:
        for event in events:
            row = rows.get(event.address)
            if row is None:
                row = rows[event.address] = PlainDevice(event.address)
            row.raw = event.raw
            row.samples.append((event.at, event.rssi))

    return take


def cost(take: Callable[[list[Advertisement]], None], devices: int, lane: str, start: float) -> float:
    """Bytes per device that stay allocated after `take` has had everything."""
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for events in heard(devices, lane, SAMPLES, start):
        take(events)
    del events
    gc.collect()
    return (tracemalloc.get_traced_memory()[0] - before) / devices


def collection() -> float:
    """Milliseconds of a full garbage collection: the best of five, since the machine is shared."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        gc.collect()
        times.append((time.perf_counter() - began) * 1e3)
    return min(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5,000 devices instead of 50,000")
    devices = 5_000 if parser.parse_args().quick else 50_000
    tracemalloc.start()
    store = DeviceStore()
    first = cost(into_store(store), devices, "site/hci0", 1e9)
    further = cost(into_store(store), devices, "site/0", 1e9 + 100)
    rows: dict[str, PlainDevice] = {}
    peer = cost(into_plain(rows), devices, "site/hci0", 1e9)
    tracemalloc.stop()
    assert len(store.devices) == devices
    assert store.forgotten == 0
    del rows
    pause = collection()
    print(f"T9  {devices} devices, {SAMPLES} RSSI samples each")
    bars = [
        ("bytes a device, one lane", first, 600.0),
        ("bytes for one further lane", further, 150.0),
        ("full garbage collection, ms", pause, 60.0),
    ]
    for what, figure, bar in bars:
        print(f"  {what:<30} {figure:8.1f}   bar {bar:6.0f}   {'ok' if figure <= bar else 'MISSED'}")
    print(f"  {'the same, dataclass and deque':<30} {peer:8.1f}   peer in the same run")
    return int(any(figure > bar for _, figure, bar in bars))


if __name__ == "__main__":
    sys.exit(main())
