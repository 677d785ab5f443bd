"""`python -m bletui.testing.fakebluez`: the double as a process of its own, with devices that advertise.

Prints `DBUS_SYSTEM_BUS_ADDRESS=…` for the program under test; runs until its input ends or it is told to stop. In a
script's background (`… &`) the input is /dev/null, which nothing can wait for: there only a signal ends it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import suppress

from bletui.testing.fakebluez import REAL, AdapterSpec, Advert, FakeBluez, Pace
from bletui.testing.fakebluez.desk import DESK

TICK = 0.01  # seconds
COMPANY = 0xFFFF  # for tests (Assigned Numbers, 7.1)


def adverts(devices: int) -> Iterator[Advert]:
    """Devices by turns; the payload counts all packets, so that a listener sees whether one is missing."""
    for number in itertools.count():
        index = number % devices
        yield Advert(
            address=f"C0:00:00:{index >> 16:02X}:{index >> 8 & 0xFF:02X}:{index & 0xFF:02X}",
            name=f"Device {index}",
            rssi=-40 - (number * 7 + index) % 50,
            manufacturer={COMPANY: number.to_bytes(8, "big")},
        )


async def run(adapters: int, devices: int, rate: float, *, desk: bool, pace: Pace) -> None:
    loop = asyncio.get_running_loop()
    specs = [AdapterSpec(name=f"hci{n}", address=f"00:1A:7D:DA:71:{n:02X}") for n in range(adapters)]
    ended = asyncio.Event()

    def read() -> None:
        if not os.read(0, 4096):
            ended.set()

    with suppress(PermissionError):  # a file, or no input at all
        loop.add_reader(0, read)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with FakeBluez(*specs, peripherals=DESK if desk else (), pace=pace) as fake:
        print(f"DBUS_SYSTEM_BUS_ADDRESS={fake.address}", flush=True)
        air = adverts(devices)
        next_at, began = loop.time(), loop.time()
        sent = 0
        while not ended.is_set():
            while devices and sent < (loop.time() - began) * rate:
                advert = next(air)
                for adapter in fake.adapters.values():
                    adapter.hear(advert)
                sent += 1
            await fake.drained()
            next_at += TICK
            await asyncio.sleep(max(0.0, next_at - loop.time()))
    loop.remove_reader(0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bletui.testing.fakebluez", description=__doc__)
    parser.add_argument("--adapters", type=int, default=1, metavar="N")
    parser.add_argument("--devices", type=int, default=20, metavar="N", help="that only advertise")
    parser.add_argument("--rate", type=float, default=50.0, metavar="PER_SECOND", help="packets per adapter")
    parser.add_argument(
        "--desk", action="store_true", help="peripherals to connect to: bletui/testing/fakebluez/desk.py"
    )
    parser.add_argument("--real-pace", action="store_true", help="take the time that a bluetoothd takes")
    wanted = parser.parse_args()
    pace = REAL if wanted.real_pace else Pace()
    asyncio.run(run(wanted.adapters, wanted.devices, wanted.rate, desk=wanted.desk, pace=pace))


if __name__ == "__main__":
    main()
