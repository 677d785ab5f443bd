"""What serving the router's API costs: CPU of the server's process per event, for 1, 8 and 32 clients.

One process serves a backend that emits 1,000 advertisements a second in batches of 50; another reads every stream. The
server's `process_time` counts, from the first client's request to the last event. Each run asserts that what arrived
and what was told as shed make up what was sent, and that nothing was shed.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import statistics
import sys
import time

from benchmarks.routerload import DEVICES, recorded
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.model import Advertisement, Lane, LaneChanged
from bletui.radio import QueuedRadio
from tests.tiny import TinyBackend

BATCH = 50
FANOUT = 10.0  # 32 clients may cost this many times what one does


def advertisements(count: int, seed: int = 7) -> list[Advertisement]:
    chance = random.Random(seed)
    payloads = recorded()
    devices = [(f"C4:64:E3:{n >> 8:02X}:{n & 255:02X}:01", chance.choice(payloads)) for n in range(DEVICES)]
    picked = chance.choices(devices, [1 / (1 + n) ** 0.5 for n in range(DEVICES)], k=count)
    return [
        Advertisement(1.7e9, "r/0", address, "random", -40 - chance.randrange(50), "ADV_IND", raw)
        for address, raw in picked
    ]


async def server(count: int, rate: int) -> None:
    """Serves `count` advertisements once somebody scans, and prints its URL, then the CPU seconds they took."""
    backend = TinyBackend(LaneChanged(0.0, Lane("r/0", name="r0", chip=0)))
    radio = QueuedRadio(backend, "r")
    await radio.open()
    load = advertisements(count)
    async with asyncio.TaskGroup() as tasks:
        listener = bind(Listen("127.0.0.1", 0))
        serving = tasks.create_task(serve([radio], listener, ready=lambda url: print(url, flush=True)))
        await asyncio.to_thread(sys.stdin.readline)  # every client is connected
        before, start = time.process_time(), time.monotonic()
        for number in range(0, count, BATCH):
            backend.say(*load[number : number + BATCH])
            await asyncio.sleep(max(0.0, start + (number + BATCH) / rate - time.monotonic()))
        await asyncio.sleep(0.2)
        print(time.process_time() - before, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        serving.cancel()
    await radio.aclose()


async def client(port: int, count: int, connected: asyncio.Semaphore) -> int:
    """Reads until `count` events have come or were told as shed; returns the shed ones."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /gap/nodes?event=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    connected.release()
    seen = shed = 0
    async for line in reader:
        seen += line.startswith(b"data: {")
        shed += int(line.split()[1]) if line.startswith(b":shed ") else 0
        if seen + shed >= count:
            break
    writer.close()
    assert seen + shed == count, (seen, shed)
    return shed


async def run(clients: int, count: int, rate: int) -> float:
    """CPU of the server, microseconds per event."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bench_router_api", "--serve", f"{count}", f"{rate}",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    async with asyncio.timeout(60 + 2 * count / rate):
        port = int((await process.stdout.readline()).rsplit(b":", 1)[1])
        connected = asyncio.Semaphore(0)
        async with asyncio.TaskGroup() as tasks:
            readers = [tasks.create_task(client(port, count, connected)) for _ in range(clients)]
            for _ in readers:
                await connected.acquire()
            process.stdin.write(b"go\n")
        seconds = float(await process.stdout.readline())
        process.stdin.write(b"stop\n")
        await process.wait()
    assert sum(reader.result() for reader in readers) == 0
    return seconds / count * 1e6


async def measure(*, quick: bool) -> int:
    rate, count, rounds = 1000, 2_000 if quick else 10_000, 1 if quick else 3
    sizes = (1, 8, 32)
    runs: dict[int, list[float]] = {size: [] for size in sizes}
    for _, size in itertools.product(range(rounds), sizes):
        runs[size].append(await run(size, count, rate))
    cost = {size: statistics.median(runs[size]) for size in sizes}
    for size in sizes:
        share = cost[size] * rate / 1e4
        print(f"{size:3} clients  {cost[size]:7.1f} us/event  {cost[size] / size:6.2f} per client  {share:5.1f} % core")
    ratio = cost[32] / cost[1]
    print(f"32 clients over one: {ratio:.1f} (bar {FANOUT:g})")
    return int(ratio > FANOUT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--serve", nargs=2, type=int, metavar=("COUNT", "RATE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        asyncio.run(server(*args.serve))
        return 0
    return asyncio.run(measure(quick=args.quick))


if __name__ == "__main__":
    sys.exit(main())
