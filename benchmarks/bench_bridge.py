"""The bridge against the router's API over HTTP on this host: requests and streams (T11), fan-out (T12), reattaching.

Both serve the same radio over the same backend, each in a process of its own; runs take turns, and ratios count. The
stream's figure is what one core could carry: a second over the dearer end's CPU time per advertisement.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import httpx
import httpx_sse

from benchmarks.bench_router_api import advertisements
from bletui.bridge.listening import Listening
from bletui.bridge.places import Place
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.bridge.remote import RemoteRadio
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.bridge.server import Bridge
from bletui.bridge.sockets import listening
from bletui.model import Advertisement, Lane, LaneChanged, LinkChanged, OpId, Owner, Peer, Read
from bletui.radio import QueuedRadio
from bletui.session import Session
from bletui.target import Target
from tests.tiny import TinyBackend

ADDRESS = "C4:64:E3:00:00:01"
BATCH = 128
DEVICES = 5_000
RPC, STREAM, FANOUT, REATTACH = 1 / 10, 8.0, 10.0, 0.3


class Quick(TinyBackend):
    """One lane, one link, and an answer to every read."""

    def __init__(self) -> None:
        super().__init__(LaneChanged(0.0, Lane("r/0", name="r0", chip=0)), LinkChanged(0.0, Peer("r/0", ADDRESS), "up"))

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        return b"\x55"


async def server(kind: str, where: str) -> None:
    """Serves until its standard input ends; each line `COUNT RATE` on it is so many advertisements at that rate."""
    backend = Quick()
    radio = QueuedRadio(backend, "r")
    await radio.open()
    with contextlib.ExitStack() as stack:
        if kind == "bridge":
            made = stack.enter_context(listening(Path(where)))
            serving = Bridge([radio], scans=False).run([Listening(made, where)])
        else:
            serving = serve([radio], bind(Listen("127.0.0.1", 0)), ready=lambda url: print(url, flush=True))
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(serving)
            if kind == "bridge":
                print(where, flush=True)
            while line := await asyncio.to_thread(sys.stdin.readline):
                print(await emitted(backend, *map(int, line.split())), flush=True)
            task.cancel()
    await radio.aclose()


async def emitted(backend: Quick, count: int, rate: int) -> float:
    """CPU seconds of this process from the first advertisement to the last one's sending."""
    load = advertisements(count) if rate else [heard(n) for n in range(count)]
    before, start = time.process_time(), time.monotonic()
    for number in range(0, count, BATCH):
        backend.say(*load[number : number + BATCH])
        await asyncio.sleep(max(0.0, start + (number + BATCH) / rate - time.monotonic()) if rate else 0)
    await asyncio.sleep(0.2)
    return time.process_time() - before


def heard(n: int) -> Advertisement:
    return Advertisement(1.7e9, "r/0", f"C0:00:00:00:{n >> 8:02X}:{n & 255:02X}", "random", -60, "ADV_IND", bytes(22))


class Far:
    """A server in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, where: str) -> None:
        self.process = process
        self.where = where

    async def emit(self, count: int, rate: int) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{count} {rate}\n".encode())
        return float(await self.process.stdout.readline())


@contextlib.asynccontextmanager
async def running(kind: str, where: str = "-") -> AsyncIterator[Far]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bench_bridge", "--serve", kind, where, stdin=pipe, stdout=pipe
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Far(process, (await process.stdout.readline()).decode().strip())
    finally:
        process.stdin.close()
        await process.wait()


# -- requests


Took = tuple[list[float], list[float]]  # seconds of each plain request, of each read through the queue


async def over_bridge(far: Far, count: int) -> Took:
    radio = RemoteRadio(Place(socket=Path(far.where)), "b")
    seat = await radio.attach(Owner("bench"))

    async def plain() -> None:
        await seat.promote(OpId("bench", 0))

    async def read() -> None:
        assert await seat.perform(Read(ADDRESS, "r/0", handle=3)) == b"\x55"

    took = await timed(plain, count), await timed(read, count)
    await radio.aclose()
    return took


async def over_http(far: Far, count: int) -> Took:
    async with httpx.AsyncClient(base_url=far.where) as client:

        async def plain() -> None:
            assert (await client.get("/gap/nodes?connection_state=connected")).json()["nodes"]

        async def read() -> None:
            assert (await client.get(f"/gatt/nodes/{ADDRESS}/handle/3/value")).json()["value"] == "55"

        return await timed(plain, count), await timed(read, count)


async def timed(call: Callable[[], Awaitable[None]], count: int) -> list[float]:
    took = []
    for _ in range(count):
        start = time.perf_counter()
        await call()
        took.append(time.perf_counter() - start)
    return took


# -- streams: microseconds of CPU per advertisement, here and there


async def bridge_stream(far: Far, count: int, rate: int) -> tuple[float, float]:
    radio = RemoteRadio(Place(socket=Path(far.where)), "b")
    seat = await radio.attach(Owner("bench"))
    return await streamed(far, _told(seat.events(), count), radio.aclose, count, rate)


async def _told(batches: AsyncIterator[object], count: int) -> int:
    seen = 0
    async for batch in batches:
        seen += sum(type(event) is Advertisement for event in batch.events)  # type: ignore[attr-defined]
        if seen >= count:
            break
    return seen


async def sse_stream(far: Far, count: int, rate: int) -> tuple[float, float]:
    client = httpx.AsyncClient(base_url=far.where, timeout=None)

    async def events() -> int:
        seen = 0
        async with httpx_sse.aconnect_sse(client, "GET", "/gap/nodes?event=1") as source:
            async for event in source.aiter_sse():
                seen += "bdaddrs" in json.loads(event.data)
                if seen >= count:
                    break
        return seen

    return await streamed(far, events(), client.aclose, count, rate)


async def streamed(far: Far, reading, close, count: int, rate: int) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(60 + 2 * count / rate), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(reading)
        await asyncio.sleep(0.3)  # it listens
        before = time.process_time()
        there = await far.emit(count, rate)
        assert await task == count
        here = time.process_time() - before
    await close()
    return there / count * 1e6, here / count * 1e6


# -- fan-out


class Sink(asyncio.Protocol):
    """Says hello, reads and throws away: what a client does with it is another process's cost."""

    def __init__(self, seat: str) -> None:
        self._hello = codec.from_client(m.Hello(codec.VERSIONS, seat))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._hello)


async def fanout(far: Far, clients: int, count: int, rate: int) -> float:
    """CPU of the server, microseconds per advertisement."""
    loop = asyncio.get_running_loop()
    sinks = [(await loop.create_unix_connection(lambda n=n: Sink(f"c{n}"), far.where))[0] for n in range(clients)]  # type: ignore[misc]
    await asyncio.sleep(0.3)
    cost = await far.emit(count, rate)
    for sink in sinks:
        sink.close()
    return cost / count * 1e6


# -- reattaching


async def reattached(far: Far) -> float:
    """Seconds from opening a session to a store that has every device."""

    async def open_radio(target: Target, env: object) -> RemoteRadio:
        return RemoteRadio(Place(socket=Path(far.where)), "b")

    start = time.perf_counter()
    async with Session([Target("bridge")], open_radio=open_radio) as session:
        while len(session.store.devices) < DEVICES:  # noqa: ASYNC110
            await asyncio.sleep(0)
        return time.perf_counter() - start


def told(name: str, figure: float, bar: float, *, most: bool, unit: str = "") -> bool:
    missed = figure > bar if most else figure < bar
    print(f"{name}: {figure:.3g}{unit} (bar {'<=' if most else '>='} {bar:.3g}{unit}){' MISSED' if missed else ''}")
    return missed


def medians(rounds: Sequence[Took]) -> tuple[float, float]:
    plain, read = ([one for took in rounds for one in took[n]] for n in (0, 1))
    return median(plain), median(read)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


async def measure(*, quick: bool) -> int:
    rounds, calls, count = (1, 100, 5_000) if quick else (3, 400, 30_000)
    missed = False
    with tempfile.TemporaryDirectory(prefix="bletui-") as folder:
        async with running("bridge", f"{folder}/s") as bridge, running("http") as http:
            ours: list[Took] = []
            theirs: list[Took] = []
            for _ in range(rounds):
                ours.append(await over_bridge(bridge, calls))
                theirs.append(await over_http(http, calls // 2))
            (plain, read), (peer, peer_read) = medians(ours), medians(theirs)
            print(f"request  bridge {plain * 1e6:8.0f} us p50   httpx {peer * 1e6:8.0f} us p50")
            share = f"{read / peer_read:.2f}"
            print(f"read     bridge {read * 1e6:8.0f} us p50   httpx {peer_read * 1e6:8.0f} us p50   {share}")
            missed |= told("T11 plain requests, p50 over p50", plain / peer, RPC, most=True)

            core: dict[str, list[float]] = {"bridge": [], "sse": []}
            for _ in range(rounds):
                for name, cost in (
                    ("bridge", await bridge_stream(bridge, 5 * count, 100_000)),
                    ("sse", await sse_stream(http, count, 20_000)),
                ):
                    core[name].append(max(cost))
                    print(f"stream   {name:7} server {cost[0]:6.2f} us/adv   client {cost[1]:6.2f} us/adv")
            missed |= told(
                "T11 stream, rate over SSE's", median(core["sse"]) / median(core["bridge"]), STREAM, most=False
            )

            costs: dict[int, list[float]] = {1: [], 64: []}
            for _ in range(rounds):
                for clients in costs:
                    costs[clients].append(await fanout(bridge, clients, count // 3, 2_560))
            one, many = median(costs[1]), median(costs[64])
            print(f"fan-out  1 client {one:6.2f} us/adv   64 clients {many:6.2f} us/adv")
            missed |= told("T12 64 clients over one, server CPU", many / one, FANOUT, most=True)
        async with running("bridge", f"{folder}/t") as bridge:
            await bridge.emit(DEVICES, 0)
            took = [await reattached(bridge) for _ in range(3 * rounds)]
            missed |= told(
                f"reattach to {DEVICES:,} devices, median", median(took) * 1e3, REATTACH * 1e3, most=True, unit=" ms"
            )
    return int(missed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--serve", nargs=2, metavar=("KIND", "WHERE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        asyncio.run(server(*args.serve))
        return 0
    return asyncio.run(measure(quick=args.quick))


if __name__ == "__main__":
    sys.exit(main())
