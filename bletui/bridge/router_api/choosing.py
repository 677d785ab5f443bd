"""Links whose router the access controller chooses: the one that hears the device best and has room for it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bletui.bridge.router_api import bodies
from bletui.bridge.router_api.app import refusal
from bletui.bridge.router_api.hearing import Hearing
from bletui.bridge.router_api.hub import Hub, named
from bletui.bridge.router_api.query import scan_query, texts
from bletui.bridge.router_api.replies import bad_request, body, json_reply
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import AddressType, ScanRequest

_UNHEARD = -200.0  # dBm, below anything that a radio reports
_ELSEWHERE = (ErrorKind.BUSY_CHIP, ErrorKind.BUSY_CAPACITY)  # took no time, so that another router may be asked
_LATE = (ErrorKind.LINK_NOT_SEEN, ErrorKind.LINK_CONNECT_TIMEOUT)
_RANDOM: Mapping[object, AddressType] = {0: "public", "0": "public", 1: "random", "1": "random"}
WISH = "selection"


class Choosing:
    def __init__(self, hubs: Mapping[str, Hub], hearing: Hearing) -> None:
        self._hubs = hubs
        self._hearing = hearing
        self._flag = 0

    def routes(self) -> list[Route]:
        return [
            Route("/aps/ap-select-switch", self.switch, methods=["GET", "POST"]),
            Route("/aps/connections/connect", self.connect, methods=["POST"]),
            Route("/aps/connections/disconnect", self.disconnect, methods=["POST"]),
        ]

    async def switch(self, request: Request) -> Response:
        """With the flag up every router scans, so that it is known who hears what; links are made in any case."""
        given = {**request.query_params, **bodies.fields(await body(request))}
        flag = given.get("flag", self._flag)
        if flag not in (0, 1, "0", "1") or isinstance(flag, bool):
            return bad_request("invalid flag", typed=True)
        params = given.get("scan_params")
        query = scan_query(texts(params) if isinstance(params, dict) else {})
        self._flag = int(flag)
        for hub in self._hubs.values():
            wish = ScanRequest(None, query.active, query.filter) if self._flag else None
            await hub.router.feed.want(WISH, wish)
        return json_reply({"status": "success", "flag": self._flag})

    async def connect(self, request: Request) -> Response:
        given = bodies.fields(await body(request))
        device, macs = _device(given), named(given.get("aps"), self._hubs)
        if device is None:
            return bad_request("invalid devices", typed=True)
        if macs is None:
            return bad_request("invalid aps", typed=True)
        if self._linked(device) is not None:
            return _ok(device)
        kind = _RANDOM.get(_scalar(given.get("random"))) or self._hearing.kind(device)
        asked = bodies.Connecting(kind, bodies.timeout(given))
        error = "no router is online"
        for hub in self._by_signal(device, macs):
            try:
                await hub.router.calls.connect(device, asked)
            except BleError as failed:
                error = _words(failed.failure, hub)
                if failed.failure.kind not in _ELSEWHERE:
                    break
            else:
                return _ok(device)
        return _error(error, device)

    async def disconnect(self, request: Request) -> Response:
        device = _device(bodies.fields(await body(request)))
        if device is None:
            return bad_request("invalid devices", typed=True)
        hub = self._linked(device)
        if hub is None:
            return _error("device is not in connected state", device)
        await hub.router.calls.disconnect(device)
        return _ok(device)

    def _linked(self, device: str) -> Hub | None:
        return next((hub for hub in self._hubs.values() if hub.router.feed.link(device) is not None), None)

    def _by_signal(self, device: str, macs: list[str]) -> list[Hub]:
        """The best one first; of those that do not hear it, the one with the fewest links."""
        online = [hub for mac in macs if (hub := self._hubs[mac]).online]

        def worth(hub: Hub) -> tuple[float, int]:
            strength = self._hearing.strength(device, hub.mac)
            return _UNHEARD if strength is None else strength, -len(hub.devices())

        return sorted(online, key=worth, reverse=True)


def _device(given: Mapping[str, Any]) -> str | None:
    """The one device that a call is about; None: it names none, or several."""
    match given.get("devices"):
        case [str(device)] if bodies.is_address(device):
            return device.upper()
    return None


def _scalar(value: object) -> object:
    return value if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def _words(failure: Failure, hub: Hub) -> str:
    return "timeout" if failure.kind in _LATE else refusal(failure, hub.router.profile)[1]


def _ok(device: str) -> Response:
    return json_reply({"status": "ok", "device": device})


def _error(error: str, device: str) -> Response:
    return json_reply({"status": "error", "error": error, "device": device}, HTTPStatus.BAD_REQUEST)
