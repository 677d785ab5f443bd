"""Clients of the TLS port that say nothing, or nothing that is TLS: bounded, counted, logged, and in nobody's way."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from bletui.bridge import tcp
from bletui.bridge.credentials import Tokens
from bletui.bridge.handshakes import HANDSHAKES_MAX
from bletui.bridge.listening import Listening
from bletui.bridge.places import Place
from bletui.bridge.remote import RemoteRadio
from bletui.bridge.server import Bridge
from bletui.model import Owner
from bletui.radio import QueuedRadio
from tests.bridge.running import served
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

HOST = "127.0.0.1"
FULL = "refused busy.capacity"


@asynccontextmanager
async def secured(folder: Path, **settings: Any) -> AsyncIterator[tuple[Bridge, Place]]:
    """The bridge on a TLS port, and where a client with a token finds it."""
    authority = trustme.CA()
    certificate = authority.issue_cert(HOST)
    certificate.private_key_pem.write_to_path(folder / "key")
    certificate.cert_chain_pems[0].write_to_path(folder / "cert")
    authority.cert_pem.write_to_path(folder / "ca")
    tokens = Tokens(folder / "tokens")
    secret = tokens.add("laptop", "operator", 1.0)
    radio = QueuedRadio(ScriptedBackend(), "a")
    await radio.open()
    context = tcp.context(folder / "cert", folder / "key")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(radio.aclose)
        listening = stack.enter_context(tcp.bound(f"{HOST}:0", tls=True))
        at = Place(host=HOST, port=listening.getsockname()[1], token=secret, tls=str(folder / "ca"))
        await stack.enter_async_context(asyncio.timeout(20))
        yield (
            await stack.enter_async_context(served([radio], Listening(listening, "tcp", tokens, context), settings)),
            at,
        )


async def comes_in(at: Place) -> None:
    seat = await RemoteRadio(at, "bridge").attach(Owner("me"))
    await seat.detach(keep=False)


async def turns() -> None:
    """So many of the loop that the bridge in it has begun with who has connected."""
    for _ in range(20):
        await asyncio.sleep(0)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0


async def test_of_many_that_say_nothing_the_oldest_go_and_who_says_hello_comes_in(tmp_path: Path) -> None:
    logged: list[dict[str, object]] = []

    def record(event: str, /, **what: object) -> None:
        logged.append({"event": event, **what})

    async with secured(tmp_path, record=record) as (made, at):
        before = descriptors()
        silent = [await asyncio.open_connection(HOST, at.port) for _ in range(HANDSHAKES_MAX + 20)]
        await until(lambda: made.counts[FULL] == 20)
        assert [await reader.read() for reader, _ in silent[:20]] == [b""] * 20
        assert descriptors() <= before + len(silent) + HANDSHAKES_MAX
        await comes_in(at)
        assert made.counts[FULL] == 21
        assert made.counts["clients"] == 1, "the others never came so far"
        (first, *_) = (line for line in logged if line["event"] == "refused")
        assert first["detail"] == f"{HANDSHAKES_MAX} others are in their TLS handshake too"
        assert first["client"] == HOST
        for _, writer in silent:
            writer.close()
        await until(lambda: descriptors() <= before)


async def test_what_is_no_handshake_is_refused_and_said(tmp_path: Path) -> None:
    async with secured(tmp_path) as (made, at):
        reader, writer = await asyncio.open_connection(HOST, at.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await reader.read()
        writer.close()
        await until(lambda: made.counts.keys() & {"refused tls.handshake"})
        await comes_in(at)


async def test_who_hangs_up_in_the_handshake_is_said_with_the_reason(tmp_path: Path) -> None:
    said: list[object] = []

    def record(event: str, /, **what: object) -> None:
        said.extend([what["detail"]] if event == "refused" else [])

    async with secured(tmp_path, record=record) as (_, at):
        _, writer = await asyncio.open_connection(HOST, at.port)
        await turns()
        writer.transport.abort()
        await until(lambda: said)
    assert all(said)


async def test_a_stop_ends_what_is_in_its_handshake(tmp_path: Path) -> None:
    async with secured(tmp_path) as (made, at):
        reader, writer = await asyncio.open_connection(HOST, at.port)
        await turns()
        made.stopped.set()
        assert await reader.read() == b""
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, at.port)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
async def test_a_system_that_has_no_room_is_asked_again(tmp_path: Path) -> None:
    import resource

    async with secured(tmp_path) as (made, at):
        with socket.socket() as client:
            client.setblocking(False)
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            lowest = os.dup(0)
            os.close(lowest)
            resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
            try:
                client.connect_ex((HOST, at.port))
                await until(lambda: made.counts[FULL])
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            await comes_in(at)
        assert made.counts[FULL] == 1
