"""A router made of recorded answers and scripted streams: plain asyncio, nothing of bletui.

What it says was recorded (`tests/data/router_exchanges.json`, an access controller with an E1000, firmware 1.4; its
`/api` prefix is served at the root too) or is written out in the test.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

DATA = Path(__file__).parents[2] / "data"
TEXT, JSON, EVENTS = "text/plain", "application/json", "text/event-stream"
TLS_RECORD = b"\x16"  # the first byte of a handshake: the client came with https to a plain port
HTML = b"<!DOCTYPE html><html><head><title>Login</title></head><body><form action='/cassia/login'></form></body></html>"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: bytes = b"OK"
    type: str = TEXT
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """Chunks, each sent as one HTTP chunk and flushed; then the stream is held open, ended, or cut. While it is held,
    `feed` brings more; b"" cuts it."""

    chunks: Iterable[bytes] = ()
    then: Literal["hold", "end", "cut"] = "hold"
    type: str = EVENTS
    feed: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes in place of an HTTP answer; then the connection is closed, or held."""

    data: bytes = b""
    hold: bool = False


Answer = Reply | Stream | Raw
Script = Answer | Callable[[Asked], Answer]


def json_reply(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), JSON)


def samples() -> list[dict[str, object]]:
    """The scan events of five firmware generations."""
    lines = (DATA / "router_scan_samples.jsonl").read_text().splitlines()
    return [json.loads(line)["event"] for line in lines]


def data_event(event: object) -> bytes:
    """One event as a router writes it."""
    return b"data: " + json.dumps(event, separators=(",", ":")).encode() + b"\n\n"


def recorded(method: str, path: str, status: int) -> Reply:
    """The recorded answer to a call (its query and the `/api` prefix aside)."""
    for one in json.loads((DATA / "router_exchanges.json").read_text()):
        where = one["path"].partition("?")[0].removeprefix("/api")
        if (one["method"], where, one["status"]) == (method, path, status):
            body = one["body"].replace("<64 hex>", "0123456789abcdef" * 4)
            return Reply(status, body.encode(), one["headers"].get("content-type", ""))
    raise LookupError(f"no recording of {method} {path} with {status}")


TOKEN = recorded("POST", "/oauth2/token", 200)
NO_LINKS = json_reply({"nodes": {}})
INFO = json_reply(
    {
        "mac": "CC:1B:E0:E0:F1:E8",
        "model": "E1000",
        "version": "2.1.1.2303082218",
        "uptime": 86400,
        "chipinfo": {"0": {"status": "1", "max": 11}, "1": {"status": "1", "max": 11}},
    }
)


@dataclass(slots=True)
class RecordedRouter:
    """`async with RecordedRouter() as router`: answers what `answers` says for a path, by turns if it is a list (its
    last one again and again).

    `asked` holds every request, `open_streams` counts the connections whose stream is not over.
    """

    answers: Mapping[str, Script | Sequence[Script]] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    open_streams: int = 0
    url: str = ""
    port: int = 0
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _turns: dict[str, int] = field(default_factory=dict)
    _connections: set[asyncio.StreamWriter] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.answers = {"/gap/nodes": NO_LINKS, "/cassia/info": INFO, "/oauth2/token": TOKEN, **self.answers}

    async def __aenter__(self) -> Self:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"
        self._stack.push_async_callback(self._close, server)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Ends it early, as a power cut does."""
        await self._stack.aclose()

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        self._ended.set()
        await self.until(lambda: self.open_streams == 0)
        for connection in list(self._connections):
            connection.transport.abort()
        await self.until(lambda: not self._connections)
        await server.wait_closed()

    async def until(self, true: Callable[[], bool], within: float = 5.0) -> None:
        """Waits until `true()` holds; it is looked at after each request and each end of a stream or connection."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(true)

    def streams_asked(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.query.get("event") == "1"]

    # -- the wire

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            while asked := await _read(reader):
                self.asked.append(asked)
                await self._tell()
                if not await self._answer(self._next(asked), reader, writer):
                    return
            writer.write(_head(400, TEXT, (("Connection", "close"),), 0))  # as servers answer what is no HTTP
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client went away, which some tests are about
        finally:
            writer.close()
            self._connections.discard(writer)
            await self._tell()

    def _next(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix("/api").rstrip("/")
        key = f"{path}?event=1" if asked.query.get("event") == "1" else path
        script = self.answers.get(key, Reply(404, b"URL not found"))
        if isinstance(script, Sequence):
            turn = self._turns.get(key, 0)
            self._turns[key] = turn + 1
            script = script[min(turn, len(script) - 1)]
        return script(asked) if callable(script) else script

    async def _answer(self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        match answer:
            case Reply():
                writer.write(_head(answer.status, answer.type, answer.headers, len(answer.body)) + answer.body)
                await writer.drain()
                return True
            case Raw():
                writer.write(answer.data)
                await writer.drain()
                if answer.hold:
                    await self._hold(reader)
                return False
            case Stream():
                self.open_streams += 1
                try:
                    await self._stream(answer, reader, writer)
                finally:
                    self.open_streams -= 1
                    await self._tell()
                return False

    async def _stream(self, stream: Stream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, stream.type, (("Transfer-Encoding", "chunked"),), None))
        for chunk in stream.chunks:
            writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            await writer.drain()
        if stream.then == "hold":
            await self._hold(reader, _pump(stream.feed, writer))
        elif stream.then == "end":
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        else:
            writer.transport.abort()

    async def _hold(self, reader: asyncio.StreamReader, *more: Coroutine[None, None, None]) -> None:
        """Until the client closes the connection, the router is shut down, or `more` has ended."""
        async with asyncio.TaskGroup() as group:
            waits: list[asyncio.Task[object]] = [group.create_task(_gone(reader))]
            waits += [group.create_task(self._ended.wait()), *(group.create_task(one) for one in more)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


async def _pump(feed: asyncio.Queue[bytes], writer: asyncio.StreamWriter) -> None:
    while chunk := await feed.get():
        writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        await writer.drain()
    writer.transport.abort()


async def _gone(reader: asyncio.StreamReader) -> None:
    try:
        await reader.read()
    except (ConnectionError, ssl.SSLError):
        return


def _head(status: int, kind: str, headers: Iterable[tuple[str, str]], length: int | None) -> bytes:
    lines = [f"HTTP/1.1 {status} Recorded", *(f"{name}: {value}" for name, value in headers)]
    if kind:
        lines.append(f"Content-Type: {kind}")
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    start = await reader.read(1)
    if start in {b"", TLS_RECORD}:
        return None
    head = start + await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    if not rest:
        return None
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    target = urlsplit(rest.rpartition(" ")[0])
    query = {name: values[-1] for name, values in parse_qs(target.query, keep_blank_values=True).items()}
    return Asked(method, target.path, query, headers, body)
