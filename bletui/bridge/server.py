"""The bridge: radios that stay open, and the clients that come and go."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from bletui.bridge import access, handshakes, holders, metrics
from bletui.bridge.access import Credential
from bletui.bridge.admission import Admission
from bletui.bridge.answers import Answers
from bletui.bridge.client import Connection
from bletui.bridge.fanout import Fanout
from bletui.bridge.greeting import BEAT, Greeting
from bletui.bridge.intake import Intake
from bletui.bridge.listening import Listening
from bletui.bridge.log import Record, nowhere
from bletui.bridge.protocol import messages as m
from bletui.bridge.radios import Radios
from bletui.bridge.refusals import Refusals
from bletui.bridge.ring import Ring
from bletui.bridge.seats import KEEP, Seat, Seats
from bletui.clock import Clock, Steady
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import StreamChanged, StreamState
from bletui.radio import Radio

REFUSED = (ErrorKind.REQUEST_INVALID, ErrorKind.ACCESS_REFUSED)
CONFIG = "config"  # the stream that says whether the file that was read last counts
IDLE_MAX = 180.0  # seconds without one, after which a client is taken for gone


class Bridge:
    """Serves its radios, which are open already and stay so, to everybody who may come in."""

    def __init__(
        self,
        radios: Sequence[Radio],
        *,
        name: str = "bridge",
        clock: Clock | None = None,
        record: Record = nowhere,
        scans: bool = True,
        keep: float = KEEP,
        ring: Ring | None = None,
        refusals: Refusals | None = None,
    ) -> None:
        self.name = name
        self.epoch = secrets.token_hex(8)
        self.fanout = Fanout(ring)
        self.seats = Seats()
        self._refusals = refusals or Refusals(record)
        self.counts = self._refusals.counts
        self.record = record
        self.radios = Radios(radios, self.fanout.folding)
        self.listening: list[Listening] = []
        self._closing: dict[Listening, Callable[[], object]] = {}
        self.stopped = asyncio.Event()
        self.wall = Steady(clock or Clock()).wall
        self.started = self.wall()
        self.intake = Intake(self.radios, self.fanout, self.wall, record, scans=scans)
        self._keep = keep
        self.reload: Callable[[], Awaitable[m.Reloaded]] = _not_configured
        self._connections: dict[Connection, None] = {}  # in the order in which they came
        self.admission = Admission(self._connections)
        self.answers = Answers(self)
        self._greeting = Greeting(self)
        self._group: asyncio.TaskGroup | None = None

    @property
    def group(self) -> asyncio.TaskGroup:
        assert self._group is not None, "the bridge does not run"
        return self._group

    async def run(self, listening: Sequence[Listening], ready: asyncio.Event | None = None) -> None:
        """Serves until `stopped` is set or this is cancelled; then every client is told and own links are left.

        `busy.capacity`: another bridge has one of the adapters.
        """
        try:
            await self.intake.listen()
            async with asyncio.TaskGroup() as self._group:
                self.intake.pump(self.group, self.stopped.set)
                tending = self.group.create_task(self._tend())
                for place in listening:
                    self.listening.append(place)
                    await self.listen(place)
                self.record("started", bridge=self.name, epoch=self.epoch, radios=len(self.radios.radios))
                if ready is not None:
                    ready.set()
                try:
                    await self.stopped.wait()
                finally:
                    self._close()
                    for seat in self.seats:
                        seat.performing.end()
                    self.intake.stop()
                    tending.cancel()
        finally:
            self._group = None
            self.intake.release()
            self.fanout.stop()
            self.record("stopped", bridge=self.name, seconds=round(self.wall() - self.started, 3))

    # -- radios that come and go

    async def join(self, radio: Radio) -> None:
        """Serves one more radio, which is open. `busy.capacity`: another bridge has its adapter."""
        await self.intake.join(radio)
        for seat in self.seats:
            await seat.sitting.settle()
        self.intake.pump(self.group, self.stopped.set)
        self.record("radio added", radio=radio.name)

    async def part(self, name: str, close: Callable[[], Awaitable[None]]) -> None:
        """Closes the radio called so; its own links are released, and every client is told what ends with it."""
        detail = "it is not served here any more"
        await self.intake.part(name, close, Failure(kind=ErrorKind.NET_CLOSED, source="bletui.bridge", detail=detail))
        for seat in self.seats:
            await seat.sitting.settle()
        self.record("radio removed", radio=name)

    def configured(self, failure: Failure | None = None) -> None:
        """Tells everybody that the configuration was read again, or why it was refused."""
        state: StreamState = "live" if failure is None else "broken"
        self.fanout.take([StreamChanged(self.wall(), None, CONFIG, state, failure)])
        self.fanout.flush()

    # -- clients

    def deafen(self, place: Listening) -> None:
        """Lets nobody in there any more; those who have come in stay."""
        if (close := self._closing.pop(place, None)) is not None:
            close()

    async def listen(self, place: Listening) -> None:
        """Lets clients in there."""
        self._closing[place] = await handshakes.listen(
            place.socket, place.tls, lambda: Connection(self, place), self._refusals.note, self.group
        )

    def came(self, client: Connection) -> Credential | None:
        """Whoever the kernel says it is; None: a token has to say it."""
        self.counts["clients"] += 1
        client.name = f"{client.place.name}#{self.counts['clients']}"
        self._connections[client] = None
        return self.admission.admit(client)

    def left(self, client: Connection, bug: BaseException | None) -> None:
        self._connections.pop(client, None)
        self.fanout.clients.discard(client.offer)
        self.counts["shed"] += client.outbox.shed
        seat = self.seats.stand_up(client, self.wall())
        if seat is not None:
            why = "" if bug is None else f"{type(bug).__name__}: {bug}"
            self.record("left", owner=seat.owner.id, client=client.name, shed=client.outbox.shed, why=why)

    def refused(self, client: Connection, failure: Failure) -> None:
        self._refusals.note(client.name, failure.kind, failure.detail)

    def greet(self, client: Connection, hello: m.Hello) -> None:
        self.group.create_task(self._greeting.greet(client, hello))

    # -- what they ask for

    def call(self, client: Connection, call: m.Call) -> None:
        client.calls[call.id] = self.group.create_task(self._call(client, call))

    def cancel(self, client: Connection, number: int) -> None:
        if task := client.calls.get(number):  # after its first step: what has not begun would never be answered
            asyncio.get_running_loop().call_soon(task.cancel)

    async def _call(self, client: Connection, call: m.Call) -> None:
        seat = self.seats.of(client)
        try:
            answer = await self._outcome(client, seat, call)
            await asyncio.sleep(0)  # what the radio told before its answer is told first
            self.fanout.flush()
            client.answer(answer)
        except asyncio.CancelledError:
            if seat is not None and isinstance(call.verb, m.Perform):
                seat.performing.cancel(call.verb.op)
            client.answer(m.Failed(call.id, Failure(kind=ErrorKind.OP_CANCELLED)))
            raise

    async def _outcome(self, client: Connection, seat: Seat | None, call: m.Call) -> m.Reply | m.Failed:
        try:
            if seat is None:
                raise _left()
            return m.Reply(call.id, await self.answers.answer(client, seat, call))
        except BleError as failed:
            kind = failed.failure.kind
            its_file = isinstance(call.verb, m.Reload) and kind is ErrorKind.REQUEST_INVALID
            if kind in REFUSED and not its_file:
                self.refused(client, failed.failure)
            return m.Failed(call.id, failed.failure)

    def metrics(self) -> str:
        """The page for Prometheus."""
        self.fanout.flush()
        now = self.fanout.folding.snapshot()
        return metrics.text(self.intake.tally, now, self.all_counts(), len(self._connections), len(self.seats))

    def all_counts(self) -> Counter[str]:
        """With what clients that are still here have lost, and what the ring's file lacks."""
        lost = Counter({"ring lost": self.fanout.ring.lost})
        return self.counts + lost + Counter(shed=sum(client.outbox.shed for client in self._connections))

    def clients(self) -> list[Connection]:
        return list(self._connections)

    async def leave(self, seat: Seat) -> None:
        """For good: what it asked for ends, and the links that nobody else asked for or listens on are released."""
        self.seats.remove(seat)
        seat.performing.end()
        held = holders.held(self.fanout.state(), seat.owner.id)
        await seat.sitting.leave(keep=False)
        await asyncio.sleep(0)  # what the radios told of it has come by then
        state = self.fanout.state()
        for peer in holders.left(state, held):
            self.record("not released", lane=peer.lane, address=peer.address)
        self.record("gone", owner=seat.owner.id, released=sum(state.link(peer) is None for peer in held))

    # -- by the clock

    async def _tend(self) -> None:
        """Beats, and parts with whoever gives none back, or whose token was revoked, or who has been away too long."""
        loop = asyncio.get_running_loop()
        beat = loop.time() + BEAT
        while True:
            await asyncio.sleep(1.0)
            self._look_at_tokens()
            for client in list(self._connections):
                self._look_at(client, loop.time())
            for seat in self.seats.overdue(self.wall(), self._keep):
                await self.leave(seat)
            if loop.time() >= beat:
                beat = loop.time() + BEAT
                for client in list(self._connections):
                    if client.seated:
                        client.send(m.Beat(self.wall()))

    def _look_at_tokens(self) -> None:
        """A file that can't be read says nothing against who is here: they stay, and nobody else comes in."""
        for tokens in (place.tokens for place in self.listening if place.tokens):
            before = tokens.trouble
            if tokens.look() not in ("", before):
                self.record("tokens unreadable", why=tokens.trouble)

    def _look_at(self, client: Connection, now: float) -> None:
        if not client.seated:
            return
        if now - client.heard_at > IDLE_MAX:
            silent = Failure(
                kind=ErrorKind.NET_TIMEOUT, source="bletui.bridge", detail=f"nothing was heard for {IDLE_MAX:g} s"
            )
            self.refused(client, silent)
            client.goodbye(silent, final=False)
        elif (tokens := client.place.tokens) and client.credential and not tokens.is_current(client.credential):
            revoked = access.refused("the token was revoked, or has a new secret").failure
            self.refused(client, revoked)
            client.goodbye(revoked)

    def _close(self) -> None:
        for close in self._closing.values():
            close()
        ended = Failure(kind=ErrorKind.NET_CLOSED, source="bletui.bridge", detail="the bridge was stopped")
        for client in list(self._connections):
            client.goodbye(ended, final=False, linger=False)


def _left() -> BleError:
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, source="bletui.bridge", detail="this seat was left"))


async def _not_configured() -> m.Reloaded:
    detail = "this bridge was made by a program that reads no configuration"
    raise BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, source="bletui.bridge", operation="reload", detail=detail))
