"""The router's API on a socket: what may be listened on, and a start and a stop that leave nothing behind."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import uvicorn

from bletui.bridge import handshakes
from bletui.bridge.router_api import outages
from bletui.bridge.router_api.answering import answering
from bletui.bridge.router_api.app import guarded
from bletui.bridge.router_api.connection import CONNECTIONS_MAX, Connection
from bletui.bridge.router_api.faults import Scenario
from bletui.bridge.router_api.guard import Allowed, App, Refused, unheard
from bletui.bridge.router_api.power import Power, reset
from bletui.bridge.router_api.profiles import Profile
from bletui.bridge.router_api.rows import OURS
from bletui.bridge.router_api.tokens import Tokens
from bletui.clock import Clock
from bletui.errors import Context, Native, classify
from bletui.failure import BleError
from bletui.radio import Radio
from bletui.target import invalid
from bletui.text import visible

_BACKLOG = 128
_TICK = 1.0  # seconds between two renewals of the Date header
_STOP_WITHIN = 0.5  # seconds until connections that do not read are cut
Anew = Callable[[int, tuple[object, ...]], socket.socket]
_LISTEN = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?)\]|(?P<host>[^\[\]:]+)):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen and for whom. `hosts`, `origins`: allowed besides our own; port 0 lets the system choose."""

    host: str
    port: int
    cert: Path | None = None
    key: Path | None = None
    token: str | None = field(default=None, repr=False)
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()


def _listening(family: int, address: tuple[object, ...]) -> socket.socket:
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY where it is named
    try:
        if os.name == "posix":  # elsewhere it lets two programs share the port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(_BACKLOG)
    except OSError:
        found.close()
        raise
    return found


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that listens, and for what it was made. `anew` makes another at its family and address."""

    listen: Listen
    socket: socket.socket
    anew: Anew = _listening

    @property
    def url(self) -> str:
        return f"{'https' if self.listen.cert else 'http'}://{_at(self.socket.getsockname())}"

    @property
    def exposed(self) -> bool:
        """Whether other machines can reach it."""
        return not is_loopback(self.socket.getsockname()[0])

    def close(self) -> None:
        self.socket.close()


def parse_listen(text: str) -> tuple[str, int]:
    """`HOST:PORT` or `[IPV6]:PORT`."""
    found = _LISTEN.fullmatch(text)
    if not found or int(found["port"]) > 65535:
        raise invalid(f"{text!r} is not HOST:PORT; one looks like 127.0.0.1:8080 or [::1]:8080")
    return found["v6"] or found["host"], int(found["port"])


def bind(listen: Listen) -> Listener:
    """Takes the address; beyond loopback only with TLS and a token. `request.invalid`, `net.dns`: it can't be had.

    Looks up a name, so it may block: call it before the event loop runs.
    """
    _allowed(listen, addresses=False)
    try:
        family, _, _, _, address = socket.getaddrinfo(
            listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as failed:
        raise _can_not_listen(listen, listen.host, failed, phase="resolve") from failed
    if not is_loopback(str(address[0])):
        _demand_protection(listen)
    _check_certificate(listen)
    try:
        return Listener(listen, _listening(family, address))
    except OSError as failed:
        where = _at((str(address[0]), listen.port))
        raise _can_not_listen(listen, where, failed) from failed


def is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


async def serve(
    radios: Sequence[Radio],
    listener: Listener,
    *,
    ready: Callable[[str], None],
    speed: float = 1.0,
    profile: Profile | None = None,
    scenario: Scenario | None = None,
    model: str = OURS,
    macs: Sequence[str] | None = None,
    clock: Clock | None = None,
    refused: Refused = unheard,
) -> None:
    """Serves the radios until cancelled, and ends within 2 s then. `ready` is told the URL; the radios stay open.

    `macs` None: one router, whose chips are the radios' lanes. Else an access controller, with each radio as the router
    whose MAC stands at its place.
    """
    scenario, power = scenario or Scenario(), Power(clock, speed)
    tokens = _tokens(listener.listen, power, needed=macs is not None)
    site = answering(radios, macs, tokens, power, profile=profile, model=model, clock=clock)
    allowed = _allowed(listener.listen, addresses=listener.exposed)
    app = guarded(site.app(tokens), site.routers[0], power, allowed, tokens, scenario, site.token_path, refused)
    try:
        for part in site.parts:
            await part.open()
        async with asyncio.TaskGroup() as tasks:
            server = _server(app, listener, partial(handshakes.listen, refused=refused, tasks=tasks))
            running = [tasks.create_task(part.run()) for part in site.parts]
            serving = tasks.create_task(server.serve(sockets=[listener.socket]))
            befalling = tasks.create_task(outages.run(scenario, power, site.feeds, server, tokens, site.end_streams))
            try:
                ready(listener.url)
                await asyncio.wait([*running, serving], return_when=asyncio.FIRST_COMPLETED)
            finally:
                site.end_streams()
                befalling.cancel()
                await _stop(server, serving)
                for task in running:
                    task.cancel()
    except* BleError as failed:
        raise _first(failed) from failed
    finally:
        listener.close()
        for feed in site.feeds:
            await feed.aclose()


def _tokens(listen: Listen, power: Power, *, needed: bool) -> Tokens | None:
    """An access controller gives tokens in any case; without a secret, to anybody."""
    return None if listen.token is None and not needed else Tokens(listen.token, now=power.seconds)


def _first(failed: BaseExceptionGroup[BleError]) -> BleError:
    """What ended a group of tasks, as the one failure that callers expect."""
    first = failed.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


class VisibleFormatter(logging.Formatter):
    """Log lines, tracebacks included, with everything that a terminal would act on written out."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(map(visible, super().format(record).splitlines()))


_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"visible": {"()": VisibleFormatter}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "visible"}},
    "loggers": {"uvicorn.error": {"handlers": ["stderr"], "propagate": False}},
}


_Listens = Callable[[socket.socket, ssl.SSLContext | None, handshakes.Made], Awaitable[Callable[[], object]]]


class _Server(uvicorn.Server):
    """Leaves the signals to the program: it also has radios to close. Its door can be shut and opened again."""

    def __init__(self, config: uvicorn.Config, listener: Listener, listen: _Listens) -> None:
        super().__init__(config)
        self._listens = listen
        self._closing: list[Callable[[], object]] = []
        self._listen = listener.listen
        self._address = listener.socket.getsockname()
        self._family = listener.socket.family
        self._anew = listener.anew
        self._told = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, but for TLS handshakes, which are bounded."""
        config = self.config

        def made() -> Connection:
            return Connection(config=config, server_state=self.server_state, app_state=self.lifespan.state)

        self.servers = []  # closed by ourselves
        self._closing = [await self._listens(one, config.ssl, made) for one in sockets or ()]
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._close()
        await asyncio.sleep(0)  # nobody waits at the sockets any more
        await super().shutdown(sockets)

    def _close(self) -> None:
        for close in self._closing:
            close()

    async def main_loop(self) -> None:
        """As uvicorn's, but it ends as soon as it is told to."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await self._told.wait()

    def stop(self) -> None:
        self.should_exit = True
        self._told.set()

    def shut(self) -> None:
        self._close()
        for one in list(self.server_state.connections):
            reset(one.transport)

    async def open_again(self) -> None:
        """Where it was; `request.invalid`: another program has taken the address meanwhile."""
        try:
            found = self._anew(self._family, self._address)
        except OSError as failed:
            raise _can_not_listen(self._listen, _at(self._address), failed) from failed
        await self.startup(sockets=[found])


def _server(app: App, listener: Listener, listens: _Listens) -> _Server:
    listen = listener.listen
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=_LOGGING,
        log_level=logging.ERROR,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=CONNECTIONS_MAX,
        ssl_certfile=listen.cert,
        ssl_keyfile=listen.key,
    )
    return _Server(config, listener, listens)


def _allowed(listen: Listen, *, addresses: bool) -> Allowed:
    ours = frozenset({"localhost", listen.host.lower().partition("%")[0]})
    return Allowed(ours | listen.hosts, addresses, listen.origins)


async def _stop(server: _Server, serving: asyncio.Task[None]) -> None:
    """Lets connections end by themselves, then cuts those of clients that do not read."""
    server.stop()
    _, running = await asyncio.wait([serving], timeout=_STOP_WITHIN)
    if running:
        for one in list(server.server_state.connections):
            one.transport.abort()
        await asyncio.wait(running, timeout=_STOP_WITHIN)


def _demand_protection(listen: Listen) -> None:
    missing = [
        option
        for option, given in (("--tls-cert and --tls-key", listen.cert and listen.key), ("--token-file", listen.token))
        if not given
    ]
    if missing:
        raise invalid(f"{listen.host} can be reached from other machines, which needs {' and '.join(missing)}")


def _check_certificate(listen: Listen) -> None:
    """`request.invalid` before anything listens; an encrypted key is refused instead of asked for at the terminal."""
    if listen.cert is None and listen.key is None:
        return
    if listen.cert is None or listen.key is None:
        raise invalid("--tls-cert and --tls-key belong together")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(listen.cert, listen.key, password=_no_password)
    except (OSError, ValueError) as failed:
        why = getattr(failed, "strerror", None) or str(failed)
        raise invalid(f"certificate {listen.cert} with key {listen.key}: {why}") from failed


def _no_password() -> str:
    raise ValueError("the key is encrypted; give one without a passphrase")


def _can_not_listen(listen: Listen, where: str, failed: Exception, phase: str = "") -> BleError:
    native = Native(source="os", phase=phase, cause=failed)
    asked = Context(evidence={"host": listen.host, "port": str(listen.port)})
    failure = classify(native, backend="bridge", operation="listen", context=asked)
    return BleError(replace(failure, detail=visible(f"can't listen on {where}")))


def _at(address: tuple[str | int, ...]) -> str:
    host, port = str(address[0]), address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
