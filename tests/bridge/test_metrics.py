from __future__ import annotations

import asyncio
import re

import pytest

from bletui.bridge import metrics
from bletui.failure import ErrorKind, Failure
from bletui.model import Advertisement, Owner, Shed
from bletui.radio import QueuedRadio
from tests.bridge.running import bridge, remote
from tests.bridge.samples import values
from tests.radio.playing import A, B, at_once, failure_of
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until


async def test_the_page_counts_what_happened() -> None:
    backend = ScriptedBackend()
    radio = QueuedRadio(backend, "a", policy=at_once)
    await radio.open()
    async with asyncio.timeout(10), bridge(radio) as (made, socket):
        far = remote(socket)
        seat = await far.attach(Owner("me"))
        await seat.connect(A)
        backend.script[B] = [Failure(kind=ErrorKind.LINK_CONNECT_TIMEOUT, retry="never")] * 3
        await failure_of(seat.connect(B))
        backend.say(Advertisement(1.0, "a", B, None, -50), Shed(1.0, None, 'odd "events"\n', 4))
        await until(lambda: made.intake.tally.advertisements)
        told = values(made.metrics().replace('odd \\"events\\"\\n', "odd"))
        expected = {"bletui_advertisements_total": 1, "bletui_links": 1, "bletui_clients": 1, "bletui_seats": 1}
        assert {name: told[name] for name in expected} == expected
        assert told['bletui_failures_total{kind="link.connect-timeout"}'] == 1
        assert told['bletui_shed_total{what="odd"}'] == 4
        families = [name.removesuffix("_total") for name in re.findall(r"^# TYPE (\w+)", made.metrics(), re.MULTILINE)]
        assert len(families) == len(set(families)), "OpenMetrics takes a counter's name without its `_total`"
        await far.aclose()
    await radio.aclose()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", b"200 OK"),
        (b"GET /metrics?a=b HTTP/1.0\r\n\r\n", b"200 OK"),
        (b"GET / HTTP/1.1\r\n\r\n", b"404 Not Found"),
        (b"POST /metrics HTTP/1.1\r\n\r\n", b"404 Not Found"),
        (b"\xff\xff\r\n\r\n", b"404 Not Found"),
        (b"GET /metrics HTTP/1.1\r\n", b""),
        (b"x" * 20_000, b""),
    ],
)
async def test_it_answers_one_thing(request_: bytes, status: bytes) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: metrics.serve(reader, writer, lambda: "bletui_links 1\n"),
        "127.0.0.1",
        limit=metrics.REQUEST_MAX,
    )
    async with asyncio.timeout(10), server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        writer.write(request_)
        writer.write_eof()
        try:
            answer = await reader.read()
        except ConnectionError:  # what it did not want to read is thrown away with the connection
            answer = b""
        assert answer.startswith(b"HTTP/1.1 " + status if status else b"")
        assert (b"bletui_links 1\n" in answer) is (status == b"200 OK")
        writer.close()
