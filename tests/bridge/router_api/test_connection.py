"""Connections that do not finish asking: they are parted with in time, and they do not keep others out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bletui.bridge.router_api import connection
from bletui.testing.memory_loop import in_memory
from tests.bridge.router_api.client import ask, stream
from tests.bridge.router_api.site import site

HEAD = b"GET /gap/nodes HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"POST /gap/batch-connect HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n{"
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def half_open(port: int, sent: bytes = b"") -> AsyncIterator[Ends]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    yield reader, writer
    writer.close()


@pytest.mark.parametrize(
    ("sent", "answer"),
    [(b"", b""), (HEAD, b"HTTP/1.1 408 "), (BODY, b""), (HEAD + b"\r\n" + HEAD, b"HTTP/1.1 200 ")],
    ids=["silent", "half a head", "half a body", "half a second one"],
)
@in_memory
async def test_who_does_not_finish_asking_is_parted_with(
    monkeypatch: pytest.MonkeyPatch, sent: bytes, answer: bytes
) -> None:
    monkeypatch.setattr(connection, "ASKED_WITHIN", 0.2)
    async with site() as it, half_open(it.port, sent) as (reader, _), asyncio.timeout(10):
        assert (await reader.read()).startswith(answer)


@in_memory
async def test_no_byte_buys_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ASKED_WITHIN", 0.3)
    async with site() as it, half_open(it.port, HEAD) as (reader, writer), asyncio.timeout(10):
        async with asyncio.TaskGroup() as tasks:
            said = tasks.create_task(reader.readline())  # what is behind it may fall to a reset: we go on writing
            while not said.done():
                writer.write(b"X: x\r\n")
                await asyncio.wait([said], timeout=0.05)
        assert said.result().startswith(b"HTTP/1.1 408 ")


@in_memory
async def test_an_answer_that_takes_its_time_and_a_stream_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ASKED_WITHIN", 0.1)
    async with site(speed=100) as it, stream(it.port, "/management/nodes/connection-state") as states:
        for _ in range(3):  # keep-alives, each 0.3 s after the one before
            assert await states.block() == ":keep-alive"


async def test_who_asks_is_served_however_many_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CONNECTIONS_MAX", 8)
    async with site() as it:
        async with stream(it.port, "/management/nodes/connection-state") as states:
            idle = [await asyncio.open_connection("127.0.0.1", it.port) for _ in range(20)]
            for _, writer in idle:
                writer.write(HEAD)
            assert (await ask(it.port, "/gap/nodes")).status == 200
            assert states.status == 200
            async with asyncio.timeout(10):
                assert await idle[0][0].read() == b"", "the oldest made room"
        for _, writer in idle:
            writer.close()


async def test_a_request_of_two_lengths_is_refused_and_what_follows_it_is_none() -> None:
    smuggled = b"POST /gap/batch-connect HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
    smuggled += b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HEAD + b"\r\n"
    async with site() as it, half_open(it.port, smuggled) as (reader, _), asyncio.timeout(10):
        said = await reader.read()
        assert said.startswith(b"HTTP/1.1 400 ")
        assert said.count(b"HTTP/1.1") == 1
