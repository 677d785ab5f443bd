"""Streams that fail, over real sockets, and what is done about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backend import Env
from bletui.backends.cassia.options import Site
from bletui.backends.cassia.stream import OPENING, SILENCE, STEADY, Reader, keep, pause
from bletui.clock import Clock
from bletui.errors import Context
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.model import ScanRequest, StreamState
from tests.backends.cassia.heard import opened, target_of
from tests.backends.cassia.recorded_router import (
    EVENTS,
    HTML,
    JSON,
    TEXT,
    Raw,
    RecordedRouter,
    Reply,
    Script,
    Stream,
    data_event,
    samples,
)

SCAN = "/gap/nodes?event=1"
SAMPLES = [data_event(event) for event in samples()]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


async def read(script: Script, **times: float) -> tuple[bytes, bool, Failure]:
    """What came, whether the stream was live, and how it ended."""
    came: list[bytes] = []
    lived: list[bool] = []
    async with RecordedRouter({SCAN: script}) as router:
        reader = Reader(Site(False, "127.0.0.1", router.port), None, Context, **times)
        with pytest.raises(BleError) as end:
            async with asyncio.timeout(10):
                await reader.read(
                    "/gap/nodes",
                    {"event": "1"},
                    {},
                    live=lambda: lived.append(True),
                    take=came.append,
                    operation="scan",
                )
        return b"".join(came), bool(lived), end.value.failure


def test_the_times_are_those_of_the_keep_alive() -> None:
    assert SILENCE == 2.5 * 30
    assert OPENING < SILENCE


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (Stream(SAMPLES, then="end"), ErrorKind.NET_CLOSED),
        (Stream(SAMPLES, then="cut"), ErrorKind.NET_CLOSED),
        (Raw(HEAD + b"\r\n" + b"".join(SAMPLES)), ErrorKind.NET_CLOSED),  # ended by the connection's end
        (Raw(HEAD + b"Content-Length: 99999\r\n\r\n" + b"".join(SAMPLES)), ErrorKind.NET_CLOSED),
    ],
)
async def test_every_end_is_a_disconnect_and_nothing_before_it_is_lost(script: Script, kind: ErrorKind) -> None:
    came, lived, failure = await read(script)
    assert lived
    assert came == b"".join(SAMPLES)
    assert failure.kind is kind
    assert failure.operation == "scan"


async def test_a_broken_chunk_ends_the_stream_after_what_was_whole() -> None:
    first = b"%x\r\n%b\r\n" % (len(SAMPLES[0]), SAMPLES[0])
    came, _, failure = await read(Raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + first + b"nonsense\r\n"))
    assert came == SAMPLES[0]
    assert failure.kind in {ErrorKind.DATA_MALFORMED, ErrorKind.NET_CLOSED}


async def test_silence_is_a_time_out() -> None:
    came, lived, failure = await read(Stream(SAMPLES), silence=0.2)
    assert (came, lived) == (b"".join(SAMPLES), True)
    assert failure.kind is ErrorKind.NET_TIMEOUT


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200", HEAD])
async def test_a_router_that_does_not_answer_is_a_time_out(start: bytes) -> None:
    _, lived, failure = await read(Raw(start, hold=True), opening=0.3)
    assert not lived
    assert failure.kind is ErrorKind.NET_TIMEOUT


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (Reply(200, HTML, "text/html"), ErrorKind.DATA_MALFORMED),
        (Stream([b"{}"], then="end", type=JSON), ErrorKind.DATA_MALFORMED),
        (Stream(SAMPLES, then="end", type=""), ErrorKind.DATA_MALFORMED),
        (Reply(200, b"", EVENTS, (("Content-Encoding", "gzip"),)), ErrorKind.DATA_MALFORMED),
        (Reply(301, b"", TEXT, (("Location", "https://elsewhere/"),)), ErrorKind.ROUTER_CONFIG),
        (Reply(403, b'{"error":"forbidden","error_description":"Token not found or expired"}', ""),
         ErrorKind.AUTH_REFUSED),
        (Reply(404, b"URL not found"), ErrorKind.ROUTER_CONFIG),
        (Reply(500, b"chip is busy"), ErrorKind.BUSY_CHIP),
        (Reply(500, b"chip is not ready"), ErrorKind.ADAPTER_FAULT),
        (Reply(500, b"parameter invalid"), ErrorKind.REQUEST_INVALID),
        (Reply(500, b"no resources"), ErrorKind.BUSY_CAPACITY),
        (Reply(502, HTML, "text/html"), ErrorKind.ROUTER_UNAVAILABLE),
        (Raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), ErrorKind.DATA_MALFORMED),
        (Raw(), ErrorKind.NET_CLOSED),
        (Raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), ErrorKind.DATA_MALFORMED),
    ],
)  # fmt: skip
async def test_what_is_no_stream_is_no_live_stream(script: Script, kind: ErrorKind) -> None:
    came, lived, failure = await read(script)
    assert (came, lived) == (b"", False)
    assert failure.kind is kind


async def test_only_the_start_of_an_endless_refusal_is_read() -> None:
    _, _, failure = await read(Reply(500, b"x" * 10_000_000))
    assert len(failure.body) < 100_000


async def test_an_event_stream_may_name_its_charset() -> None:
    came, lived, _ = await read(Stream(SAMPLES, then="end", type="Text/Event-Stream; charset=UTF-8"))
    assert (came, lived) == (b"".join(SAMPLES), True)


async def test_cancelling_closes_the_connection() -> None:
    async with RecordedRouter({SCAN: Stream(SAMPLES)}) as router:
        live = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            reader = Reader(Site(False, "127.0.0.1", router.port), None, Context)
            reading = group.create_task(
                reader.read("/gap/nodes", {"event": "1"}, {}, live=live.set, take=lambda data: None, operation="scan")
            )
            await live.wait()
            reading.cancel()
        await router.until(lambda: router.open_streams == 0)


async def test_filters_that_the_router_refuses_are_not_tried_again() -> None:
    env = Env("lab", speed=100.0)
    refusal = Reply(500, b"parameter invalid")
    async with RecordedRouter({SCAN: refusal}) as router, opened(target_of(router.url), env) as (backend, heard):
        backend.scan(ScanRequest())
        await heard.until(lambda: "broken" in heard.states)
        assert heard.streams[-1].retry_at is None
        backend.scan(ScanRequest())  # until someone asks again
        await heard.until(lambda: heard.states.count("broken") == 2)
        assert len(router.streams_asked()) == 2


# -- trying again


def failure(kind: ErrorKind = ErrorKind.NET_CLOSED, retry_after: float | None = None) -> Failure:
    return Failure(kind=kind, retry_after=retry_after)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_are_bounded_and_scatter(attempt: int, chance: float) -> None:
    most = min(30.0, 2.0 ** min(attempt, 10))
    wait = pause(failure(), attempt, chance)
    assert wait is not None
    assert most / 2 <= wait <= most


def test_a_person_gets_a_minute_and_a_refused_request_no_other_try() -> None:
    assert pause(failure(ErrorKind.AUTH_REFUSED), 0, 0.0) == 60
    assert pause(failure(ErrorKind.REQUEST_INVALID), 0, 0.0) is None


def test_what_the_far_side_asks_for_counts() -> None:
    assert pause(failure(retry_after=120), 0, 0.5) == 120
    assert pause(failure(retry_after=0.1), 3, 0.0) == 8
    assert pause(failure(retry_after=1e9), 0, 0.0) == 3600


async def kept(lives: list[Failure | float]) -> list[tuple[StreamState, float | None]]:
    """States and the pauses before the next try, of a stream with these lives; the last one is never tried again."""
    now = [1000.0]
    said: list[tuple[StreamState, float | None]] = []
    turns = iter([*lives, failure(ErrorKind.REQUEST_INVALID)])

    async def once(live: Callable[[], None]) -> None:
        life = next(turns)
        if isinstance(life, Failure):
            raise BleError(life)
        live()
        now[0] += life
        raise BleError(failure())

    def say(state: StreamState, why: Failure | None, retry_at: float | None) -> None:
        assert (why is None) is (state != "broken")
        said.append((state, None if retry_at is None else round((retry_at - now[0]) * 1000, 3)))

    clock = Clock(wall=lambda: now[0], monotonic=lambda: now[0])
    await keep(once, say, clock=clock, speed=1000.0, chance=lambda: 0.0)
    return said


async def test_a_stream_that_never_comes_is_tried_ever_less_often() -> None:
    said = await kept([failure()] * 7)
    assert [wait for state, wait in said if state == "broken"] == [1, 2, 4, 8, 16, 30, 30, None]
    assert "live" not in [state for state, _ in said]


async def test_a_stream_that_worked_is_tried_again_soon() -> None:
    said = await kept([failure(), failure(), 2 * STEADY / 1000, failure()])
    assert [wait for state, wait in said if state == "broken"] == [1, 2, 1, 2, None]


async def test_a_stream_that_dies_at_once_is_not_hammered() -> None:
    said = await kept([0.0, 0.0, 0.0])
    assert said == [
        ("opening", None), ("live", None), ("broken", 1),
        ("opening", None), ("live", None), ("broken", 2),
        ("opening", None), ("live", None), ("broken", 4),
        ("opening", None), ("broken", None),
    ]  # fmt: skip
