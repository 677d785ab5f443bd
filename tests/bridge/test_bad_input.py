"""Whatever a client sends: refused with a reason, counted, logged; the bridge goes on, and the others see nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.bridge import client as limits
from bletui.bridge import seats
from bletui.bridge.admission import UNSEATED_MAX
from bletui.bridge.performing import Pending
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.bridge.server import Bridge
from bletui.failure import ErrorKind
from bletui.model import Connect, OpId, Owner, Read, Request, ScanRequest, Write
from bletui.radio import QueuedRadio
from bletui.testing.virtual_time import in_virtual_time
from tests.bridge.protocol.any_message import from_client
from tests.bridge.raw import Raw
from tests.bridge.running import bridge, remote
from tests.radio.playing import A
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

HELLO = codec.from_client(m.Hello((1,), "raw"))
Lines = list[tuple[str, dict[str, object]]]


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Bridge, Path, Lines]]:
    """A bridge, and in the end a proof that it still serves."""
    radio = QueuedRadio(ScriptedBackend(), "a")
    await radio.open()
    lines: Lines = []
    async with bridge(radio, record=lambda event, **facts: lines.append((event, facts))) as (made, socket):
        yield made, socket, lines
        far = remote(socket)
        seat = await far.attach(Owner("well-behaved"))
        assert (await seat.connect(A)).address == A
        await far.aclose()
    await radio.aclose()


async def refusal(socket: Path, data: bytes, *, seated: bool) -> ErrorKind:
    async with asyncio.timeout(8):
        raw = await Raw.to(socket)
        if seated:
            await raw.seated()
        raw.bytes(data)
        return (await raw.goodbye()).kind


MALFORMED, INVALID, OLD = ErrorKind.DATA_MALFORMED, ErrorKind.REQUEST_INVALID, ErrorKind.OP_UNSUPPORTED
BEFORE: dict[str, tuple[bytes, ErrorKind]] = {
    "another protocol": (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", MALFORMED),
    "TLS": (bytes.fromhex("16030100f8010000f40303"), MALFORMED),
    "no msgpack": (b"\0\0\0\1\xc1", MALFORMED),
    "a frame that is too long": (b"\0\1\0\1", MALFORMED),
    "a call before the hello": (codec.from_client(m.Call(1, m.AskStatus())), MALFORMED),
    "no version": (codec.from_client(m.Hello((), "raw")), OLD),
    "a later version": (codec.from_client(m.Hello((2, 3), "raw")), OLD),
    "an empty seat": (codec.from_client(m.Hello((1,), "")), INVALID),
    "another's seat": (codec.from_client(m.Hello((1,), "console@root")), INVALID),
    "a seat with control characters": (codec.from_client(m.Hello((1,), "\x1b[2J")), INVALID),
    "a program with control characters": (codec.from_client(m.Hello((1,), "raw", program="\x1b[2J")), INVALID),
    "a number that is none": (codec.from_client(m.Hello((1,), "raw", since=-1)), INVALID),
}
AFTER: dict[str, tuple[bytes, ErrorKind]] = {
    "a second hello": (HELLO, MALFORMED),
    "a number again": (codec.from_client(m.Call(4, m.AskStatus())) * 2, INVALID),
    "an older number": (codec.from_client(m.Call(4, m.AskStatus())) + codec.from_client(m.Call(3, m.Stop())), INVALID),
    "a cut message": (b"\0\0\0\x05\x92\x02\x92\x01\x92", MALFORMED),
    "nesting": (b"\0\0\xc0\0" + b"\x91" * 0xC000, MALFORMED),
}


@pytest.mark.parametrize(("data", "kind"), BEFORE.values(), ids=BEFORE)
async def test_before_the_hello(data: bytes, kind: ErrorKind) -> None:
    async with served() as (made, socket, lines):
        assert await refusal(socket, data, seated=False) is kind
        assert made.counts[f"refused {kind.value}"] == 1
        assert [facts["kind"] for event, facts in lines if event == "refused"] == [kind.value]


@pytest.mark.parametrize(("data", "kind"), AFTER.values(), ids=AFTER)
async def test_after_the_hello(data: bytes, kind: ErrorKind) -> None:
    async with served() as (made, socket, lines):
        assert await refusal(socket, data, seated=True) is kind
        assert [facts["kind"] for event, facts in lines if event == "refused"] == [kind.value]
        assert made.seats.get("raw") is not None


def operation(request: Request, **more: object) -> m.Perform:
    return m.Perform(**{"op": OpId("raw", 1), "request": request, **more})  # type: ignore[arg-type]


NO = float("nan")
REQUESTS: dict[str, m.Verb] = {
    "another's operation": operation(Connect(A), op=OpId("console", 1)),
    "a negative number": operation(Connect(A), op=OpId("raw", -1)),
    "a limit that is none": operation(Connect(A), limit=NO),
    "a limit of no time": operation(Connect(A), limit=0.0),
    "a limit without end": operation(Connect(A), limit=float("inf")),
    "a deadline before now": operation(Connect(A), deadline=-1.0),
    "a deadline that is none": operation(Connect(A), deadline=NO),
    "a priority beyond all": operation(Connect(A), priority=2**60),
    "an address of control characters": operation(Connect("\x1b[2J")),
    "an address without end": operation(Connect("A" * 5_000)),
    "no handle": operation(Read(A, handle=0)),
    "a handle over 16 bits": operation(Read(A, handle=0x10000)),
    "a value over 512 bytes": operation(Write(A, handle=1, value=b"x" * 513)),
    "a time that is none": m.History(NO),
    "nobody's seat": m.Part("nobody"),
}


@pytest.mark.parametrize("verb", REQUESTS.values(), ids=REQUESTS)
async def test_requests_that_are_wrong_are_answered(verb: m.Verb) -> None:
    async with served() as (_, socket, _lines):
        raw = await Raw.to(socket)
        await raw.seated()
        raw.say(m.Call(1, verb), m.Call(2, m.AskStatus()))
        failed = await raw.until(m.Failed)
        assert isinstance(failed, m.Failed)
        assert (failed.id, failed.failure.kind) == (1, INVALID)
        assert isinstance(await raw.until(m.Reply), m.Reply)
        raw.writer.close()


async def test_an_operation_asked_for_twice_is_done_once() -> None:
    async with served() as (made, socket, _):
        raw = await Raw.to(socket)
        await raw.seated()
        first = operation(Connect(A))
        raw.say(
            m.Call(1, first),
            m.Call(2, first),
            m.Call(3, operation(Connect("B"))),
            m.Call(4, operation(Connect(A), again=True)),
        )
        answers = [await raw.until((m.Reply, m.Failed)) for _ in range(4)]  # type: ignore[arg-type]
        assert [type(one) for one in sorted(answers, key=lambda one: one.id)] == [m.Reply, m.Failed, m.Failed, m.Reply]  # type: ignore[union-attr]
        (radio,) = made.radios.radios
        assert [call[0] for call in radio.backend.calls] == ["connect"]  # type: ignore[attr-defined]
        raw.writer.close()


fuzz = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=60).map(lambda data: len(data).to_bytes(4, "big") + data),
    st.lists(from_client, max_size=5).map(lambda said: b"".join(map(codec.from_client, said))),
    st.tuples(from_client, st.integers(4, 400), st.integers(0, 255)).map(lambda t: _spoilt(*t)),
)


def _spoilt(message: m.FromClient, at: int, byte: int) -> bytes:
    data = bytearray(codec.from_client(message))
    data[min(at, len(data) - 1)] = byte
    return bytes(data)


def test_fuzzed_clients_end_or_are_answered_and_the_bridge_serves_on() -> None:
    async def story(said: list[bytes], greeted: list[bool]) -> None:
        async with asyncio.timeout(20), served() as (made, socket, _):
            for data, hello in zip(said, greeted, strict=True):
                raw = await Raw.to(socket)
                if hello:
                    raw.say(m.Hello((1,), "raw"))
                raw.bytes(data)
                raw.writer.write_eof()
                while await raw.hear() is not None:
                    pass
                raw.writer.close()
            made.stopped.clear()  # a fuzzed client may have asked for the end, and may

    @settings(max_examples=30)
    @given(st.lists(st.tuples(fuzz, st.booleans()), min_size=1, max_size=6))
    def fuzzed(clients: list[tuple[bytes, bool]]) -> None:
        harmless = [(data, hello) for data, hello in clients if b"\x92\x0f\x90" not in data]  # Stop, which is obeyed
        if harmless:
            asyncio.run(story([data for data, _ in harmless], [hello for _, hello in harmless]))

    fuzzed()


@in_virtual_time
async def test_who_says_nothing_is_not_waited_for() -> None:
    async with served() as (made, socket, _):
        raw = await Raw.to(socket)
        assert (await raw.goodbye()).kind is ErrorKind.NET_TIMEOUT
        half = await Raw.to(socket)
        half.bytes(HELLO[:7])
        assert (await half.goodbye()).kind is ErrorKind.NET_TIMEOUT
        assert made.counts["refused net.timeout"] == 2


@in_virtual_time
async def test_who_gives_no_sign_of_life_is_parted_with() -> None:
    async with served() as (made, socket, _):
        silent = await Raw.to(socket)
        await silent.seated()
        far = remote(socket)
        await far.attach(Owner("alive"))
        failure = (await asyncio.wait_for(_end_of(silent), 400)).failure
        assert "nothing was heard for 180 s" in failure.detail
        assert made.counts["refused net.timeout"] == 1
        silent.writer.close()
        await until(lambda: len(made.clients()) == 1)
        await far.aclose()


async def _end_of(raw: Raw) -> m.Goodbye:
    while not isinstance(message := await raw.hear(), m.Goodbye):
        assert message is not None
    return message


async def test_who_does_not_say_who_it_is_keeps_nobody_out() -> None:
    """However many they are: whoever has let the bridge wait longest makes room, and is told why."""
    async with served() as (made, socket, _):
        waiting = [await Raw.to(socket) for _ in range(UNSEATED_MAX)]
        await until(lambda: len(made.clients()) == UNSEATED_MAX)
        one_more = await Raw.to(socket)
        await one_more.seated()
        assert (await waiting[0].goodbye()).kind is ErrorKind.BUSY_CAPACITY
        assert made.counts["refused busy.capacity"] == 1
        flood = [await Raw.to(socket) for _ in range(3 * UNSEATED_MAX)]
        another = await Raw.to(socket)
        await another.seated("another")
        await until(lambda: sum(not client.seated for client in made.clients()) <= UNSEATED_MAX)
        one_more.say(m.Call(1, m.AskStatus()))
        assert isinstance(await one_more.until(m.Reply), m.Reply)
        for raw in (*waiting, *flood, one_more, another):
            raw.writer.close()
        await until(lambda: not made.clients())


async def test_a_flood_is_refused_and_disturbs_nobody() -> None:
    async with served() as (made, socket, _):
        flooding = await Raw.to(socket)
        await flooding.seated("flooding")
        flooding.bytes(b"".join(codec.from_client(m.Call(n, m.AskStatus())) for n in range(1, 8_000)))
        far = remote(socket)
        seat = await far.attach(Owner("me"))
        async with asyncio.timeout(10):
            await seat.scan(ScanRequest())
        failed = await flooding.until(m.Failed)
        assert isinstance(failed, m.Failed)
        assert failed.failure.kind is ErrorKind.BUSY_CAPACITY
        assert made.counts["refused busy.capacity"] >= 1
        flooding.writer.close()
        await far.aclose()


async def test_a_client_has_so_many_requests_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CALLS_MAX", 3)
    async with served() as (made, socket, _):
        raw = await Raw.to(socket)
        await raw.seated()
        (radio,) = made.radios.radios
        radio.backend.script["X"] = [asyncio.Event().wait]  # type: ignore[attr-defined]
        raw.say(*(m.Call(n, m.Perform(OpId("raw", n), Connect("X"))) for n in range(1, 5)))
        failed = await raw.until(m.Failed)
        assert isinstance(failed, m.Failed)
        assert (failed.id, failed.failure.kind) == (4, ErrorKind.BUSY_CAPACITY)
        raw.say(m.Cancel(1), m.Cancel(2), m.Cancel(3))
        raw.writer.close()


async def test_what_is_taken_back_in_the_same_breath_is_answered_too() -> None:
    """Asked and cancelled in one piece of bytes: it has not begun, and is over all the same."""
    async with served() as (made, socket, _):
        raw = await Raw.to(socket)
        await raw.seated()
        raw.say(m.Call(1, m.Perform(OpId("raw", 1), Connect("X"))), m.Cancel(1))
        failed = await raw.until(m.Failed)
        assert isinstance(failed, m.Failed)
        assert (failed.id, failed.failure.kind) == (1, ErrorKind.OP_CANCELLED)
        assert not made.clients()[0].calls
        raw.writer.close()


async def test_a_user_has_so_many_operations_under_way_whoever_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """They outlast their connections: else whoever asks and leaves, again and again, fills the queue."""
    monkeypatch.setattr(seats, "Pending", partial(Pending, 3))
    async with served() as (made, socket, _):
        (radio,) = made.radios.radios
        backend = radio.backend  # type: ignore[attr-defined]

        async def never() -> None:
            await asyncio.Event().wait()

        backend.script["X"] = [never]
        for n in (1, 2, 3):
            raw = await Raw.to(socket)
            await raw.seated(f"asks-{n}")
            raw.say(m.Call(1, m.Perform(OpId(f"asks-{n}", 1), Connect("X"))))
            raw.say(m.Call(2, m.AskStatus()))
            await raw.until(m.Reply)
            raw.writer.close()
            await until(lambda: not made.clients())
        raw = await Raw.to(socket)
        await raw.seated("one-more")
        raw.say(m.Call(1, m.Perform(OpId("one-more", 1), Connect("X"))))
        failed = await raw.until(m.Failed)
        assert isinstance(failed, m.Failed)
        assert (failed.failure.kind, failed.failure.detail) == (
            ErrorKind.BUSY_CAPACITY,
            "3 operations of this user wait or run already",
        )
        raw.say(m.Call(2, m.CancelOp(OpId("asks-2", 1))))
        await until(lambda: sorted(states(made)) == ["cancelled", "running", "waiting"])
        raw.say(m.Call(3, m.Perform(OpId("one-more", 2), Connect("X"))))
        await until(lambda: states(made).count("waiting") == 2)
        raw.say(*(m.Call(n, m.CancelOp(op)) for n, op in enumerate([OpId("asks-1", 1), OpId("asks-3", 1)], 4)))
        await until(lambda: states(made).count("cancelled") == 3)
        raw.writer.close()


def states(made: Bridge) -> list[str]:
    made.fanout.flush()
    return [one.operation.state for one in made.fanout.folding.snapshot().operations.values()]


async def test_an_unknown_verb_is_answered() -> None:
    async with served() as (_, socket, _lines):
        raw = await Raw.to(socket)
        await raw.seated()
        raw.bytes(bytes.fromhex("00000009 9202 92 05 92cd03e8 90"))
        failed = await raw.until(m.Failed)
        assert isinstance(failed, m.Failed)
        assert (failed.id, failed.failure.kind) == (5, OLD)
        raw.writer.close()
