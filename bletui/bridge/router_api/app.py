"""The router's paths as a web application over a `Feed`; statuses, media types and texts are the router's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import tzinfo
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bletui.bridge.router_api.devices import Devices, body
from bletui.bridge.router_api.encoding import notification_event, state_event
from bletui.bridge.router_api.feed import Feed, Teller, links
from bletui.bridge.router_api.guard import TOKEN_PATH, Allowed, App, OriginGuard, TokenGuard
from bletui.bridge.router_api.outbox import Outbox
from bletui.bridge.router_api.profiles import DEFAULT, Profile
from bletui.bridge.router_api.query import notification_query, scan_query
from bletui.bridge.router_api.replies import json_reply, text_reply
from bletui.bridge.router_api.rows import info, nodes
from bletui.bridge.router_api.scanner import Scanner
from bletui.bridge.router_api.tokens import LIFETIME, Tokens, basic_password
from bletui.clock import Clock
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Event, LinkChanged, Notification
from bletui.target import invalid


class EventStream(Response):
    """A stream of events until its client leaves or its outbox is closed."""

    def __init__(self, outbox: Outbox, leave: Callable[[], None]) -> None:
        super().__init__(headers={"content-type": "text/event-stream", "cache-control": "no-cache"})
        del self.headers["content-length"]
        self._outbox = outbox
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watch(receive))
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                while chunk := await self._outbox.take():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
                watching.cancel()
        finally:
            self._leave()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._outbox.close()


class _Api:
    """The endpoints. `zone` None: this machine's."""

    def __init__(
        self,
        feed: Feed,
        tokens: Tokens | None,
        clock: Clock,
        zone: tzinfo | None,
        speed: float,
        profile: Profile,
    ) -> None:
        self._profile = profile
        self._feed = feed
        self._tokens = tokens
        self._clock = clock
        self._zone = zone
        self._speed = speed
        self._started = clock.monotonic()

    def routes(self) -> list[Route]:
        return [
            Route("/gap/nodes", self.nodes),
            Route("/cassia/info", self.info),
            Route("/management/nodes/connection-state", self.states),
            Route("/gatt/nodes", self.notifications),
            Route(TOKEN_PATH, self.token, methods=["POST"]),
            *Devices(self._feed, self._profile, self._speed).routes(),
        ]

    async def nodes(self, request: Request) -> Response:
        if request.query_params.get("event") == "1":
            return await self._scan(request)
        wanted = request.query_params.get("connection_state") or "connected"
        if wanted != "connected":
            raise invalid(f"connection_state={wanted[:80]}: connected is expected")
        return json_reply(nodes(links(self._feed.snapshots()), self._feed.chip, self._profile))

    async def info(self, request: Request) -> Response:
        counters = self._feed.counters(self._clock.monotonic() - self._started)
        return json_reply(info(self._feed.snapshots(), self._feed.chip, counters, self._profile.version))

    async def states(self, request: Request) -> Response:
        known = {link.peer for link in links(self._feed.snapshots()) if link.state == "up"}

        def encode(event: Event) -> bytes | None:
            """A link that changes while it is up is no news to a router."""
            if not isinstance(event, LinkChanged) or (event.state == "up" and event.peer in known):
                return None
            (known.add if event.state == "up" else known.discard)(event.peer)
            return state_event(event, self._feed.chip(event.peer.lane), whole=self._profile.reasons)

        return self._told(Teller(Outbox(None), encode))

    async def notifications(self, request: Request) -> Response:
        query = notification_query(request.query_params)

        def encode(event: Event) -> bytes | None:
            if not isinstance(event, Notification):
                return None
            return notification_event(event, sequence=query.sequence, timed=query.timestamp, zone=self._zone)

        return self._told(Teller(Outbox("notifications"), encode))

    async def token(self, request: Request) -> Response:
        """OAuth client credentials (RFC 6749, 4.4); the user name means nothing."""
        if self._tokens is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        password = basic_password(request.headers.get("authorization", ""))
        if password is None or not self._tokens.is_secret(password):
            return json_reply(
                {"error": "invalid_client", "error_description": "Client not found"}, HTTPStatus.UNAUTHORIZED
            )
        if await _grant_type(request) != "client_credentials":
            return json_reply({"error": "unsupported_grant_type"}, HTTPStatus.BAD_REQUEST)
        given = {"token_type": "bearer", "access_token": self._tokens.issue(), "expires_in": LIFETIME}
        return json_reply(given, headers={"cache-control": "no-store", "pragma": "no-cache"})

    async def _scan(self, request: Request) -> Response:
        query = scan_query(request.query_params)
        lanes = self._feed.lanes(query.chip)
        call_later = asyncio.get_running_loop().call_later
        scanner = Scanner(query, lanes, call_later=call_later, zone=self._zone, speed=self._speed)
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


def application(
    feed: Feed,
    *,
    allowed: Allowed,
    tokens: Tokens | None = None,
    clock: Clock | None = None,
    zone: tzinfo | None = None,
    speed: float = 1.0,
    profile: Profile | None = None,
) -> App:
    """The guarded API. `zone`: of time stamps, None for this machine's; `speed` as the feed's. Without a profile a
    router's own words are passed on, and all else is as in firmware 2.1.1."""
    api = _Api(feed, tokens, clock or Clock(), zone, speed, profile or DEFAULT)

    async def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, BleError):
            raise error
        failure = error.failure
        why = failure.detail or failure.message or failure.kind.title
        return text_reply(*refusal(failure, profile), detail=f"{failure.kind.code} {failure.kind.value}: {why}")

    handlers: dict[Any, Any] = {HTTPException: _no_such_url, BleError: refused, Exception: _bug}
    inner = Starlette(routes=api.routes(), exception_handlers=handlers)
    inner.router.redirect_slashes = False
    app: App = _Tolerant(inner)
    if tokens is not None:
        app = TokenGuard(app, tokens)
    return OriginGuard(app, allowed)


async def _no_such_url(request: Request, error: Exception) -> Response:
    return text_reply(HTTPStatus.INTERNAL_SERVER_ERROR, "URL not found")


async def _bug(request: Request, error: Exception) -> Response:
    """The answer alone: the framework raises the error again, and the server logs it."""
    return text_reply(HTTPStatus.INTERNAL_SERVER_ERROR, "failure", detail=f"{ErrorKind.INTERNAL_BUG.code} internal.bug")


def refusal(failure: Failure, profile: Profile | None = None) -> tuple[HTTPStatus, str]:
    """Status and body text for a failure, as routers say it; too many streams are a 502."""
    full = failure.kind is ErrorKind.BUSY_CAPACITY and not failure.operation
    status = HTTPStatus.BAD_GATEWAY if full else HTTPStatus.INTERNAL_SERVER_ERROR
    if profile is None and failure.source.startswith("cassia") and failure.message:
        return status, failure.message
    return status, (profile or DEFAULT).text(failure)


async def _grant_type(request: Request) -> str | None:
    """From a form or from JSON, whatever the media type says: both are sent to routers."""
    text = (await body(request)).decode("utf-8", "replace")
    try:
        given = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        given = dict(parse_qsl(text))
    return given.get("grant_type") if isinstance(given, dict) else None
