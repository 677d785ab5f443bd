"""Clients in this process of what serves in another: requests, a stream to values, many readers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import httpx_sse

from benchmarks.bridge.echo import Caller
from benchmarks.bridge.serving import ADDRESS, Far
from bletui.bridge.places import Place
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.bridge.remote import RemoteRadio
from bletui.model import PDUS, Advertisement, OpId, Owner, Read

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


async def over_echo(far: Far, count: int) -> list[float]:
    transport, caller = await asyncio.get_running_loop().create_unix_connection(Caller, far.where)
    took = await timed(caller.call, count)
    transport.close()
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


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of CPU per advertisement, there and here, and thousands a second as the clock on the wall has it."""

    server: float
    client: float
    rate: float

    @property
    def dearer(self) -> float:
        return max(self.server, self.client)

    def __str__(self) -> str:
        return f"server {self.server:6.2f} us/adv   client {self.client:6.2f} us/adv   {self.rate:4.0f} k/s"


async def bridge_stream(far: Far, count: int) -> Cost:
    radio = RemoteRadio(Place(socket=Path(far.where)), "b")
    seat = await radio.attach(Owner("bench"))
    cost = await streamed(far, _told(seat.events(), count), count)
    await radio.aclose()
    return cost


async def _told(batches: AsyncIterator[Any], count: int) -> int:
    seen = 0
    async for batch in batches:
        seen += list(map(type, batch.events)).count(Advertisement)
        if seen >= count:
            break
    return seen


async def sse_stream(far: Far, count: int, path: str, rate: int = 0) -> Cost:
    """By httpx and httpx-sse, with json: what a program of somebody else's does to have the same values."""
    async with (
        httpx.AsyncClient(base_url=far.where, timeout=None) as client,
        httpx_sse.aconnect_sse(client, "GET", path) as source,
    ):
        return await streamed(far, events_of(source, count), count, rate)


async def events_of(source: httpx_sse.EventSource, count: int) -> int:
    seen = 0
    async for event in source.aiter_sse():
        heard = value(json.loads(event.data))
        seen += type(heard) is Advertisement
        if seen >= count:
            break
    return seen


def value(event: Any) -> Advertisement:
    (device,) = event["bdaddrs"]
    return Advertisement(
        time.time(),
        "r/0",
        device["bdaddr"],
        device["bdaddrType"],
        event["rssi"],
        PDUS[event["evtType"]],
        bytes.fromhex(event["adData"]),
    )


async def streamed(far: Far, reading: Awaitable[int], count: int, rate: int = 0) -> Cost:
    cpu, start = time.process_time(), time.perf_counter()
    async with asyncio.timeout(60 + (2 * count / rate if rate else 0)), asyncio.TaskGroup() as tasks:
        there = tasks.create_task(far.ask("emit", count=count, rate=rate))
        assert await reading == count
        seconds = time.perf_counter() - start
        cpu = time.process_time() - cpu
    return Cost(there.result()["cpu"] / count * 1e6, cpu / count * 1e6, count / seconds / 1e3)


class Sink(asyncio.Protocol):
    """Says hello, reads and throws away: what a client does with it is another process's cost."""

    def __init__(self, seat: str) -> None:
        self._hello = codec.from_client(m.Hello(codec.VERSIONS, seat))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._hello)


async def fanned_out(far: Far, clients: int, count: int, rate: int) -> float:
    """CPU of the server, microseconds per advertisement."""
    loop = asyncio.get_running_loop()
    sinks = [(await loop.create_unix_connection(lambda n=n: Sink(f"c{n}"), far.where))[0] for n in range(clients)]  # type: ignore[misc]
    await asyncio.sleep(0.3)  # all have their snapshots
    cpu = (await far.ask("emit", count=count, rate=rate))["cpu"]
    for sink in sinks:
        sink.close()
    return float(cpu) / count * 1e6
