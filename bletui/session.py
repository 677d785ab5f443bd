"""One or more radios joined to one store and one log: what console and command line look at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from itertools import chain, repeat
from types import TracebackType

from bletui import registry
from bletui.backend import Env
from bletui.clock import Clock
from bletui.config.environment import env as plain_env
from bletui.devices import DeviceStore
from bletui.failure import BleError, ErrorKind, Failure
from bletui.log import Entry as Entry
from bletui.log import Log, Mark
from bletui.log.failing import Failing
from bletui.log.tally import Tally
from bletui.model import (
    Advertisement,
    Advertisements,
    Event,
    Folding,
    LaneChanged,
    LaneDown,
    Owner,
    ScanRequest,
    Snapshot,
    StreamChanged,
    StreamState,
)
from bletui.radio import Attachment, Radio
from bletui.target import Target

WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds between tries to open a radio; the last one from then on
BY_ITSELF = ("now", "backoff")
RADIO = "radio"  # the stream that tells of the radio itself


class Joined:
    """One radio of a session: its state without advertisements (the store has these), or why it did not open."""

    def __init__(self, name: str, target: Target) -> None:
        self.name = name
        self.target = target
        self.attachment: Attachment | None = None
        self.failure: Failure | None = None
        self.retry_at: float | None = None  # wall time of the next try to open it
        self.again = asyncio.Event()  # it is tried at once
        self.first_line = 0  # of the log, of what happened since it was joined
        self._folding = Folding()
        self._state: Snapshot | None = None

    @property
    def owner(self) -> str:
        """Whose operations and links are ours there: a bridge may give another name than was wished for."""
        return "" if self.attachment is None else self.attachment.owner.id

    @property
    def state(self) -> Snapshot:
        """Lanes, streams, links, shed counts …; `heard` is empty. One value until something changes."""
        if self._state is None:
            self._state = self._folding.snapshot()
        return self._state

    def start(self, attachment: Attachment) -> None:
        self.attachment = attachment
        self._folding = Folding(replace(attachment.snapshot, heard={}))
        self._state = None

    def note(self, events: Iterable[Event]) -> None:
        self._folding.extend(events)
        self._state = None

    def problems(self) -> list[Failure]:
        """What is wrong now: the radio itself, its lanes, its streams. One cause that shows at several counts once."""
        found = [self.failure] if self.failure else []
        found += [changed.lane.usable for changed in self.state.lanes.values() if changed.lane.usable]
        found += [stream.failure for stream in self.state.streams.values() if stream.failure]
        causes = {_cause(failure): failure for failure in reversed(found)}
        return list(reversed(causes.values()))


def _cause(failure: Failure | None) -> object:
    return failure and (failure.kind, failure.source, failure.code, failure.message)


class Session:
    """Opens radios side by side; one that fails stays visible with its failure and does not disturb the others.

    Use as `async with Session(targets) as session:`; a bug in a radio's events ends the block with its exception.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        *,
        owner: Owner | None = None,
        clock: Clock | None = None,
        env: Env | None = None,
        names: Mapping[str, str] | None = None,
        open_radio: Callable[[Target, Env], Awaitable[Radio]] = registry.open_radio,
    ) -> None:
        self.owner = owner or Owner("session")
        self.clock = clock or Clock()
        self.store = DeviceStore(names)  # own names by address
        self.log = Log()
        self.tally = Tally()  # counted from all that happened, what the log has lost included
        self.failing = Failing()
        self.radios = {name: Joined(name, target) for name, target in named(targets)}
        self._env = env or plain_env(clock=self.clock)
        self._open_radio = open_radio
        self._opened: dict[str, Radio] = {}
        self.wish: ScanRequest | None = None
        self._stack = AsyncExitStack()
        self._group: asyncio.TaskGroup | None = None
        self._pumps: dict[str, asyncio.Task[None]] = {}
        self._leaving: set[str] = set()

    async def __aenter__(self) -> Session:
        self._group = await self._stack.enter_async_context(asyncio.TaskGroup())
        for joined in self.radios.values():
            self._start(joined)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        for name in self._pumps:
            self._stop(name)
        async with asyncio.TaskGroup() as closing:
            for name, radio in self._opened.items():
                closing.create_task(_left(self.radios[name], radio))
        # Not the body's own exception: the task group would wrap it, and whoever wrote the body expects it as it is.
        return await self._stack.__aexit__(None, None, None)

    def use(self, env: Env) -> None:
        """Radios that are opened from now on are opened in this environment."""
        self._env = env

    def add(self, target: Target) -> str:
        """Opens one more radio beside the others; its name."""
        name = named([*(joined.target for joined in self.radios.values()), target])[-1][0]
        while name in self.radios:  # a radio between was retargeted
            name += "+"
        self.radios[name] = Joined(name, target)
        self._start(self.radios[name])
        return name

    async def reopen(self, name: str, target: Target | None = None) -> None:
        """Closes the radio and opens it anew, at another target if one is given, in the same place."""
        old = self.radios[name]
        await self._close(name)
        self.radios[name] = Joined(name, target or old.target)
        self._start(self.radios[name])

    async def remove(self, name: str) -> None:
        """Closes the radio and forgets what it heard; its lines of the log stay."""
        await self._close(name)
        del self.radios[name], self._pumps[name]

    async def _close(self, name: str) -> None:
        old = self.radios[name]
        self._stop(name)
        await asyncio.wait([self._pumps[name]])
        self._leaving.discard(name)
        for lane in old.state.lanes:
            self.store.forget_lane(lane)
        self.failing.forget(name)
        if radio := self._opened.pop(name, None):
            await _left(old, radio)

    async def rescan(self) -> None:
        """Opens every scan stream anew, at once, and every radio that waits for another try; the wish stays."""
        for joined in self.radios.values():
            joined.again.set()
            if joined.attachment is not None and _may_scan(joined.attachment):
                await joined.attachment.rescan()

    async def scan(self, request: ScanRequest | None) -> None:
        """States the wish for every radio, those included that are still opening; one that waits to be tried again is
        tried at once."""
        self.wish = request
        for joined in self.radios.values():
            joined.again.set()
            if joined.attachment is not None:
                await _wished(joined.attachment, request)

    def going(self) -> None:
        """Before the tasks that use it are cancelled: what they asked of radios that others keep open goes on."""
        for joined in self.radios.values():
            if joined.attachment is not None:
                joined.attachment.going()

    def problems(self) -> list[Failure]:
        return [failure for joined in self.radios.values() for failure in joined.problems()]

    def mark(self, text: str = "") -> int:
        """Marks this moment in the log; the number of its line."""
        self.log.append(Entry("", Mark(self.clock.wall(), text)))
        return self.log.end - 1

    def shed(self) -> int:
        """Events dropped or not understood so far, all radios together."""
        return sum(sum(joined.state.shed.values()) for joined in self.radios.values())

    def _start(self, joined: Joined) -> None:
        assert self._group is not None, "use the session as `async with`"
        self._pumps[joined.name] = self._group.create_task(self._join(joined), name=joined.name)

    def _stop(self, name: str) -> None:
        self._leaving.add(name)
        self._pumps[name].cancel()

    async def _join(self, joined: Joined) -> None:
        for wait in chain(WAITS, repeat(WAITS[-1])):
            if not await self._tried(joined):
                return
            await self._wait(joined, wait)

    async def _tried(self, joined: Joined) -> bool:
        """Opens the radio and follows it to its end; True: it did not open, for a reason that may pass by itself."""
        try:
            await self._follow(joined)
        except BleError as failed:
            self._log_radio(joined, failed.failure)
            joined.failure = failed.failure
        except asyncio.CancelledError:
            if joined.name not in self._leaving and (radio := self._opened.pop(joined.name, None)):
                await radio.aclose()  # a task of the backend's failed and took this one along: out with its exception
            raise
        if joined.failure is None or joined.attachment is not None or joined.failure.retry_class not in BY_ITSELF:
            return False
        if radio := self._opened.pop(joined.name, None):
            await radio.aclose()
        return True

    async def _wait(self, joined: Joined, seconds: float) -> None:
        joined.retry_at = self.clock.wall() + seconds
        joined.again.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await joined.again.wait()
        joined.retry_at = None

    async def _follow(self, joined: Joined) -> None:
        radio = await self._open_radio(joined.target, replace(self._env, radio=joined.name))
        self._opened[joined.name] = radio
        attachment = await radio.attach(self.owner)
        self._log_radio(joined, None)
        joined.failure = None
        joined.start(attachment)
        self._log(joined, self._before(joined.name, attachment))
        joined.first_line = self.log.end
        for changed in attachment.snapshot.lanes.values():
            self.store.name_lane(changed.lane.id, changed.lane.name)
        self._take(joined, [heard for lane in attachment.snapshot.heard.values() for heard in lane.values()])
        if self.wish is not None:
            await _wished(attachment, self.wish)
        async for batch in attachment.events():
            self._take(joined, batch.events)

    def _log_radio(self, joined: Joined, failure: Failure | None) -> None:
        """That it does not open, once for each reason and not for each try, and that it has. Not that one ends later:
        what it told before may not all be printed yet, and `first_line` would hide it."""
        if joined.attachment is None and _cause(failure) != _cause(joined.failure):
            state: StreamState = "live" if failure is None else "broken"
            self.log.append(Entry(joined.name, StreamChanged(self.clock.wall(), None, RADIO, state, failure)))
            joined.first_line = self.log.end

    def _before(self, name: str, attachment: Attachment) -> list[Event]:
        """What the radio tells of the time before, without what is known of it; else how it stands, to begin with."""
        there = attachment.snapshot
        if not attachment.log:
            stands: list[Event] = [*there.lanes.values(), *there.streams.values(), *there.links.values()]
            return sorted(stands, key=lambda event: event.at)
        known = max((entry.event.at for entry in self.log if entry.radio == name), default=0.0)
        return [event for batch in attachment.log for event in batch.events if event.at > known]

    def _log(self, joined: Joined, events: Iterable[Event]) -> None:
        for event in events:
            entry = Entry(joined.name, event)
            self.log.append(entry)
            self.tally.note(entry)
            self.failing.note(entry)

    def _take(self, joined: Joined, events: Sequence[Event]) -> None:
        if type(events) is Advertisements:
            self.store.update(events)
            return
        self.store.update([event for event in events if type(event) is Advertisement])
        happened = [event for event in events if type(event) is not Advertisement]
        joined.note(happened)
        self._log(joined, happened)
        for event in happened:
            match event:
                case LaneChanged(lane=lane):
                    self.store.name_lane(lane.id, lane.name)
                case LaneDown(lane=gone):
                    self.store.forget_lane(gone)
                case _:
                    pass


async def _wished(seat: Attachment, request: ScanRequest | None) -> None:
    if _may_scan(seat):
        await seat.scan(request)


def _may_scan(seat: Attachment) -> bool:
    """Who only looks sees what others scan for."""
    return seat.owner.role != "viewer"


async def _left(joined: Joined, radio: Radio) -> None:
    """A radio of this process ends with the session; one that others keep open goes on with what it was asked for."""
    if joined.attachment is not None:
        await joined.attachment.detach(keep=True)
    await radio.aclose()


def named(targets: Sequence[Target]) -> list[tuple[str, Target]]:
    """Targets with the names that qualify their lanes: short, and unique within the session."""
    names: dict[str, Target] = {}
    for target in targets:
        stem = target.called or target.host or (f"{target.scheme}:{target.name}" if target.name else target.scheme)
        name, n = stem, 1
        while name in names:
            n += 1
            name = f"{stem}#{n}"
        names[name] = target
    if not names:
        raise BleError(Failure(kind=ErrorKind.REQUEST_INVALID, detail="a session needs at least one target"))
    return list(names.items())
