from __future__ import annotations

import asyncio
import re
from collections import Counter

import pytest

from bletui.bridge import metrics
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Advertisements,
    Connect,
    Event,
    Folding,
    Lane,
    LaneChanged,
    LinkChanged,
    Operation,
    OperationChanged,
    OpId,
    OpState,
    Owner,
    Peer,
    Shed,
)
from bletui.radio import QueuedRadio
from tests.bridge.running import bridge, remote
from tests.bridge.samples import values
from tests.failing import failure_of
from tests.radio.playing import A, B, at_once
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
        made.fanout.ring.lost = 3
        told = values(made.metrics().replace('odd \\"events\\"\\n', "odd"))
        expected = {"bletui_advertisements_total": 1, "bletui_links": 1, "bletui_clients": 1, "bletui_seats": 1}
        assert {name: told[name] for name in expected} == expected
        assert told['bletui_failures_total{kind="link.connect-timeout"}'] == 1
        assert told['bletui_shed_total{what="odd"}'] == 4
        assert told["bletui_ring_lost_total"] == 3
        families = [name.removesuffix("_total") for name in re.findall(r"^# TYPE (\w+)", made.metrics(), re.MULTILINE)]
        assert len(families) == len(set(families)), "OpenMetrics takes a counter's name without its `_total`"
        await far.aclose()
    await radio.aclose()


def test_every_value_is_what_it_says() -> None:
    def operation(n: int, state: OpState, failure: Failure | None = None) -> OperationChanged:
        return OperationChanged(
            1.0, Operation(id=OpId("me", n), request=Connect(A), state=state, started=1.0, limit=20.0, failure=failure)
        )

    failed = Failure(kind=ErrorKind.LINK_NOT_SEEN)
    heard = Advertisement(1.0, "a", A, None, -50)
    events: tuple[Event, ...] = (
        LaneChanged(1.0, Lane("a")),
        LaneChanged(1.0, Lane("b", usable=failed)),
        LinkChanged(1.0, Peer("a", A), "up"),
        LinkChanged(1.0, Peer("a", B), "connecting"),
        operation(1, "waiting"), operation(2, "running"), operation(3, "running"), operation(4, "done"),
        operation(5, "retrying", failed), operation(6, "failed", failed),
        heard,
        Shed(1.0, "a", "advertisements", 4), Shed(1.0, "b", "advertisements", 5),
    )  # fmt: skip
    tally, folding = metrics.Tally(), Folding()
    tally.note(events)
    tally.note(Advertisements([heard, heard]))
    folding.extend(events)
    counts = Counter({"clients": 7, "shed": 11, "ring lost": 13, "refused auth.refused": 2, "refused busy.capacity": 3})
    assert values(metrics.text(tally, folding.snapshot(), counts, 5, 6)) == {
        "bletui_advertisements_total": 3,
        'bletui_failures_total{kind="link.not-seen"}': 1,
        'bletui_operations{state="waiting"}': 1,
        'bletui_operations{state="running"}': 2,
        'bletui_operations{state="retrying"}': 1,
        'bletui_shed_total{what="advertisements"}': 9,
        "bletui_client_shed_total": 11,
        "bletui_ring_lost_total": 13,
        'bletui_refused_total{kind="auth.refused"}': 2,
        'bletui_refused_total{kind="busy.capacity"}': 3,
        "bletui_connections_total": 7,
        "bletui_clients": 5,
        "bletui_seats": 6,
        "bletui_links": 1,
        "bletui_lanes": 1,
    }


async def test_who_does_not_finish_asking_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "WITHIN", 0.05)
    server = await asyncio.start_server(lambda reader, writer: metrics.serve(reader, writer, str), "127.0.0.1")
    async with asyncio.timeout(10), server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        writer.write(b"GET /metrics")
        assert await reader.read() == b""
        writer.close()


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
