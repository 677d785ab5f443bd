"""Brokers that are not what they should be: each ends in one failure, and nothing hangs, leaks or raises."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from bletui.bridge.publishing import line, publisher
from bletui.bridge.publishing.messages import Sort
from bletui.failure import ErrorKind
from bletui.model import LinkChanged, Peer
from tests.bridge.publishing.published import AT, publishing

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ACCEPTED = b"\x20\x03\x00\x00\x00"
ONE_AT_A_TIME = b"\x20\x06\x00\x00\x03\x21\x00\x01"  # Receive Maximum 1


@asynccontextmanager
async def broker(script: Script) -> AsyncIterator[str]:
    """The URL of a broker that plays `script` for each connection, once the client has said hello."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await _packet(reader)
            await script(reader, writer)
        writer.close()

    server = await asyncio.start_server(play, "127.0.0.1")
    async with server:
        yield f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        server.close()


def says(data: bytes, *, stays: bool = False) -> Script:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if stays:
            await reader.read()

    return script


def says_and_takes(data: bytes, but: bytes | None = None) -> Script:
    """Says it, then acknowledges what comes, and answers nothing else; hangs up at a message that holds `but`."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        while True:
            kind, packet = await _packet(reader)
            if but is not None and but in packet:
                return
            if kind & 0xF6 == 0x32:  # PUBLISH with QoS 1, retained or not
                at = 2 + int.from_bytes(packet[:2], "big")
                writer.write(b"\x40\x02" + packet[at : at + 2])

    return script


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        (b"\x20\x03\x00\x87\x00", ErrorKind.AUTH_REFUSED, "0x87"),
        (b"\x20\x03\x00\x84\x00", ErrorKind.OP_UNSUPPORTED, "0x84"),
        (b"\x20\x02\x00\x01", ErrorKind.OP_UNSUPPORTED, "0x84"),  # of one that knows MQTT 3.1.1 only
        (b"\x20\x03\x00\x88\x00", ErrorKind.ROUTER_UNAVAILABLE, "0x88"),
        (b"\x20\x03\x00\x9f\x00", ErrorKind.BUSY_CAPACITY, "0x9F"),
        (ACCEPTED + b"\xe0\x01\x8e", ErrorKind.REQUEST_INVALID, "0x8E"),
        (ACCEPTED + b"\xe0\x01\x8b", ErrorKind.ROUTER_UNAVAILABLE, "0x8B"),
        (ACCEPTED + b"\xe0\x01\x80", ErrorKind.OTHER_UNSPECIFIED, "0x80"),
        (ACCEPTED, ErrorKind.NET_CLOSED, "0x80"),
        (b"", ErrorKind.NET_CLOSED, "0x80"),
    ],
)
async def test_what_it_refuses_has_its_kind(said: bytes, kind: ErrorKind, code: str) -> None:
    async with broker(says(said)) as url, publishing(url) as it:
        failure = await it.failed()
        assert (failure.kind, failure.source, failure.code) == (kind, "mqtt", code)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x00" * 64,
        b"\xff" * 64,
        b"\x20\x00",
        b"\x20\x01\x00",
        b"\x20\x03\x00\x50\x00",  # a reason that there is not
        b"\x20\x08\x00\x00\x05\xfe\xff\xff\xff\xff",  # a property that there is not
        ACCEPTED + b"\x40\x01\x00",
        ACCEPTED + b"\x40\x04\x00\x01\x77\x00",
        ACCEPTED + b"\xe0\x01\x01",
        ACCEPTED + b"\x30\x02\xff\xff",
        ACCEPTED + b"\xf0\x00",
        ACCEPTED + b"\x90\x03\x00\x01\x00",
    ],
)
async def test_what_is_no_mqtt_ends_the_connection_and_nothing_else(said: bytes) -> None:
    async with broker(says(said)) as url, publishing(url) as it:
        failure = await it.failed()
        assert failure.kind in (ErrorKind.DATA_MALFORMED, ErrorKind.NET_CLOSED)


async def test_a_packet_without_end_is_not_gathered() -> None:
    endless = ACCEPTED + b"\x30\xff\xff\xff\x7f" + bytes(1 << 20)
    async with broker(says(endless, stays=True)) as url, publishing(url) as it:
        failure = await it.failed()
        assert failure.kind is ErrorKind.DATA_MALFORMED
        assert "OverflowError" in failure.detail


async def test_what_was_not_asked_for_is_passed_over() -> None:
    odd = b"\x40\x02\x77\x77" + b"\xd0\x00" + b"\x30\x05\x00\x01x\x00y" + b"\x90\x04\x00\x01\x00\x00"

    async with broker(says_and_takes(ACCEPTED + odd)) as url, publishing(url) as it:
        await it.until(lambda: it.publisher.published[Sort.LANE])
        assert it.failures == []


async def test_one_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "WITHIN", 0.5)
    async with broker(says(b"", stays=True)) as url, publishing(url) as it:
        failure = await it.failed()
        assert failure.kind is ErrorKind.NET_TIMEOUT
        assert "mqtts://" in failure.detail


async def test_one_that_acknowledges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "TICK", 0.05)
    async with broker(says(ACCEPTED, stays=True)) as url, publishing(url, answer_within=0.2) as it:
        failure = await it.failed()
        assert failure.kind is ErrorKind.NET_TIMEOUT
        assert "mqtts://" not in failure.detail


async def test_one_that_falls_silent_while_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps the line alive finds it, after one to two of its periods."""
    monkeypatch.setattr(line, "TICK", 0.05)
    monkeypatch.setattr(line, "KEEP_ALIVE", 1)

    async with broker(says_and_takes(ACCEPTED)) as url, publishing(url) as it:
        await it.until(lambda: it.publisher.published[Sort.LANE])
        failure = await it.failed()
        assert (failure.kind, failure.code) == (ErrorKind.NET_TIMEOUT, "0x8D")


async def test_one_that_hangs_up_at_a_certain_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "LASTED", 0.0)
    monkeypatch.setattr(publisher, "STRIKES_MAX", 2)
    bad = b"C0:00:00:00:00:01"
    async with broker(says_and_takes(ACCEPTED, but=bad)) as url, publishing(url) as it:
        for number in range(4):
            it.backend.say(LinkChanged(AT, Peer("a", f"C0:00:00:00:00:0{number}"), "up"))
        await it.until(lambda: it.publisher.published[Sort.LINK] >= 3)
        assert it.publisher.refused[Sort.LINK] >= 1
        assert it.failures[0].kind is ErrorKind.NET_CLOSED


async def test_one_that_takes_a_message_at_a_time() -> None:
    """The broker's Receive Maximum (MQTT 5, 3.2.2.3.3) is kept to; what waits stays in order."""
    topics: list[bytes] = []

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ONE_AT_A_TIME)
        while True:
            kind, packet = await _packet(reader)
            if kind & 0xF6 != 0x32:  # PUBLISH with QoS 1, retained or not
                continue
            name = packet[2 : 2 + int.from_bytes(packet[:2], "big")]
            topics.append(name)
            with suppress(TimeoutError):  # nothing may come before the acknowledgement
                async with asyncio.timeout(0.05):
                    topics.append(b"too early: " + bytes(await reader.readexactly(1)))
            writer.write(b"\x40\x02" + packet[2 + len(name) : 4 + len(name)])

    async with broker(script) as url, publishing(url) as it:
        for number in range(3):
            it.backend.say(LinkChanged(AT, Peer("a", f"C0:00:00:00:00:0{number}"), "up"))
        await it.until(lambda: it.publisher.published[Sort.LINK] == 3)
        assert [name.rpartition(b"/")[2] for name in topics if b"/links/" in name] == [
            b"C0:00:00:00:00:00",
            b"C0:00:00:00:00:01",
            b"C0:00:00:00:00:02",
        ]
        assert not any(name.startswith(b"too early") for name in topics)


async def _packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind = (await reader.readexactly(1))[0]
    length = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return kind, await reader.readexactly(length)


async def test_an_end_in_the_middle_of_a_connection_attempt_waits_for_nobody() -> None:
    """Where the packets vanish: the queue of a listener that accepts nobody is full."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        where = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(where)
        async with publishing(f"mqtt://127.0.0.1:{where[1]}/") as it:
            await it.until(lambda: any(thread.name == "publish" for thread in threading.enumerate()))
            began = time.monotonic()
        assert time.monotonic() - began < line.WITHIN / 2
        assert it.notes == []
        for one in waiting:
            one.close()


async def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with publishing(f"mqtt://127.0.0.1:{port}/") as it:
        failure = await it.failed()
        assert (failure.kind, failure.operation) == (ErrorKind.NET_REFUSED, "publish")
        assert dict(failure.evidence)["port"] == str(port)


async def test_a_name_that_there_is_not() -> None:
    async with publishing("mqtt://nowhere.invalid/") as it:
        assert (await it.failed()).kind is ErrorKind.NET_DNS
