"""Both streams without a radio at either end, as the design measured them: from values here to values there.

`python -m benchmarks.bridge.bare bridge|sse WHERE` serves, prints where, and answers each line on its standard input
with the CPU seconds that it has used so far. Each request is answered with as many advertisements as it asks for.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from functools import cache

import httpx
import httpx_sse
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from benchmarks.bench_router_api import advertisements
from benchmarks.bridge.plain_sse import line
from benchmarks.bridge.serving import BATCH, DRAWN
from benchmarks.bridge.streams import Cost, events_of
from bletui.bridge.frames import frames
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.model import Advertisements


@cache
def drawn() -> list[Advertisements]:
    load = [one._replace(at=one.at + n / 1e5) for n, one in enumerate(advertisements(DRAWN))]
    return [Advertisements(load[n : n + BATCH]) for n in range(0, DRAWN, BATCH)]


def batches(count: int) -> Iterator[Advertisements]:
    """Whole batches; those that were drawn are told again and again."""
    return itertools.islice(itertools.cycle(drawn()), count // BATCH)


async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Packs each batch once, as the bridge does, and sends it as fast as it is taken."""
    seq = 1
    for batch in batches(int(await reader.readline())):
        writer.writelines(frame.data for frame in frames(seq, batch))
        seq += len(batch)
        await writer.drain()
    writer.close()


async def stream(request: Request) -> StreamingResponse:
    size = int(request.query_params["chunk"])
    load = batches(int(request.query_params["count"]))

    async def chunks() -> AsyncIterator[str]:
        for batch in load:
            for start in range(0, len(batch), size):
                yield "".join(map(line, batch[start : start + size]))

    return StreamingResponse(chunks(), media_type="text/event-stream")


async def serve(kind: str, where: str) -> None:
    drawn()  # before anybody asks
    async with asyncio.TaskGroup() as tasks:
        if kind == "bridge":
            made = await asyncio.start_unix_server(tell, where)
            serving = tasks.create_task(made.serve_forever())
        else:
            listening = socket.create_server(("127.0.0.1", 0))
            where = f"http://127.0.0.1:{listening.getsockname()[1]}"
            config = uvicorn.Config(Starlette(routes=[Route("/", stream)]), log_level="error", lifespan="off")
            serving = tasks.create_task(uvicorn.Server(config).serve(sockets=[listening]))
        print(where, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(time.process_time(), flush=True)
        serving.cancel()


class Bare:
    """Such a process."""

    def __init__(self, process: asyncio.subprocess.Process, where: str) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.where = where
        self._in, self._out = process.stdin, process.stdout

    async def spent(self) -> float:
        self._in.write(b"\n")
        return float(await self._out.readline())


@contextlib.asynccontextmanager
async def bare(kind: str, where: str = "-") -> AsyncIterator[Bare]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bridge.bare", kind, where, stdin=pipe, stdout=pipe
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Bare(process, (await process.stdout.readline()).decode().strip())
    finally:
        process.stdin.close()
        await process.wait()


class Reader(asyncio.Protocol):
    """Reads messages to values, as a remote radio does; `whole` is set when all have come."""

    def __init__(self, count: int) -> None:
        self.whole: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._count = count
        self._seen = 0
        self._reader = codec.BridgeReader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"%d\n" % self._count)

    def data_received(self, data: bytes) -> None:
        for message in self._reader.feed(data):
            assert isinstance(message, m.Told)
            self._seen += len(message.batch.events)

    def connection_lost(self, exc: Exception | None) -> None:
        self.whole.set_result(self._seen)


async def bare_bridge(far: Bare, count: int) -> Cost:
    async def read() -> int:
        _, reader = await asyncio.get_running_loop().create_unix_connection(lambda: Reader(count), far.where)
        return await reader.whole

    return await _cost(far, read(), count)


async def bare_sse(far: Bare, count: int, chunk: int) -> Cost:
    async with httpx.AsyncClient(base_url=far.where, timeout=None) as client:

        async def read() -> int:
            async with httpx_sse.aconnect_sse(client, "GET", f"/?chunk={chunk}&count={count}") as source:
                return await events_of(source, count)

        return await _cost(far, read(), count)


async def _cost(far: Bare, reading: Awaitable[int], count: int) -> Cost:
    there, here, start = await far.spent(), time.process_time(), time.perf_counter()
    async with asyncio.timeout(60):
        assert await reading == count
    rate, here = count / (time.perf_counter() - start), time.process_time() - here
    return Cost((await far.spent() - there) / count * 1e6, here / count * 1e6, rate / 1e3)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
