"""The router's paths as a web application over a `Feed`; statuses, media types and texts are the router's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bletui.bridge.router_api.devices import Devices
from bletui.bridge.router_api.encoding import notification_event
from bletui.bridge.router_api.eventstream import EventStream
from bletui.bridge.router_api.faults import Scenario
from bletui.bridge.router_api.faulty import Faulty
from bletui.bridge.router_api.feed import links
from bletui.bridge.router_api.guard import TOKEN_PATH, Allowed, App, OriginGuard, Refused, TokenGuard, unheard
from bletui.bridge.router_api.linknews import LinkNews
from bletui.bridge.router_api.links import Links
from bletui.bridge.router_api.memory import memory
from bletui.bridge.router_api.numbering import Numbering
from bletui.bridge.router_api.oauth import token_endpoint
from bletui.bridge.router_api.outbox import Outbox
from bletui.bridge.router_api.power import Power
from bletui.bridge.router_api.profiles import DEFAULT, Profile
from bletui.bridge.router_api.query import notification_query
from bletui.bridge.router_api.replies import json_reply, text_reply
from bletui.bridge.router_api.router import Router
from bletui.bridge.router_api.rows import info, nodes
from bletui.bridge.router_api.scanner import Scanner
from bletui.bridge.router_api.since import scan_asked
from bletui.bridge.router_api.teller import Happening, Teller
from bletui.bridge.router_api.tokens import Tokens
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Notification
from bletui.target import invalid

UNSUPPORTED = (  # no radio here can advertise, set a link's parameters, hear channels, or change or restart a router
    ("GET", "/advertise/start"),
    ("GET", "/advertise/stop"),
    ("POST", "/advertise/ext/start"),
    ("GET", "/advertise/ext/stop"),
    ("GET", "/cassia/reboot"),
    ("POST", "/cassia/reboot"),
    ("POST", "/cassia/info"),
    ("GET", "/gap/channel/assessment"),
    ("POST", "/gap/connection/supervision/overwrite"),
    ("POST", "/gap/hs-mlink-params"),
)


_GONE = 499  # as web servers log a client that has left


class _Api:
    """What one router answers; the calls on its devices are `Devices`."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._feed = router.feed
        self._profile = router.profile

    def routes(self) -> list[Route]:
        return [
            Route("/gap/nodes", self.nodes),
            Route("/cassia/info", self.info),
            Route("/management/nodes/connection-state", self.states),
            Route("/gatt/nodes", self.notifications),
            Route("/management/nodes/connectionstate", self.states),  # as older manuals write it
            Route("/cassia/login", _no_login, methods=["POST"]),
            *([Route("/cassia/memory", _memory)] if self._profile.m2000 else []),
            *(Route(path, _unsupported, methods=[method]) for method, path in UNSUPPORTED),
            *Links(self._router).routes(),
            *Devices(self._router).routes(),
        ]

    async def nodes(self, request: Request) -> Response:
        if request.query_params.get("event") == "1":
            return await self._scan(request)
        wanted = request.query_params.get("connection_state") or "connected"
        if wanted != "connected":
            raise invalid(f"connection_state={wanted[:80]}: connected is expected")
        calls = self._router.calls
        signals = await calls.signals() if self._profile.m2000 else {}
        return json_reply(nodes(links(self._feed.snapshots()), self._feed.chip, self._profile, calls.types, signals))

    async def info(self, request: Request) -> Response:
        counters = self._feed.counters(self._router.uptime)
        snapshots = self._feed.snapshots()
        router = self._router
        version, at = self._profile.version, router.clock.wall()
        box = self._profile.container or "container" in request.query_params.get("fields", "").split(",")
        return json_reply(info(snapshots, self._feed.chip, counters, version, router.model, router.mac, at, box))

    async def states(self, request: Request) -> Response:
        return self._told(Teller(Outbox(None), LinkNews(self._feed, self._profile).line))

    async def notifications(self, request: Request) -> Response:
        query = notification_query(request.query_params)
        numbering = Numbering(query.sequence)

        def encode(event: Happening) -> bytes | None:
            numbering.notice(event)
            if not isinstance(event, Notification):
                return None
            return notification_event(event, numbering.next(event), timed=query.timestamp, zone=None)

        return self._told(Teller(Outbox("notifications"), encode))

    async def _scan(self, request: Request) -> Response:
        query = scan_asked(request.query_params, self._profile)
        lanes = self._feed.lanes(query.chip)
        call_later = asyncio.get_running_loop().call_later
        scanner = Scanner(query, lanes, call_later=call_later, speed=self._router.speed)
        await self._feed.add_scanner(scanner)
        return EventStream(scanner.outbox, lambda: self._feed.leave(scanner))

    def _told(self, teller: Teller) -> Response:
        self._feed.add_teller(teller)
        return EventStream(teller.outbox, lambda: self._feed.leave(teller))


class _Tolerant:
    """`x` and `x/` are one path, and only the methods that routers know are methods."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":  # a stream has no end, so it has no head
            await text_reply(HTTPStatus.INTERNAL_SERVER_ERROR, "URL not found")(scope, receive, send)
        else:
            await self._app({**scope, "path": scope["path"].rstrip("/") or "/"}, receive, send)


def router_app(router: Router, *more: Route) -> App:
    """The router's own paths, and `more`; nothing guards them."""

    async def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, BleError):
            raise error
        failure = error.failure
        why = failure.detail or failure.message or failure.kind.title
        words = refusal(failure, None if router.passes_words else router.profile)
        return text_reply(*words, detail=f"{failure.kind.code} {failure.kind.value}: {why}")

    return web_app([*_Api(router).routes(), *more], refused)


def web_app(routes: Sequence[Route], refused: Callable[[Request, Exception], Awaitable[Response]]) -> App:
    """`refused` words a `BleError`."""
    handlers: dict[Any, Any] = {
        HTTPException: _no_such_url,
        BleError: refused,
        ClientDisconnect: _left,
        Exception: _bug,
    }
    inner = Starlette(routes=routes, exception_handlers=handlers)
    inner.router.redirect_slashes = False
    return _Tolerant(inner)


def alone(router: Router, tokens: Tokens | None) -> App:
    """A router of its own, which gives tokens itself."""
    return router_app(router, Route(TOKEN_PATH, token_endpoint(tokens), methods=["POST"]))


def guarded(
    app: App,
    router: Router,
    power: Power,
    allowed: Allowed,
    tokens: Tokens | None,
    scenario: Scenario,
    token_path: str = TOKEN_PATH,
    refused: Refused = unheard,
) -> App:
    """`app` behind what goes wrong on request and behind the guards; `refused` is told whom they turn away."""
    if tokens is not None:
        app = TokenGuard(app, tokens, token_path, refused)
    if scenario.faults:
        app = Faulty(app, scenario, power, router.profile.full)
    return OriginGuard(app, allowed, refused)


async def _no_such_url(request: Request, error: Exception) -> Response:
    return text_reply(HTTPStatus.INTERNAL_SERVER_ERROR, "URL not found")


async def _left(request: Request, error: Exception) -> Response:
    """The client is gone before its request was whole; nobody reads this."""
    return Response(status_code=_GONE)


async def _no_login(request: Request) -> Response:
    """There is no web page to log in to. Who has to show a token has shown it before this."""
    return text_reply(HTTPStatus.OK, "OK")


async def _memory(request: Request) -> Response:
    return json_reply(memory())


async def _unsupported(request: Request) -> Response:
    detail = "no radio behind this API can do it"
    raise BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation=request.url.path.strip("/"), detail=detail))


async def _bug(request: Request, error: Exception) -> Response:
    """The answer alone: the framework raises the error again, and the server logs it."""
    return text_reply(HTTPStatus.INTERNAL_SERVER_ERROR, "failure", detail=f"{ErrorKind.INTERNAL_BUG.code} internal.bug")


def refusal(failure: Failure, profile: Profile | None = None) -> tuple[HTTPStatus, str]:
    """Status and body text for a failure, as routers say it; too many streams are a 502."""
    full = failure.kind is ErrorKind.BUSY_CAPACITY and not failure.operation
    status = (profile or DEFAULT).full if full else HTTPStatus.INTERNAL_SERVER_ERROR
    if profile is None and failure.source.startswith("cassia") and failure.message:
        return status, failure.message
    return status, (profile or DEFAULT).text(failure)
