"""A plug-in that breaks its promises: each is a failure that names it, and the rest goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from bletui_template import ADDRESS, COUNTER, VALUE, Template

from bletui.backend import Backend, Emit, Env
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Event,
    GattTree,
    LaneChanged,
    LaneDown,
    Notification,
    Peer,
    Rung,
    ScanRequest,
    Shed,
    StreamChanged,
)
from bletui.plugin import Blame, guarded
from bletui.target import Target
from bletui.testing.contract import CHECKS, Check, Subject
from bletui.testing.virtual_time import clock, in_virtual_time, run

PLUGIN = "bletui-acme 1.2"
PEER = Peer("acme/0", ADDRESS)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where crash reports go."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "bletui"


def held(make: Callable[[Env], object]) -> Backend:
    env = Env("acme", clock=clock())
    return guarded(lambda _, env: make(env), "acme:open_target", Target("acme"), env, Blame(PLUGIN, "acme"))


async def failure_of(call: Awaitable[object]) -> Failure:
    with pytest.raises(BleError) as raised:
        await call
    assert ("plugin", PLUGIN) in raised.value.failure.evidence
    assert PLUGIN in raised.value.failure.detail
    return raised.value.failure


async def opened(make: Callable[[Env], object]) -> tuple[Backend, list[Event]]:
    backend, told = held(make), list[Event]()
    await backend.open(told.extend)
    return backend, told


def reading(result: Any = None, error: BaseException | None = None) -> type[Template]:
    class Reads(Template):
        async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
            if error is not None:
                raise error
            return result  # type: ignore[no-any-return] # whatever the case is

    return Reads


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_plugin_that_keeps_the_port_is_not_in_the_way(check: Check) -> None:
    async def checked() -> None:
        subject = Subject(
            open=lambda: held(Template), device=ADDRESS, readable=VALUE, writable=VALUE, notifying=COUNTER
        )
        await check.run(subject)

    run(checked)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda env: object(), "made object, which is no subclass of bletui.backend.Backend"),
        (lambda env: None, "made NoneType"),
        (lambda env: env.config["chip"], "acme:open_target let KeyError out"),
        (lambda env: Backend(), "acme:open_target let TypeError out"),  # type: ignore[abstract] # that is the case
    ],
)
@in_virtual_time
async def test_what_an_entry_point_makes_is_looked_at(make: Callable[[Env], object], words: str) -> None:
    with pytest.raises(BleError) as refused:
        held(make)
    assert refused.value.failure.kind is ErrorKind.INTERNAL_BUG
    assert words in refused.value.failure.detail


@in_virtual_time
async def test_an_entry_point_that_would_have_to_be_awaited_says_so() -> None:
    async def open_target(env: Env) -> Backend:
        return Template(env)

    with pytest.raises(BleError) as refused:
        held(open_target)
    assert "is `async def`" in refused.value.failure.detail


@in_virtual_time
async def test_a_refused_parameter_stays_the_plugins_own_words() -> None:
    def refuse(env: Env) -> Backend:
        Target("acme", params={"chipp": "1"}).refuse_unknown({"chip"})
        return Template(env)

    with pytest.raises(BleError) as refused:
        held(refuse)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (KeyError("value"), ErrorKind.INTERNAL_BUG),
        (SystemExit(3), ErrorKind.INTERNAL_BUG),
        (asyncio.CancelledError(), ErrorKind.INTERNAL_BUG),
        (ConnectionResetError(104, "Connection reset by peer"), ErrorKind.NET_CLOSED),
    ],
)
@in_virtual_time
async def test_what_a_call_lets_out_is_a_failure(error: BaseException, kind: ErrorKind) -> None:
    backend, _ = await opened(reading(error=error))
    failure = await failure_of(backend.read(PEER, VALUE, within=1))
    assert failure.kind is kind
    assert failure.operation == "read"
    assert type(error).__name__ in failure.detail


def test_one_mistake_leaves_one_report(state: Path) -> None:
    async def thrice() -> set[str]:
        backend, _ = await opened(reading(error=KeyError("value")))
        return {(await failure_of(backend.read(PEER, VALUE, within=1))).detail for _ in range(3)}

    (words,) = run(thrice)
    (report,) = state.iterdir()
    assert words.endswith(f"report: {report}")
    assert "KeyError: 'value'" in report.read_text()


def test_reports_are_bounded(state: Path) -> None:
    blame = Blame(PLUGIN)
    for n in range(20):
        blame.raised(f"call {n}", KeyError("value"))
    assert len(list(state.iterdir())) == 8


@pytest.mark.parametrize(("value", "words"), [("2a", "bytes expected, str found"), (None, "NoneType found")])
@in_virtual_time
async def test_what_a_call_returns_is_what_the_port_says(value: object, words: str) -> None:
    backend, _ = await opened(reading(value))
    failure = await failure_of(backend.read(PEER, VALUE, within=1))
    assert "read returned what the port does not know" in failure.detail
    assert words in failure.detail


@in_virtual_time
async def test_a_tree_of_dictionaries_is_refused() -> None:
    class Trees(Template):
        async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
            return {"services": []}  # type: ignore[return-value] # that is the case

    backend, _ = await opened(Trees)
    assert "GattTree expected, dict found" in (await failure_of(backend.discover(PEER, refresh=False, within=1))).detail


@in_virtual_time
async def test_our_own_cancellation_passes() -> None:
    class Waits(Template):
        async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
            await asyncio.sleep(60)
            return b""

    backend, _ = await opened(Waits)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await backend.read(PEER, VALUE, within=1)


@in_virtual_time
async def test_an_open_that_waits_is_ended() -> None:
    class Waits(Template):
        async def open(self, emit: Emit) -> None:
            await asyncio.sleep(1e6)

    backend = held(Waits)
    assert "did not return within 5 s" in (await failure_of(backend.open(lambda events: None))).detail
    assert asyncio.get_running_loop().time() == pytest.approx(5)


@pytest.mark.parametrize("wait", [0.0, 1e6])
@in_virtual_time
async def test_a_close_that_fails_or_waits_holds_nobody_up(wait: float) -> None:
    class Closes(Template):
        async def aclose(self) -> None:
            await asyncio.sleep(wait)
            raise RuntimeError("close")

    backend, _ = await opened(Closes)
    await backend.aclose()
    assert asyncio.get_running_loop().time() <= 2


class _EmitsMistakes(Template):
    def say(self, *events: Any) -> None:
        self._emit(events)


@in_virtual_time
async def test_what_is_told_while_it_closes_arrives_and_nothing_after_that() -> None:
    class Closes(_EmitsMistakes):
        async def aclose(self) -> None:
            self.say(LaneDown(1e9, "acme/0", Failure(kind=ErrorKind.OP_CANCELLED)))

    made = [Closes(Env("acme", clock=clock()))]
    backend, told = await opened(lambda env: made[0])
    await backend.aclose()
    made[0].say(Advertisement(1e9, "acme/0", ADDRESS, "random", -50))
    assert [type(event) for event in told] == [LaneChanged, LaneDown]


class _ScanRaises(Template):
    def scan(self, request: ScanRequest | None) -> None:
        raise KeyError("scan")


class _ScanWaits(Template):
    async def scan(self, request: ScanRequest | None) -> None:  # type: ignore[override] # that is the case
        pass


class _EmitsOne(Template):
    def scan(self, request: ScanRequest | None) -> None:
        one: Any = StreamChanged(1e9, "acme/0", "scan", "live")
        self._emit(one)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_ScanRaises, "scan let KeyError out"),
        (_ScanWaits, "scan is `async def`"),
        (_EmitsOne, "scan let TypeError out"),
    ],
)
@in_virtual_time
async def test_a_scan_that_fails_is_a_broken_stream(make: type[Template], words: str) -> None:
    backend, told = await opened(make)
    backend.scan(ScanRequest())
    (broken,) = (event for event in told if isinstance(event, StreamChanged))
    assert (broken.stream, broken.state) == ("scan", "broken")
    assert broken.failure is not None
    assert words in broken.failure.detail


@in_virtual_time
async def test_wrong_events_are_dropped_counted_and_told_once() -> None:
    made = [_EmitsMistakes(Env("acme", clock=clock()))]
    backend, told = await opened(lambda env: made[0])
    heard: Any = Advertisement(1e9, "acme/0", ADDRESS, "random", -50)
    for _ in range(3):
        made[0].say(heard, heard._replace(rssi="-50"), "hello")
    assert [event for event in told if isinstance(event, Advertisement)] == [heard] * 3
    await asyncio.sleep(1.1)
    assert [(event.what, event.count) for event in told if isinstance(event, Shed)] == [("malformed events", 6)]
    complaints = [event.failure.detail for event in told if isinstance(event, StreamChanged) and event.failure]
    assert len(complaints) == 2
    assert "rssi: int or None expected, str found" in complaints[0]
    await backend.aclose()
    made[0].say(heard)
    assert [event for event in told if isinstance(event, Advertisement)] == [heard] * 3


@in_virtual_time
async def test_a_flood_is_bounded_and_its_losses_are_told_once_a_second() -> None:
    made = [_EmitsMistakes(Env("acme", clock=clock()))]
    backend, told = await opened(lambda env: made[0])
    heard = Advertisement(1e9, "acme/0", ADDRESS, "random", -50)
    for _ in range(100):  # 100,000 a second, for a second
        made[0].say(*[heard] * 1_000)
        await asyncio.sleep(0.01)
    passed = sum(isinstance(event, Advertisement) for event in told)
    assert 19_000 < passed <= 20_000, "a second's worth at once, and one for the second that passed"
    await asyncio.sleep(2)
    told.clear()
    made[0].say(heard)
    assert told == [heard], "the bucket is full again"
    made[0].say(*[Notification(1e9, PEER, COUNTER, b"*")] * 20_000)
    await backend.aclose()
    assert sum(isinstance(event, Notification) for event in told) == 9_999
    assert [(e.what, e.count) for e in told if isinstance(e, Shed)] == [("notifications", 10_001)]


@in_virtual_time
async def test_emitting_from_another_thread_is_refused_where_it_happens() -> None:
    caught: list[str] = []

    class Threaded(Template):
        def scan(self, request: ScanRequest | None) -> None:
            thread = threading.Thread(target=self._elsewhere)
            thread.start()
            thread.join()

        def _elsewhere(self) -> None:
            with pytest.raises(RuntimeError) as refused:
                self._emit([])
            caught.append(str(refused.value))

    backend, _ = await opened(Threaded)
    backend.scan(None)
    assert "call_soon_threadsafe" in caught[0]


class _ProbeRaises(Template):
    async def probe(self) -> AsyncIterator[Rung]:
        yield Rung("TCP", "ok", "1 ms")
        raise ValueError("probe")


class _ProbeGarbage(Template):
    async def probe(self) -> AsyncIterator[Rung]:
        yield Rung("TCP", "ok", "1 ms")
        yield "ok"  # type: ignore[misc] # that is the case


class _ProbeReturns(Template):
    async def probe(self) -> Sequence[Rung]:  # type: ignore[override] # that is the case
        return []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_ProbeRaises, "probe let ValueError out"),
        (_ProbeGarbage, "Rung expected, str found"),
        (_ProbeReturns, "`async def` with `yield`"),
    ],
)
@in_virtual_time
async def test_a_probe_that_fails_is_a_broken_rung(make: type[Template], words: str) -> None:
    rungs = [rung async for rung in held(make).probe()]
    assert [rung.state for rung in rungs if rung.name == "TCP"] in ([], ["ok"])
    assert rungs[-1].state == "fail"
    assert words in rungs[-1].evidence


@in_virtual_time
async def test_a_probe_that_is_left_is_closed() -> None:
    closed: list[bool] = []

    class Probed(Template):
        async def probe(self) -> AsyncIterator[Rung]:
            try:
                yield Rung("TCP", "ok", "1 ms")
                yield Rung("TLS", "ok", "2 ms")
            finally:
                closed.append(True)

    rungs = held(Probed).probe()
    assert isinstance(rungs, AsyncGenerator)
    await anext(rungs)
    await rungs.aclose()
    assert closed == [True]


@in_virtual_time
async def test_its_own_events_arrive() -> None:
    _, told = await opened(Template)
    assert [type(event) for event in told] == [LaneChanged]
