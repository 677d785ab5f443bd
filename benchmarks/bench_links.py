"""What our side of a link costs: the queue per operation beyond the router's own time, and notifications at a rate.

One process serves a backend that answers at once through the router's API; another reads a value by turns over a bare
HTTP connection (the router's own time), with httpx alone (that time as a client sees it), through the Cassia backend,
and through the queue above it. Then the served devices notify, and each notification must arrive: delivered and shed
together are what was sent, and nothing is shed.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

import httpx

from bletui.backend import Env
from bletui.backends.cassia import open_target
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.model import (
    AddressType,
    Characteristic,
    Connect,
    Descriptor,
    GattTree,
    Lane,
    LaneChanged,
    LinkChanged,
    Notification,
    NotifyMode,
    Owner,
    Peer,
    Properties,
    Read,
    Service,
    Shed,
    Subscribe,
)
from bletui.radio import Attachment, QueuedRadio
from bletui.target import parse
from tests.tiny import TinyBackend

DEVICES = [f"C0:DE:00:00:00:{n:02X}" for n in range(8)]
VALUE, CCCD = 3, 4
OVERHEAD = 1.0  # ms per operation
RATE = 2_000  # notifications a second
BATCH = 20  # notifications at a time
PAYLOAD = bytes(20)
PATH = f"/gatt/nodes/{DEVICES[0]}/handle/{VALUE}/value"
UUID = "0000ffe1-0000-1000-8000-00805f9b34fb"


class Instant(TinyBackend):
    """Devices whose every call succeeds at once."""

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        peer = Peer(lane or "r/0", address)
        self.say(LinkChanged(time.time(), peer, "up", mtu=247))
        return peer

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        self.say(LinkChanged(time.time(), peer, "down"))

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        cccd = Descriptor(uuid="00002902-0000-1000-8000-00805f9b34fb", handle=CCCD)
        found = Characteristic(UUID, VALUE, Properties.READ | Properties.NOTIFY, (cccd,))
        return GattTree(peer, (Service(UUID, 1, (found,)),))

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        return PAYLOAD

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        return

    async def notify(self, count: int) -> float:
        """Sends so many, `RATE` a second, numbered per device; returns how long it took."""
        start = time.monotonic()
        for first in range(0, count, BATCH):
            self.say(
                *(
                    Notification(time.time(), Peer("r/0", DEVICES[n % 8]), VALUE, PAYLOAD, False, 1 + n // 8)
                    for n in range(first, min(first + BATCH, count))
                )
            )
            await asyncio.sleep(max(0.0, start + (first + BATCH) / RATE - time.monotonic()))
        return time.monotonic() - start


async def server(count: int) -> None:
    """Prints its URL; sends `count` notifications when told to, and prints the seconds that took."""
    backend = Instant(LaneChanged(0.0, Lane("r/0", name="r0", router="CC:1B:E0:00:00:01", chip=0, slots_max=20)))
    radio = QueuedRadio(backend, "r")
    await radio.open()
    async with asyncio.TaskGroup() as tasks:
        listener = bind(Listen("127.0.0.1", 0))
        serving = tasks.create_task(serve([radio], listener, ready=lambda url: print(url, flush=True)))
        await asyncio.to_thread(sys.stdin.readline)
        print(await backend.notify(count), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        serving.cancel()
    await radio.aclose()


class Bare:
    """One HTTP connection that is kept, and nothing above it: what the router itself takes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self) -> None:
        self._writer.write(f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length:")[2].split()[0])
        body = await self._reader.readexactly(size)
        assert PAYLOAD.hex().encode() in body, body

    async def aclose(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


async def timed(call: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    await call()
    return (time.perf_counter() - start) * 1e3


async def overhead(port: int, seat: Attachment, backend_read: Callable[[], Awaitable[object]], rounds: int) -> bool:
    """Reads by turns; whether the bar is met."""
    bare = Bare(*await asyncio.open_connection("127.0.0.1", port))
    plain = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)
    ways: dict[str, Callable[[], Awaitable[object]]] = {
        "bare HTTP": bare.read,
        "httpx": lambda: plain.get(PATH),
        "backend": backend_read,
        "queue": lambda: seat.perform(Read(DEVICES[0], handle=VALUE)),
    }
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(rounds + 20):
        for way, call in ways.items():
            milliseconds = await timed(call)
            if number >= 20:  # warm by then
                taken[way].append(milliseconds)
    await bare.aclose()
    await plain.aclose()
    middle = {way: statistics.median(values) for way, values in taken.items()}
    for way, values in taken.items():
        p95 = sorted(values)[int(len(values) * 0.95)]
        print(f"{way:>10}: a read takes {middle[way]:6.2f} ms (median of {rounds}), p95 {p95:6.2f}")
    queue = middle["queue"] - middle["backend"]
    ours = middle["queue"] - middle["httpx"]
    whole = middle["queue"] - middle["bare HTTP"]
    print(f"the queue beyond the backend's call: {queue:.2f} ms per operation (bar {OVERHEAD:g})")
    print(f"queue and backend beyond httpx alone: {ours:.2f} ms per operation (bar {OVERHEAD:g})")
    print(f"queue, backend and HTTP client beyond a bare connection: {whole:.2f} ms per operation (no bar)")
    return max(queue, ours) <= OVERHEAD


async def counted(seat: Attachment, sent: int) -> tuple[int, int]:
    """How many notifications arrive, and how many are told as shed, until that makes `sent`."""
    delivered = shed = 0
    async for batch in seat.events():
        for event in batch.events:
            delivered += isinstance(event, Notification)
            shed += event.count if isinstance(event, Shed) and event.what == "notifications" else 0
        if delivered + shed >= sent:
            break
    return delivered, shed


async def client(port: int, process: asyncio.subprocess.Process, *, rounds: int, sent: int) -> bool:
    assert process.stdin is not None
    assert process.stdout is not None
    backend = open_target(parse(f"cassia://127.0.0.1:{port}"), Env("lab"))
    radio = QueuedRadio(backend, "lab")
    await radio.open()
    try:
        seat = await radio.attach(Owner("bench"))
        async with asyncio.TaskGroup() as tasks:
            counting = tasks.create_task(counted(seat, sent))
            for device in DEVICES:
                await seat.perform(Connect(device, address_type="random"))
                await seat.perform(Subscribe(device, handle=VALUE, mode="notify"))
            peer = Peer("lab/127.0.0.1/0", DEVICES[0])
            good = await overhead(port, seat, lambda: backend.read(peer, VALUE, within=5), rounds)
            before = time.process_time()
            process.stdin.write(b"go\n")
            async with asyncio.timeout(10 + 2 * sent / RATE):
                took = float(await process.stdout.readline())
                delivered, shed = await counting
        cpu = time.process_time() - before
    finally:
        await radio.aclose()
        process.stdin.write(b"stop\n")
    assert delivered + shed == sent, (delivered, shed, sent)
    print(
        f"notifications: {sent} sent in {took:.2f} s ({sent / took:.0f}/s, bar {RATE}), {delivered} delivered, "
        f"{shed} shed (bar 0), {cpu / sent * 1e6:.0f} us of CPU each"
    )
    return good and not shed and sent / took >= RATE * 0.98


async def measure(*, quick: bool) -> int:
    rounds, sent = (100, RATE) if quick else (1_000, 10 * RATE)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bench_links", "--serve", str(sent),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        port = int((await process.stdout.readline()).rsplit(b":", 1)[1])
        good = await client(port, process, rounds=rounds, sent=sent)
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
    return int(not good)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--serve", type=int, metavar="COUNT", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        asyncio.run(server(args.serve))
        return 0
    return asyncio.run(measure(quick=args.quick))


if __name__ == "__main__":
    sys.exit(main())
