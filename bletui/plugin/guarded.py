"""A plug-in's backend behind the port it promised to keep."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from threading import get_ident
from typing import Any, TypeVar

from bletui.backend import Backend, Emit, Env
from bletui.failure import BleError, Failure
from bletui.model import (
    AddressType,
    Advertisement,
    Bond,
    Event,
    GattTree,
    Notification,
    NotifyMode,
    Peer,
    Phy,
    Rung,
    ScanRequest,
    Shed,
    StreamChanged,
)
from bletui.plugin.blame import BUGS, Blame
from bletui.plugin.events import admitted, shaped
from bletui.plugin.flood import Flood
from bletui.target import Target
from bletui.wire.schema import ShapeError

T = TypeVar("T")

OPEN_WITHIN = 5.0  # seconds; the port allows one, and a slow machine is no broken promise
CLOSE_WITHIN = 2.0  # seconds
TOLD_MAX = 8  # different mistakes in events that are told; all are counted
TELL_EVERY = 1.0  # seconds between two counts of what was dropped
_FLOODS: dict[type, str] = {Advertisement: "advertisements", Notification: "notifications"}


def guarded(make: Callable[[Target, Env], object], where: str, target: Target, env: Env, blame: Blame) -> Backend:
    """What the entry point at `where` makes of `target`, held to the port. Raises `BleError`, its own or with blame."""
    try:
        made = make(target, env)
    except BUGS as bug:
        raise blame.raised(where, bug) from bug
    if inspect.iscoroutine(made):
        made.close()
        raise BleError(blame.breach("open", f"{where} is `async def`; it makes a backend without waiting"))
    if not isinstance(made, Backend):
        raise BleError(
            blame.breach("open", f"{where} made {type(made).__name__}, which is no subclass of bletui.backend.Backend")
        )
    return Guarded(made, env, blame)


class Guarded(Backend):
    """Passes every call on. What the plug-in lets out, returns or emits wrongly is a failure that names it."""

    def __init__(self, inner: Backend, env: Env, blame: Blame) -> None:
        self._inner, self._env, self._blame = inner, env, blame
        self.chooses_lane = bool(inner.chooses_lane)  # type: ignore[misc] # the plug-in's class decides, not this one
        self._emit: Emit | None = None
        self._thread = 0
        self._told: set[str] = set()
        self._flood = Flood()
        self._dropped: Counter[str] = Counter()
        self._telling: asyncio.TimerHandle | None = None

    async def open(self, emit: Emit) -> None:
        self._emit, self._thread = emit, get_ident()
        try:
            async with asyncio.timeout(OPEN_WITHIN) as limit:
                await self._call("open", None, lambda: self._inner.open(self._pass))
        except TimeoutError:
            assert limit.expired(), "_call lets no other exception out"
            words = f"open did not return within {OPEN_WITHIN:g} s; it must not wait for the far side"
            raise BleError(self._blame.breach("open", words)) from None

    async def aclose(self) -> None:
        """Ends it, bounded. What goes wrong then can disturb nobody any more; a bug leaves its report."""
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._inner.aclose()
        except BUGS as bug:
            self._blame.raised("aclose", bug)
        finally:
            self._tell_losses()
            self._emit = None

    def scan(self, request: ScanRequest | None) -> None:
        try:
            answer: object = self._inner.scan(request)
        except BUGS as bug:
            self._broken("scan", self._blame.raised("scan", bug).failure)
            return
        if inspect.iscoroutine(answer):
            answer.close()
            self._broken("scan", self._blame.breach("scan", "scan is `async def`; it states a wish and returns"))

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        return await self._call(
            "connect",
            Peer,
            lambda: self._inner.connect(address, lane=lane, address_type=address_type, pair=pair, within=within),
        )

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        await self._call("disconnect", None, lambda: self._inner.disconnect(peer, within=within))

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        return await self._call(
            "discover", GattTree, lambda: self._inner.discover(peer, refresh=refresh, within=within)
        )

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        return await self._call("read", bytes, lambda: self._inner.read(peer, handle, within=within))

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        await self._call(
            "write", None, lambda: self._inner.write(peer, handle, value, response=response, within=within)
        )

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        await self._call("subscribe", None, lambda: self._inner.subscribe(peer, handle, mode=mode, within=within))

    async def pair(self, peer: Peer, *, within: float) -> None:
        await self._call("pair", None, lambda: self._inner.pair(peer, within=within))

    async def unpair(self, peer: Peer, *, within: float) -> None:
        await self._call("unpair", None, lambda: self._inner.unpair(peer, within=within))

    async def answer(self, prompt: int, value: str | None) -> None:
        await self._call("answer", None, lambda: self._inner.answer(prompt, value))

    async def rssi(self, peer: Peer, *, within: float) -> int:
        return await self._call("rssi", int, lambda: self._inner.rssi(peer, within=within))

    async def set_phy(self, peer: Peer, *, tx: tuple[str, ...], rx: tuple[str, ...], within: float) -> Phy:
        return await self._call("set_phy", Phy, lambda: self._inner.set_phy(peer, tx=tx, rx=rx, within=within))

    async def bonds(self) -> tuple[Bond, ...]:
        return await self._call("bonds", tuple[Bond, ...], self._inner.bonds)

    async def probe(self) -> AsyncIterator[Rung]:
        try:
            rungs = _generated(self._inner.probe())
            try:
                async for rung in rungs:
                    yield shaped(Rung, rung)
            finally:
                if isinstance(rungs, AsyncGenerator):
                    await rungs.aclose()
        except BleError:
            raise
        except ShapeError as wrong:
            failure = self._blame.breach("probe", f"probe yields what is no rung: {wrong}")
            yield Rung("probe", "fail", failure.detail, failure)
        except BUGS as bug:
            failure = self._blame.raised("probe", bug).failure
            yield Rung("probe", "fail", failure.detail, failure)

    async def _call(self, operation: str, kind: Any, make: Callable[[], Awaitable[T]]) -> T:
        """The call's result as `kind` (None: it has none); only `BleError` and a cancellation of ours leave."""
        try:
            result = await make()
            return result if kind is None else shaped(kind, result)
        except BleError:
            raise
        except asyncio.CancelledError as cancelled:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # a future of the plug-in's own was cancelled: whoever waits here was not
            raise self._blame.raised(operation, cancelled) from cancelled
        except ShapeError as wrong:
            raise BleError(
                self._blame.breach(operation, f"{operation} returned what the port does not know: {wrong}")
            ) from wrong
        except BUGS as bug:
            raise self._blame.raised(operation, bug) from bug

    def _pass(self, events: Sequence[Event]) -> None:
        """The `emit` that the plug-in is given."""
        if get_ident() != self._thread:
            raise RuntimeError("emit() belongs to the loop's thread; from another: loop.call_soon_threadsafe(emit, …)")
        if not isinstance(events, Sequence):
            raise TypeError(f"emit() takes a sequence of events, not one {type(events).__name__}")
        if self._emit is None:
            return  # closed
        good: list[Event] = []
        room = left = self._flood.room(self._env.clock.monotonic())
        for event in events:
            what = _FLOODS.get(type(event))
            if what and (left := left - 1) < 0:
                self._drop(what)
                continue
            try:
                good.append(admitted(event))
            except ShapeError as misfit:
                self._drop("malformed events")
                good += self._complaint(str(misfit))
        self._flood.took(room - max(left, 0))
        if good:
            self._emit(good)

    def _complaint(self, words: str) -> list[Event]:
        if words in self._told or len(self._told) == TOLD_MAX:
            return []
        self._told.add(words)
        failure = self._blame.breach("emit", f"emit was given what is dropped: {words}")
        return [StreamChanged(self._env.clock.wall(), None, "events", "broken", failure)]

    def _drop(self, what: str) -> None:
        """Counts what is dropped; it is told once a second, or a flood would become one of losses."""
        self._dropped[what] += 1
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TELL_EVERY, self._tell_losses)

    def _tell_losses(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        if self._emit is not None and self._dropped:
            at = self._env.clock.wall()
            self._emit([Shed(at, None, what, count) for what, count in self._dropped.items()])
        self._dropped.clear()

    def _broken(self, stream: str, failure: Failure) -> None:
        if self._emit is not None:
            self._emit([StreamChanged(self._env.clock.wall(), None, stream, "broken", failure)])


def _generated(rungs: AsyncIterator[Rung]) -> AsyncIterator[Rung]:
    if inspect.iscoroutine(rungs):
        rungs.close()
        raise ShapeError("it is no generator (`async def` with `yield`)")
    return rungs
