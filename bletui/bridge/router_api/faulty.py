"""The application behind a scenario: its answers and streams go wrong as asked for. Plain ASGI."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from bletui.bridge.router_api import tampering
from bletui.bridge.router_api.faults import FINAL, UNDONE, Scenario
from bletui.bridge.router_api.guard import App, Headers, Message, Receive, Scope, Send, refuse, respond
from bletui.bridge.router_api.power import Power, reset

SLOW = 3.0  # seconds
STREAMS = ("/gatt/nodes", "/management/nodes/connection-state", "/gap/rssi", "/aps/events", "/cassia/hubStatus")
_PAGE: Headers = [(b"content-type", b"text/html")]
_JSON: Headers = [(b"content-type", b"application/json")]
_WORDS = {401: "invalid_client", 403: "forbidden"}
_ALTERED = {"types": tampering.retyped, "cut": tampering.cut, "huge": tampering.padded}
_EVENTS = {"garbage": tampering.GARBAGE_EVENT, "types": tampering.TYPES_EVENT, "huge": tampering.HUGE_EVENT}


class Faulty:
    """`full`: the status that refuses a stream too many."""

    def __init__(self, app: App, scenario: Scenario, power: Power, full: HTTPStatus) -> None:
        self._app = app
        self._scenario = scenario
        self._power = power
        self._full = full

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._power.lasting():
            await self._heard()
            how = self._scenario.answer(scope["method"], scope["path"], self._power.seconds(), _query(scope))
            if how is not None:
                await self._answer(how, scope, receive, send)
            elif is_stream(scope):
                await self._stream(scope, receive, send)
            else:
                await self._app(scope, receive, send)

    async def _heard(self) -> None:
        while (end := self._scenario.offline(self._power.seconds())) is not None:
            await self._power.until(end)

    # -- answers in one piece

    async def _answer(self, how: str, scope: Scope, receive: Receive, send: Send) -> None:
        if how in UNDONE:
            header, body = (_PAGE, tampering.LOGIN_PAGE) if how == "login" else (_JSON, tampering.OTHER_SERVER)
            await respond(send, HTTPStatus.OK, header, body)
        elif how.isdigit() and how != "504":
            await _status(send, HTTPStatus(int(how)))
        elif is_stream(scope):
            await self._unopened(how, scope, receive, send)
        else:
            await self._spoilt(how, await _worked(self._app, scope, receive), scope, receive, send)

    async def _spoilt(self, how: str, done: _Answer, scope: Scope, receive: Receive, send: Send) -> None:
        """The work is done; what becomes of its answer."""
        match how:
            case "504":
                await _status(send, HTTPStatus.GATEWAY_TIMEOUT)
            case "slow":
                await self._power.until(self._power.seconds() + SLOW)
                await done.send(send, done.body)
            case "silent":
                await _left(receive)
            case "reset":
                await _hang_up(scope, receive, at_once=True)
            case "short":
                await done.send(send, tampering.cut(done.body), more=True)
                await _hang_up(scope, receive)
            case _:
                await done.send(send, _ALTERED[how](done.body))

    async def _unopened(self, how: str, scope: Scope, receive: Receive, send: Send) -> None:
        """A stream has no answer to spoil; it is late, or never opens."""
        match how:
            case "504":
                await _status(send, HTTPStatus.GATEWAY_TIMEOUT)
            case "silent":
                await _left(receive)
            case "reset":
                await _hang_up(scope, receive, at_once=True)
            case "slow":
                await self._power.until(self._power.seconds() + SLOW)
                await self._stream(scope, receive, send)
            case _:
                await self._stream(scope, receive, send)

    # -- streams

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._scenario.refused(scope["path"], self._power.seconds()):
            await refuse(send, self._full, "no resources")
            return
        tap = _Tap(send)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(_whole(self._app, scope, receive, tap))
            fate = tasks.create_task(self._befall(scope, tap))
            await asyncio.wait([serving, fate], return_when=asyncio.FIRST_COMPLETED)
            fate.cancel()
            serving.cancel()
        end = None if tap.ended or fate.cancelled() else fate.result()
        if end == "cut":
            await send({"type": "http.response.body", "body": b""})
        elif end is not None:
            await _hang_up(scope, receive, at_once=end == "reset")

    async def _befall(self, scope: Scope, tap: _Tap) -> str:
        """Until the stream's end is due: how it ends."""
        await tap.begun.wait()
        for begin, end, how in self._scenario.fates(scope["path"], self._power.seconds()):
            if end <= self._power.seconds():
                continue
            await self._power.until(begin)
            if how == "half":
                tap.half = True
                await tap.broken.wait()
            if how in FINAL:
                return how
            if how in _EVENTS:
                await tap.put(_EVENTS[how])
            else:
                await tap.hold(self._power, end)
        await asyncio.Event().wait()
        raise AssertionError("an event that nobody knows was set")


class _Tap:
    """What passes to a stream's client."""

    def __init__(self, send: Send) -> None:
        self.begun, self.broken = asyncio.Event(), asyncio.Event()
        self.half = False
        self.ended = False  # an answer that has ended can't end once more
        self._send = send
        self._turn = asyncio.Lock()

    async def __call__(self, message: Message) -> None:
        async with self._turn:
            if self.half and message.get("body"):
                await self._put(tampering.halved(message["body"]))
                self.broken.set()
                await asyncio.Event().wait()
            self.ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await self._send(message)
            if _opens(message):
                self.begun.set()

    async def put(self, event: bytes) -> None:
        async with self._turn:
            await self._put(event)

    async def hold(self, power: Power, until: float) -> None:
        """Nothing passes until then."""
        async with self._turn:
            await power.until(until)

    async def _put(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": True})


class _Answer:
    """An application's answer, kept instead of sent."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = b""

    async def keep(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")

    async def send(self, send: Send, body: bytes, *, more: bool = False) -> None:
        """With `body` instead; `more`: the rest of what the length promises is to come."""
        size = self.body if more else body
        headers = [(name, value) for name, value in self.start["headers"] if name.lower() != b"content-length"]
        await send({**self.start, "headers": [*headers, (b"content-length", str(len(size)).encode())]})
        await send({"type": "http.response.body", "body": body, "more_body": more})


def is_stream(scope: Scope) -> bool:
    """Whether an answer in events is asked for."""
    path = scope["path"].rstrip("/").removeprefix("/api")
    if scope["method"] != "GET":
        return False
    return path in STREAMS or (path == "/gap/nodes" and parse_qs(_query(scope)).get("event") == ["1"])


def _query(scope: Scope) -> str:
    return str(scope.get("query_string", b"").decode("latin-1"))


async def _worked(app: App, scope: Scope, receive: Receive) -> _Answer:
    done = _Answer()
    await app(scope, receive, done.keep)
    return done


async def _whole(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


async def _status(send: Send, status: HTTPStatus) -> None:
    """As a router or a controller before it says so: JSON where it is about who asks."""
    word = _WORDS.get(status)
    if word is not None:
        await respond(send, status, [], f'{{"error":"{word}","error_description":"{status.phrase}"}}'.encode())
    else:
        await refuse(send, status, status.phrase)


async def _left(receive: Receive) -> None:
    """Until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _hang_up(scope: Scope, receive: Receive, *, at_once: bool = False) -> None:
    transport: Any = scope["state"]["transport"]
    if at_once:
        reset(transport)
    else:
        transport.close()
    await _left(receive)


def _opens(message: Message) -> bool:
    headers: Headers = message.get("headers", [])
    return any(name.lower() == b"content-type" and b"event-stream" in value for name, value in headers)
