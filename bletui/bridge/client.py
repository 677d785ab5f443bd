"""One connection to the bridge: its bytes, its limits, its outbox. What is asked for is answered elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bletui.bridge.access import Credential
from bletui.bridge.frames import Frame
from bletui.bridge.listening import Listening
from bletui.bridge.outbox import Outbox
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.failure import BleError, ErrorKind, Failure

CALLS_MAX = 256  # that run for one client
RATE, BURST = 2_000.0, 5_000.0  # messages a second, and at once
FLOODED = 0.5  # seconds for which a client that sends more is not read
HELLO_WITHIN = 5.0  # seconds
BUFFER = 256 * 1024  # bytes handed to the system before the outbox keeps them
AT_ONCE = 1024 * 1024  # bytes of a greeting that are handed over all the same, as that is faster
LINGER = 1.0  # seconds in which a last message may still go out


def _busy(detail: str) -> Failure:
    return Failure(kind=ErrorKind.BUSY_CAPACITY, source="bletui.bridge", detail=detail)


PASSING = (ErrorKind.BUSY_CAPACITY, ErrorKind.NET_TIMEOUT)  # for which trying again later is right


class Desk(Protocol):
    """What the bridge does for its clients."""

    def came(self, client: Connection) -> Credential | None: ...

    def left(self, client: Connection, bug: BaseException | None) -> None: ...

    def greet(self, client: Connection, hello: m.Hello) -> None: ...

    def call(self, client: Connection, call: m.Call) -> None: ...

    def cancel(self, client: Connection, number: int) -> None: ...

    def refused(self, client: Connection, failure: Failure) -> None: ...


@dataclass(slots=True)
class Bucket:
    """So many at once, and so many a second."""

    rate: float = RATE
    left: float = BURST
    burst: float = BURST
    at: float = 0.0

    @property
    def flooded(self) -> Failure:
        return _busy(f"more than {self.rate:,.0f} messages a second")

    def take(self, now: float) -> bool:
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Connection(asyncio.Protocol):
    """From the first byte to the last. A message that is out of turn or malformed ends it, with the reason."""

    def __init__(self, desk: Desk, place: Listening) -> None:
        self.place = place
        self.name = place.name
        self.program = ""
        self.credential: Credential | None = None
        self.outbox = Outbox()
        self.heard_at = 0.0
        self.seated = False
        self.calls: dict[int, asyncio.Task[None]] = {}
        self.recalling = asyncio.Lock()
        self._desk = desk
        self._reader = codec.ClientReader()
        self._bucket = Bucket()
        self._newest = -1
        self._greeting = False
        self._early: list[m.FromClient | codec.UnknownVerb] = []
        self._transport: asyncio.Transport | None = None
        self._paused = False
        self._reads = asyncio.Event()
        self._reads.set()
        self._soon: list[bytes] = []
        self._closing = False
        self._alarm: asyncio.TimerHandle | None = None

    # -- the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=BUFFER)
        loop = asyncio.get_running_loop()
        self.heard_at = self._bucket.at = loop.time()
        self._alarm = loop.call_later(HELLO_WITHIN, self._late)
        try:
            self.credential = self._desk.came(self)
        except BleError as failed:
            self._refuse(failed.failure)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_alarm()
        self._close()
        self._desk.left(self, exc)

    def data_received(self, data: bytes) -> None:
        self.heard_at = asyncio.get_running_loop().time()
        self._take_all(self._reader.feed(data))

    def pause_writing(self) -> None:
        self._paused = True
        self._reads.clear()

    def resume_writing(self) -> None:
        self._paused = False
        self._drain()
        if not self._paused:
            self._reads.set()

    @property
    def transport(self) -> asyncio.Transport:
        assert self._transport is not None, "not connected yet"
        return self._transport

    @property
    def leaving(self) -> bool:
        """Whether it has been told goodbye."""
        return self._closing

    def allow(self, rate: float) -> None:
        """So many messages a second from now on."""
        self._bucket.rate, self._bucket.burst = rate, rate * BURST / RATE

    # -- in

    def greeted(self) -> None:
        """The seat is taken: what came meanwhile is answered now."""
        self.seated, self._greeting = True, False
        early, self._early = self._early, []
        self._resume_reading()
        self._take_all(early)

    def _take_all(self, messages: Iterable[m.FromClient | codec.UnknownVerb]) -> None:
        try:
            for message in () if self._closing else messages:
                self._take(message)
                if self._closing:
                    return
        except BleError as failed:
            self._refuse(failed.failure)

    def _take(self, message: m.FromClient | codec.UnknownVerb) -> None:
        if self._greeting:
            self._early.append(message)
            return
        match message:
            case m.Hello() if not self.seated:
                self._greeting = True
                self.transport.pause_reading()  # what it goes on to say waits in the socket, not here
                self._desk.greet(self, message)
            case m.Call() | m.Cancel() | m.Beat() | codec.UnknownVerb() if self.seated:
                self._count(message)
            case _:
                raise _out_of_turn(message)

    def _count(self, message: m.Call | m.Cancel | m.Beat | codec.UnknownVerb) -> None:
        flooded = not self._bucket.take(asyncio.get_running_loop().time())
        if flooded:
            self._hold_off()
        if isinstance(message, m.Beat):
            return
        if isinstance(message, m.Cancel):
            self._desk.cancel(self, message.id)
            return
        if message.id <= self._newest:
            raise _replayed(message.id)
        self._newest = message.id
        if flooded:
            self.send(m.Failed(message.id, self._bucket.flooded))
        elif len(self.calls) >= CALLS_MAX:
            self._turn_away(message.id, _busy(f"{CALLS_MAX} requests of this client wait already"))
        elif isinstance(message, codec.UnknownVerb):
            detail = "no such request here"
            self._turn_away(message.id, Failure(kind=ErrorKind.OP_UNSUPPORTED, source="bletui.bridge", detail=detail))
        else:
            self._desk.call(self, message)

    def _turn_away(self, number: int, failure: Failure) -> None:
        self._desk.refused(self, failure)
        self.send(m.Failed(number, failure))

    def _hold_off(self) -> None:
        if self._alarm is None:
            self._desk.refused(self, self._bucket.flooded)
            self.transport.pause_reading()
            self._alarm = asyncio.get_running_loop().call_later(FLOODED, self._resume_reading)

    # -- out

    def send(self, message: m.FromBridge) -> None:
        self.send_frame(codec.from_bridge(message))

    def answer(self, message: m.Reply | m.Failed) -> None:
        """The call is over. An answer that is the last one due has nothing to wait for."""
        self.calls.pop(message.id, None)
        self.send(message)
        if not self.calls:
            self._write_soon()

    def send_frame(self, data: bytes) -> None:
        if self._closing:
            return
        if self._paused or self.outbox:
            self.outbox.put(data)
            self._check()
        else:
            self._write(data)

    def send_all(self, frames: Sequence[bytes]) -> None:
        """What is much waits in the outbox, however slowly it is read: frames that others hold too stay one copy."""
        if self._closing:
            return
        if not (self._paused or self.outbox) and sum(map(len, frames)) <= AT_ONCE:
            self._write(b"".join(frames))
            return
        self._write_soon()
        for data in frames:
            self.outbox.put(data, asked=True)
        self._drain()

    async def room(self) -> bool:
        """Waits until what was sent so far is on its way; False: the connection ends."""
        await asyncio.sleep(0)  # what was sent in this turn of the loop is written
        await self._reads.wait()
        return not self._closing

    def offer(self, frames: Sequence[Frame], whole: bytes) -> None:
        """Events, as frames and as all of them in one piece."""
        if self._closing:
            return
        if not (self._paused or self.outbox):
            self._write(whole)
            return
        for frame in frames:
            self.outbox.offer(frame)
        self._check()

    def _write(self, data: bytes) -> None:
        """Sent together with what else this turn of the loop brings: a send costs more than what it sends."""
        if not self._soon:
            asyncio.get_running_loop().call_soon(self._write_soon)
        self._soon.append(data)

    def _write_soon(self) -> None:
        soon, self._soon = self._soon, []
        if soon and not self.transport.is_closing():
            self.transport.write(soon[0] if len(soon) == 1 else b"".join(soon))

    def _check(self) -> None:
        if self.outbox.lost is not None:
            self._refuse(self.outbox.lost)

    def _drain(self) -> None:
        while self.outbox and not self._paused and not self._closing:
            self.transport.write(self.outbox.take())

    # -- the end

    def goodbye(self, failure: Failure, *, final: bool = True, linger: bool = True) -> None:
        """Says why, and closes. `linger`: who is still writing gets to read it before the connection is cut."""
        if self._closing:
            return
        self._close()
        self._stop_alarm()
        self._write_soon()
        self.transport.write(codec.from_bridge(m.Goodbye(failure, final)))
        if linger and self.transport.can_write_eof():
            self.transport.write_eof()
            self._resume_reading()  # and throw away, until the client has read why and closes
        else:
            self.transport.close()
        self._alarm = asyncio.get_running_loop().call_later(LINGER, self.transport.abort)

    def _close(self) -> None:
        self._closing = True
        self._reads.set()

    def part(self, failure: Failure) -> None:
        """At once: it makes room for somebody else."""
        self._desk.refused(self, failure)
        self.goodbye(failure, final=False, linger=False)

    def _refuse(self, failure: Failure) -> None:
        self._desk.refused(self, failure)
        self.goodbye(failure, final=failure.kind not in PASSING)

    def _late(self) -> None:
        self._refuse(
            Failure(kind=ErrorKind.NET_TIMEOUT, source="bletui.bridge", detail=f"no hello within {HELLO_WITHIN:g} s")
        )

    def _resume_reading(self) -> None:
        self._stop_alarm()
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None


def _out_of_turn(message: object) -> BleError:
    detail = f"{type(message).__name__} is out of turn: one Hello comes first"
    return BleError(Failure(kind=ErrorKind.DATA_MALFORMED, source="bletui.bridge", detail=detail))


def _replayed(number: int) -> BleError:
    detail = f"request {number} was asked before; numbers grow from request to request"
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, source="bletui.bridge", detail=detail))
