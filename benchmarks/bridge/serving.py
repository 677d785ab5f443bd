"""What serves, in a process of its own: the bridge, the router's API or a plain SSE server, over the same radio.

`python -m benchmarks.bridge.serving bridge|http|sse|echo WHERE` prints where it serves, then answers each line of
JSON on its standard input, `[what, {argument: value}]`, with one; it ends with its input.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bench_router_api import advertisements
from benchmarks.bridge.echo import Echo
from benchmarks.bridge.plain_sse import PlainSse
from benchmarks.soak import memory
from bletui.bridge.listening import Listening
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.bridge.server import Bridge
from bletui.bridge.sockets import listening
from bletui.model import Advertisement, Lane, LaneChanged, LinkChanged, Peer
from bletui.radio import QueuedRadio
from tests.tiny import TinyBackend

ADDRESS = "C4:64:E3:00:00:01"
BATCH = 128
DRAWN = 128 * BATCH  # advertisements, told in turn
STEP = 0.02  # seconds between two batches of what is live
END = Peer("r/0", "EE:EE:EE:EE:EE:EE")
LANE = LaneChanged(0.0, Lane("r/0", name="r0", chip=0))


class Quick(TinyBackend):
    """One lane, one link, and an answer to every read."""

    def __init__(self) -> None:
        super().__init__(LANE, LinkChanged(0.0, Peer("r/0", ADDRESS), "up"))

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        return b"\x55"


class Site:
    """A radio and what is told on it. `behind`: whether clients have yet to take what was told."""

    def __init__(self) -> None:
        self.backend = Quick()
        self.radio = QueuedRadio(self.backend, "r")
        self.told = 0  # advertisements
        load = [one._replace(at=one.at + n / 1e5) for n, one in enumerate(advertisements(DRAWN))]
        self._load = [tuple(load[n : n + BATCH]) for n in range(0, DRAWN, BATCH)]
        self.behind: Callable[[], bool] = lambda: False
        self.waiting: Callable[[], int] = lambda: 0  # bytes that are kept for the client that is furthest behind

    async def emit(self, count: int, rate: int = 0) -> dict[str, float]:
        """So many advertisements in whole batches, `rate` a second (0: as fast as they are taken); CPU seconds."""
        before, start = time.process_time(), time.monotonic()
        for number, batch in zip(range(0, count, BATCH), itertools.cycle(self._load), strict=False):
            self.backend.say(*batch)
            self.told += BATCH
            await asyncio.sleep(max(0.0, start + (number + BATCH) / rate - time.monotonic()) if rate else 0)
            while not rate and self.behind():  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.1)  # the last window's end
        return {"cpu": time.process_time() - before}

    async def fill(self, devices: int) -> None:
        self.backend.say(*map(heard, range(devices)))

    async def live(self, seconds: float, rate: int, size: int, links: int, *, last: bool = False) -> dict[str, int]:
        """`rate` advertisements a second with payloads of `size` bytes, `links` links that come and go meanwhile."""
        steps, before, most = round(seconds / STEP), memory(), 0
        each, link_at = round(rate * STEP), max(1, steps // links)
        start = time.monotonic()
        for step in range(steps):
            now = time.time()
            self.backend.say(*(heard(n)._replace(at=now, raw=bytes(size)) for n in range(each)))
            if step % link_at == 0:
                peer = Peer("r/0", f"{step:017}")
                self.backend.say(LinkChanged(now, peer, "up"), LinkChanged(now, peer, "down"))
            most = max(most, self.waiting())
            await asyncio.sleep(max(0.0, start + (step + 1) * STEP - time.monotonic()))
        told = {"advertisements": steps * each, "links": 2 * len(range(0, steps, link_at))}
        if last:
            self.backend.say(LinkChanged(time.time(), END, "up"))
        return {**told, "waiting": most, "grown": memory() - before}


def heard(n: int) -> Advertisement:
    return Advertisement(1.7e9, "r/0", f"C0:00:00:00:{n >> 8:02X}:{n & 255:02X}", "random", -60, "ADV_IND", bytes(22))


@contextlib.asynccontextmanager
async def served(kind: str, where: str, site: Site) -> AsyncIterator[str]:
    """Where it is served, while it is."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        with contextlib.ExitStack() as stack:
            if kind == "bridge":
                bridge = Timed([site.radio], scans=False)
                site.behind = lambda: any(client.outbox for client in bridge.clients())
                site.waiting = lambda: max((client.outbox.waiting for client in bridge.clients()), default=0)
                made, started = stack.enter_context(listening(Path(where))), asyncio.Event()
                serving = tasks.create_task(bridge.run([Listening(made, where)], started))
                await started.wait()
                ready.set_result(where)
            elif kind == "echo":
                echo = await asyncio.get_running_loop().create_unix_server(Echo, where)
                serving = tasks.create_task(echo.serve_forever())
                ready.set_result(where)
            elif kind == "http":
                listener = bind(Listen("127.0.0.1", 0))
                serving = tasks.create_task(serve([site.radio], listener, ready=ready.set_result))
            else:
                peer = PlainSse(site.radio, lambda: site.told)
                site.behind = peer.behind
                serving = tasks.create_task(peer.serve(ready.set_result))
            yield await ready
            serving.cancel()
            await asyncio.wait([serving])


class Timed(Bridge):
    """Says on standard error when a client has connected, in this machine's monotonic seconds."""

    def came(self, client: Any) -> Any:
        print(time.monotonic(), file=sys.stderr, flush=True)
        return super().came(client)


async def answer(kind: str, where: str) -> None:
    site = Site()
    await site.radio.open()
    async with served(kind, where, site) as at:
        print(at, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            what, arguments = json.loads(line)
            print(json.dumps(await getattr(site, what)(**arguments)), flush=True)
    await site.radio.aclose()


class Far:
    """Such a process."""

    def __init__(self, process: asyncio.subprocess.Process, where: str) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self.where = where
        self.errors = process.stderr
        self._in, self._out = process.stdin, process.stdout

    async def ask(self, what: str, **arguments: float) -> Any:
        self._in.write(json.dumps([what, arguments]).encode() + b"\n")
        return json.loads(await self._out.readline())


@contextlib.asynccontextmanager
async def running(kind: str, where: str = "-") -> AsyncIterator[Far]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bridge.serving", kind, where, stdin=pipe, stdout=pipe, stderr=pipe
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Far(process, (await process.stdout.readline()).decode().strip())
    finally:
        process.stdin.close()
        await process.communicate()


def main(arguments: Sequence[str]) -> None:
    asyncio.run(answer(*arguments))


if __name__ == "__main__":
    main(sys.argv[1:])
