"""The API of an access controller over several routers, each of them a radio: everything below `/api`.

What names no router is answered here; the rest goes to the router that `mac=` names.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bletui.bridge.router_api import bodies
from bletui.bridge.router_api.app import refusal, router_app, web_app
from bletui.bridge.router_api.choosing import Choosing
from bletui.bridge.router_api.combined import Combined
from bletui.bridge.router_api.encoding import event
from bletui.bridge.router_api.eventstream import EventStream
from bletui.bridge.router_api.fanout import Fanout
from bletui.bridge.router_api.feed import KEEP_ALIVE, STREAMS_MAX
from bletui.bridge.router_api.guard import App, Receive, Scope, Send, refuse
from bletui.bridge.router_api.hearing import Hearing
from bletui.bridge.router_api.hub import Hub, is_mac, named
from bletui.bridge.router_api.oauth import token_endpoint
from bletui.bridge.router_api.outbox import Outbox
from bletui.bridge.router_api.query import texts
from bletui.bridge.router_api.replies import accepted, bad_request, body, json_reply
from bletui.bridge.router_api.router import Router
from bletui.bridge.router_api.since import scan_asked
from bletui.bridge.router_api.teller import Happening
from bletui.bridge.router_api.tokens import Tokens
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import LaneChanged, LaneDown

PREFIX = "/api"
JSON = "application/json; charset=utf-8"
_OURS = ("/oauth2/", "/cassia/hub", "/ac/ap", "/aps/", "/middleware/", "/bletui")


class AccessController:
    """`routers` by their MACs; their feeds are opened and run elsewhere."""

    token_path = f"{PREFIX}/oauth2/token"

    def __init__(self, routers: Sequence[Router], tokens: Tokens | None) -> None:
        self._hubs: Mapping[str, Hub] = {router.mac: Hub(router) for router in routers}
        self._apps: Mapping[str, App] = {router.mac: router_app(router) for router in routers}
        self._hearing = Hearing(routers[0].clock.wall)
        self._combined = Combined(self._hubs)
        self._watchers = Fanout()
        self._profile = routers[0].profile
        self._speed = routers[0].speed
        self._app = web_app(self._routes(tokens), self._refused)

    async def open(self) -> None:
        """When the routers' feeds are open."""
        self._combined.begin()
        for hub in self._hubs.values():
            hub.look()
            hub.router.feed.listen(partial(self._happened, hub))
            hub.router.feed.overhear(partial(self._hearing.hear, hub.mac))

    async def run(self) -> None:
        """Keeps the streams alive until cancelled."""
        while True:
            await asyncio.sleep(KEEP_ALIVE / self._speed)
            for clients in (self._combined.clients, self._watchers):
                clients.beat_all(self._profile.keep_alive)

    def end_streams(self) -> None:
        for clients in (self._combined.clients, self._watchers):
            clients.close_all()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if not path.startswith(f"{PREFIX}/"):
            await refuse(send, HTTPStatus.NOT_FOUND, "Not Found", "an access controller's paths begin with /api")
            return
        inner = {**scope, "path": path.removeprefix(PREFIX)}
        app = self._app if inner["path"].startswith(_OURS) else self._router(scope)
        if isinstance(app, Response):
            await app(scope, receive, send)
        else:
            await app(inner, receive, send)

    def _router(self, scope: Scope) -> App | Response:
        """The router that a call is for, or why there is none."""
        query: str = scope.get("query_string", b"").decode("latin-1")
        mac = dict(parse_qsl(query)).get("mac", "").upper()
        if not is_mac(mac):
            return _no_router(HTTPStatus.BAD_REQUEST, "router's mac is invalid", "mac= names the router")
        hub = self._hubs.get(mac)
        if hub is not None:
            self._look(hub)
        if hub is None or not hub.online:
            why = "it is offline" if hub else "there is no such router"
            return _no_router(HTTPStatus.GATEWAY_TIMEOUT, "Gateway Timeout", f"{mac}: {why}")
        return self._apps[mac]

    def _routes(self, tokens: Tokens | None) -> list[Route]:
        return [
            Route("/oauth2/token", token_endpoint(tokens), methods=["POST"]),
            Route("/cassia/hubs", self.online),
            Route("/cassia/hubs/{mac}", self.one),
            Route("/cassia/hubStatus", self.watch),
            Route("/ac/ap", self.all),
            Route("/ac/ap/{mac}", self.one),
            *Choosing(self._hubs, self._hearing).routes(),
            Route("/aps/events", self.events),
            Route("/aps/scan/open", self.open_scan, methods=["POST"]),
            Route("/aps/scan/close", self.close_scan, methods=["POST"]),
            Route("/aps/{what}/{switch}", self.tell, methods=["POST"]),
            Route("/aps/ap-state/{switch}", self.tell_ap_states),
            Route("/middleware/position/by-device/{device}", self.by_device),
            Route("/middleware/position/by-ap/{mac}", self.by_ap),
            Route("/bletui", self.ours),
        ]

    # -- routers

    async def online(self, request: Request) -> Response:
        return json_reply([hub.row() for hub in self._looked_at() if hub.online], kind=JSON)

    async def all(self, request: Request) -> Response:
        return json_reply([hub.row() for hub in self._looked_at()], kind=JSON)

    async def one(self, request: Request) -> Response:
        mac = request.path_params["mac"].upper()
        if not is_mac(mac):
            return _no_router(HTTPStatus.BAD_REQUEST, "router's mac is invalid", "")
        if mac not in self._hubs:
            return _no_router(HTTPStatus.NOT_FOUND, "Not Found", f"{mac}: there is no such router")
        return json_reply(self._hubs[mac].row(), kind=JSON)

    async def watch(self, request: Request) -> Response:
        """Routers that come and go from now on."""
        if len(self._watchers) >= STREAMS_MAX:
            raise BleError(Failure(kind=ErrorKind.BUSY_CAPACITY, detail=f"{STREAMS_MAX} streams are open already"))
        client = Outbox(None)
        self._watchers.join(client)
        return EventStream(client, lambda: self._watchers.leave(client))

    def _happened(self, hub: Hub, happened: Happening) -> None:
        if isinstance(happened, (LaneChanged, LaneDown)):
            self._look(hub)

    def _looked_at(self) -> Iterable[Hub]:
        """A radio that has ended says nothing any more, so it is also looked at when it is asked for."""
        for hub in self._hubs.values():
            self._look(hub)
        return self._hubs.values()

    def _look(self, hub: Hub) -> None:
        if hub.look():
            self._watchers.put(event(hub.status_event()), 0)
            self._combined.came_or_went(hub)

    # -- the combined stream

    async def events(self, request: Request) -> Response:
        client = await self._combined.join()
        return EventStream(client, lambda: self._combined.leave(client))

    async def open_scan(self, request: Request) -> Response:
        given = bodies.fields(await body(request))
        macs = named(given.get("aps"), self._hubs)
        if macs is None:
            return bad_request("invalid aps")
        query = scan_asked(texts(given), self._profile)
        await self._combined.open_scans(dict.fromkeys(macs, query))
        return accepted()

    async def close_scan(self, request: Request) -> Response:
        macs = named(bodies.fields(await body(request)).get("aps"), self._hubs)
        if macs is None:
            return bad_request("invalid aps")
        self._combined.close_scans(macs)
        return accepted()

    async def tell(self, request: Request) -> Response:
        told = {"notify": self._combined.notify, "connection-state": self._combined.states}
        routers, switch = told.get(request.path_params["what"]), request.path_params["switch"]
        if routers is None or switch not in ("open", "close"):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        macs = named(bodies.fields(await body(request)).get("aps"), self._hubs)
        if macs is None:
            return bad_request("invalid aps")
        (routers.update if switch == "open" else routers.difference_update)(macs)
        return accepted()

    async def tell_ap_states(self, request: Request) -> Response:
        if request.path_params["switch"] not in ("open", "close"):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        self._combined.ap_states = request.path_params["switch"] == "open"
        return accepted()

    # -- positions

    async def by_device(self, request: Request) -> Response:
        device = request.path_params["device"]
        if device == "*":
            return json_reply({one: {"hubMac": mac} for one, mac in self._hearing.devices().items()})
        mac = self._hearing.nearest(bodies.address(device))
        return json_reply({} if mac is None else {"hubMac": mac})

    async def by_ap(self, request: Request) -> Response:
        """The devices that a router hears better than any other router does."""
        found: dict[str, list[str]] = {mac: [] for mac in self._hubs}
        for device, mac in self._hearing.devices().items():
            found[mac].append(device)
        wanted = request.path_params["mac"].upper()
        if wanted == "*":
            return json_reply(found)
        return json_reply(found[wanted]) if wanted in found else bad_request("invalid aps")

    async def ours(self, request: Request) -> Response:
        """What no controller has: how many events slow clients of its streams have lost."""
        clients = self._combined.clients
        return json_reply({"streams": len(clients) + len(self._watchers), "shed": clients.all_lost})

    async def _refused(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, BleError):
            raise error
        failure = error.failure
        if failure.kind is ErrorKind.REQUEST_INVALID:
            return bad_request("invalid parameters", typed=True, detail=failure.detail)
        status, text = refusal(failure, self._profile)
        return _no_router(status, text, failure.detail)


def _no_router(status: HTTPStatus, text: str, detail: str) -> Response:
    headers = {"bletui-detail": detail.encode("ascii", "backslashreplace").decode()} if detail else None
    return Response(text, int(status), headers, "text/plain")
