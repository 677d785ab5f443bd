"""A connection to a bridge: opened, greeted, and told apart when it can't be."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from bletui.bridge import sockets
from bletui.bridge.places import Place
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.errors import Context, Native, classify
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Role

WITHIN = 5.0  # seconds for connecting, and for the welcome
SILENT_BEATS = 2.5  # of the bridge, without any of which it is taken for lost

Take = Callable[[m.FromBridge], None]


class Line(asyncio.Protocol):
    """One connection. `ended` holds why it is over; `final`: and that trying again by itself would be wrong."""

    def __init__(self, take: Take) -> None:
        loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Failure] = loop.create_future()
        self.welcome: asyncio.Future[m.Welcome] = loop.create_future()
        self.final = False
        self._take = take
        self._reader = codec.BridgeReader()
        self._transport: asyncio.Transport | None = None
        self._heard_at = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def skipped(self) -> int:
        """Messages and records of sorts that are not known here."""
        return self._reader.skipped

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        try:
            for message in self._reader.feed(data):
                self._got(message)
        except BleError as malformed:
            self._end(malformed.failure, final=True)
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is None:
            failure = Failure(
                kind=ErrorKind.NET_CLOSED, source="bletui.bridge", detail="the bridge closed the connection"
            )
        else:
            failure = classify(Native(source="os", phase="stream", cause=exc), backend="bridge", operation="stream")
        self._end(failure, final=False)

    async def lost(self) -> Failure:
        """Why the connection is over, once it is; raised where that is final."""
        failure = await self.ended
        if self.final:
            raise BleError(failure)
        return failure

    def send(self, message: m.FromClient) -> None:
        if self._transport is not None and not self.ended.done():
            self._transport.write(codec.from_client(message))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _got(self, message: m.FromBridge) -> None:
        match message:
            case m.Beat(now=now):
                self.send(m.Beat(now))
            case m.Goodbye(failure=failure, final=final):
                self._end(failure, final=final)
                self.close()
            case m.Welcome() if not self.welcome.done():
                self.welcome.set_result(message)
                if message.beat > 0:
                    self._listen(SILENT_BEATS * message.beat)
                self._take(message)
            case _:
                self._take(message)

    def _listen(self, within: float) -> None:
        """Ends it where nothing is heard for so long: a network that is cut without a word tells nobody."""
        loop = asyncio.get_running_loop()
        if self.ended.done() or self._transport is None:
            return
        if loop.time() < self._heard_at + within:
            self._alarm = loop.call_at(self._heard_at + within, self._listen, within)
            return
        detail = f"nothing was heard from the bridge for {within:g} s"
        self._end(Failure(kind=ErrorKind.NET_TIMEOUT, source="bletui.bridge", detail=detail), final=False)
        self._transport.abort()

    def _end(self, failure: Failure, *, final: bool) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if not self.ended.done():
            self.ended.set_result(failure)
            self.final = final
        if not self.welcome.done():
            self.welcome.set_exception(BleError(failure))
            self.welcome.exception()  # whoever dials asks for it; a dial that was given up does not


async def dial(place: Place, hello: m.Hello, take: Take) -> Line:
    """A connection on which the bridge has said welcome. `take` gets what else it says, from the welcome on.

    `net.refused`: no bridge runs there; `auth.refused`, `busy.capacity`, `op.unsupported`: what the bridge says.
    """
    line: Line | None = None
    try:
        async with asyncio.timeout(WITHIN) as bound:
            line = await _connected(place, take)
            line.send(replace(hello, token=place.token))
            await line.welcome
    except TimeoutError as late:
        if not bound.expired():
            raise
        if line is not None:
            line.close()
        raise BleError(_silent(place)) from late
    except BaseException:  # cancelled too: nobody would close the connection
        if line is not None:
            line.close()
        raise
    return line


async def _connected(place: Place, take: Take) -> Line:
    loop = asyncio.get_running_loop()
    try:
        if place.socket is not None:
            sockets.check(place.socket)
            _, line = await loop.create_unix_connection(lambda: Line(take), str(place.socket))
        else:
            context = None if place.tls is None else _context(place.tls)
            _, line = await loop.create_connection(lambda: Line(take), place.host, place.port, ssl=context)
    except OSError as failed:
        raise BleError(_unreachable(place, failed)) from failed
    return line


def _silent(place: Place, within: float = WITHIN) -> Failure:
    detail = f"the bridge at {place} did not answer within {within:g} s"
    return Failure(kind=ErrorKind.NET_TIMEOUT, source="bletui.bridge", detail=detail)


def _context(authorities: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authorities or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _unreachable(place: Place, failed: OSError) -> Failure:
    if place.socket is not None and isinstance(failed, FileNotFoundError | ConnectionRefusedError):
        left = "" if isinstance(failed, FileNotFoundError) else " any more; its socket was left behind"
        return Failure(
            kind=ErrorKind.NET_REFUSED,
            source="bletui.bridge",
            operation="attach",
            detail=f"no bridge listens on {place}{left}; one starts with: bletui bridge run local:",
        )
    asked = Context(evidence={"host": place.host, "port": str(place.port)})
    failure = classify(
        Native(source="os", phase="connect", cause=failed), backend="bridge", operation="attach", context=asked
    )
    return replace(failure, detail=failure.detail or f"bridge at {place}")


async def once(place: Place, seat: str, verb: m.Verb, program: str, within: float = WITHIN) -> m.Result:
    """One question to a bridge, without a snapshot and without events, answered `within` seconds."""
    answered: asyncio.Future[m.Result] = asyncio.get_running_loop().create_future()

    def take(message: m.FromBridge) -> None:
        match message:
            case m.Reply(id=1, result=result) if not answered.done():
                answered.set_result(result)
            case m.Failed(id=1, failure=failure) if not answered.done():
                answered.set_exception(BleError(failure))

    hello = m.Hello(
        codec.VERSIONS, place.seat or seat, cast(Role, place.role or "operator"), program=program, deaf=True
    )
    line = await dial(place, hello, take)
    try:
        line.send(m.Call(1, verb))
        both: list[asyncio.Future[Any]] = [answered, line.ended]
        await asyncio.wait(both, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if not answered.done():
            raise BleError(line.ended.result() if line.ended.done() else _silent(place, within))
        return answered.result()
    finally:
        line.send(m.Call(2, m.Detach(keep=False)))
        line.close()
