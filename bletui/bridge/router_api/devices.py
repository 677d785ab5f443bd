"""The router's calls on one device: connecting, attributes, pairing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bletui.bridge.router_api import bodies, gattrows
from bletui.bridge.router_api.calls import ANSWERING
from bletui.bridge.router_api.pairings import Pairings
from bletui.bridge.router_api.replies import body, json_reply, text_reply
from bletui.bridge.router_api.router import Router
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Characteristic,
    Discover,
    GattTree,
    LinkChanged,
    NotifyMode,
    Phy,
    Properties,
    Read,
    SetPhy,
    Subscribe,
    Unpair,
    Write,
)

_BOTH = b"\x03\x00"
_MODES: dict[bytes, NotifyMode] = {
    b"\x00\x00": "off",
    b"\x01\x00": "notify",
    b"\x02\x00": "indicate",
    _BOTH: "notify",
}
Endpoint = Callable[[Request], Awaitable[Response]]


class Devices:
    def __init__(self, router: Router) -> None:
        self._feed = router.feed
        self._profile = router.profile
        self._speed = router.speed
        self._calls = router.calls
        self._pairings = Pairings(router.feed, router.calls)
        self._stale: set[str] = set()  # addresses whose table is to be read anew

    def routes(self) -> list[Route]:
        link, gatt, pairing = "/gap/nodes/{mac}", "/gatt/nodes/{mac}", "/management/nodes/{mac}"
        table: list[tuple[str, str, Endpoint]] = [
            ("POST", f"{link}/connection", self.connect),
            ("DELETE", f"{link}/connection", self.disconnect),
            ("GET", f"{gatt}/services", self.services),
            ("GET", f"{gatt}/services/characteristics/descriptors", self.tree),
            ("GET", f"{gatt}/services/{{service}}/characteristics", self.of_service),
            ("GET", f"{gatt}/characteristics", self.characteristics),
            ("GET", f"{gatt}/characteristics/{{characteristic}}/descriptors", self.descriptors),
            ("GET", f"{gatt}/handle/{{handle}}/value", self.read),
            ("GET", f"{gatt}/handle/{{handle}}/value/{{value}}", self.write),
            ("POST", f"{pairing}/pair", self.pair),
            ("POST", f"{pairing}/pair-input", self.pair_input),
            ("DELETE", f"{pairing}/bond", self.unpair),
        ]
        if self._profile.rssi:
            table.append(("GET", f"{link}/rssi", self.rssi))
        if self._profile.newest:
            by_uuid = f"{gatt}/services/{{service}}/characteristics/{{characteristic}}/value/{{value}}"
            table.append(("GET", by_uuid, self.write_by_uuid))
        if self._profile.phy:
            table += [("POST", f"{link}/phy", self.set_phy), ("GET", f"{link}/phy", self.phy)]
        return [Route(path, endpoint, methods=[method]) for method, path, endpoint in table]

    # -- links

    async def connect(self, request: Request) -> Response:
        """`OK`, again for a device that is connected already."""
        address = _address(request)
        asked = bodies.connecting(bodies.fields(await body(request)), request.query_params)
        new = self._feed.link(address) is None
        await self._calls.connect(address, asked)
        if new and asked.refresh and len(self._stale) < 1024:
            self._stale.add(address)
        return text_reply(HTTPStatus.OK, "OK")

    async def disconnect(self, request: Request) -> Response:
        """Also ends a connect that is under way; ending nothing is `OK`."""
        await self._calls.disconnect(_address(request))
        return text_reply(HTTPStatus.OK, "OK")

    async def rssi(self, request: Request) -> Response:
        link = self._link(request, "rssi")
        return json_reply({"id": link.peer.address, "rssi": await self._calls.rssi(link, ANSWERING)})

    async def set_phy(self, request: Request) -> Response:
        link = self._link(request, "set_phy")
        given = bodies.fields(await body(request))
        wanted = SetPhy(link.peer.address, link.peer.lane, tx=bodies.phys(given, "tx"), rx=bodies.phys(given, "rx"))
        found = await self._perform(link, wanted)
        assert isinstance(found, Phy)
        return json_reply({"id": link.peer.address, "rx_phy": found.rx, "tx_phy": found.tx})

    async def phy(self, request: Request) -> Response:
        link = self._link(request, "phy")
        if link.phy is None:
            raise BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation="phy", detail="this radio does not tell"))
        return json_reply({"id": link.peer.address, "rx_phy": link.phy[1], "tx_phy": link.phy[0]})

    # -- attributes

    async def services(self, request: Request) -> Response:
        found = (await self._tree(request)).services
        uuid = request.query_params.get("uuid", "").lower()
        if not uuid:
            return json_reply(gattrows.services(found))
        rows = gattrows.services(one for one in found if one.uuid == uuid)
        return json_reply(rows[0]) if rows else _no_service()

    async def of_service(self, request: Request) -> Response:
        uuid = request.path_params["service"].lower()
        found = [one for one in (await self._tree(request)).services if one.uuid == uuid]
        return json_reply(gattrows.characteristics(found[0].characteristics)) if found else _no_service()

    async def characteristics(self, request: Request) -> Response:
        rows = gattrows.characteristics(gattrows.all_characteristics(await self._tree(request)))
        uuid = request.query_params.get("uuid", "").lower()
        return json_reply(next((row for row in rows if row["uuid"] == uuid), {}) if uuid else rows)

    async def descriptors(self, request: Request) -> Response:
        """An unknown characteristic is an empty object."""
        uuid = request.path_params["characteristic"].lower()
        found = [one for one in gattrows.all_characteristics(await self._tree(request)) if one.uuid == uuid]
        return json_reply(gattrows.descriptors(found[0]) if found else {})

    async def tree(self, request: Request) -> Response:
        return json_reply(gattrows.whole(await self._tree(request)))

    async def read(self, request: Request) -> Response:
        """The handle as text, and no value where it is empty."""
        handle = bodies.handle(request.path_params["handle"])
        link = self._link(request, "read")
        found = await self._perform(link, Read(link.peer.address, link.peer.lane, handle=handle))
        assert isinstance(found, bytes)
        return json_reply({"handle": str(handle), **({"value": found.hex()} if found else {})})

    async def write(self, request: Request) -> Response:
        handle, value = bodies.handle(request.path_params["handle"]), bodies.value(request.path_params["value"])
        return await self._write(request, self._link(request, "write"), handle, value)

    async def write_by_uuid(self, request: Request) -> Response:
        wanted = request.path_params["service"].lower(), request.path_params["characteristic"].lower()
        value = bodies.value(request.path_params["value"])
        link = self._link(request, "write")
        tree = await self._discovered(link)
        found = [one for each in tree.services for one in each.characteristics if (each.uuid, one.uuid) == wanted]
        return await self._write(request, link, found[0].handle, value) if found else _no_service()

    async def _write(self, request: Request, link: LinkChanged, handle: int, value: bytes) -> Response:
        try:
            await self._written(link, handle, value, response=request.query_params.get("noresponse") != "1")
        except BleError as failed:
            if failed.failure.kind is not ErrorKind.GATT_NOT_FOUND or not self._profile.missing_written:
                raise
        return text_reply(HTTPStatus.OK, "OK")

    async def _written(self, link: LinkChanged, handle: int, value: bytes, *, response: bool) -> None:
        """A CCCD is switched through a subscription: no operating system lets it be written."""
        lane, address = link.peer
        found = gattrows.switched_by(await self._discovered(link), handle) if value in _MODES else None
        if found is not None:
            await self._perform(link, Subscribe(address, lane, handle=found.handle, mode=_mode(value, found)))
        else:
            await self._perform(link, Write(address, lane, handle=handle, value=value, response=response))

    # -- pairing

    async def pair(self, request: Request) -> Response:
        """Connects by itself where no link is up, if the firmware does."""
        address, given = _address(request), bodies.fields(await body(request))
        asked, answers = bodies.connecting(given, request.query_params), bodies.pairing(given)
        if not self._profile.pair_connects:
            self._calls.link(address, "pair")
        await self._calls.connect(address, asked)
        link = self._calls.link(address, "pair")
        return json_reply(await self._pairings.pair(address, link.peer.lane, asked.timeout / self._speed, answers))

    async def pair_input(self, request: Request) -> Response:
        address = _address(request)
        said = bodies.pairing_input(bodies.fields(await body(request)))
        return json_reply(await self._pairings.answer(address, said))

    async def unpair(self, request: Request) -> Response:
        address = _address(request)
        link = self._feed.link(address)
        lanes = [link.peer.lane] if link else [lane.id for lane in self._feed.connecting_lanes(None)]
        for lane in lanes:
            await self._calls.perform(lane, Unpair(address, lane), limit=ANSWERING / self._speed)
        return text_reply(HTTPStatus.OK, "OK")

    # -- small questions

    def _link(self, request: Request, operation: str) -> LinkChanged:
        return self._calls.link(_address(request), operation)

    async def _perform(self, link: LinkChanged, wanted: Read | Write | Subscribe | SetPhy) -> object:
        return await self._calls.perform(link.peer.lane, wanted, limit=ANSWERING / self._speed)

    async def _tree(self, request: Request) -> GattTree:
        return await self._discovered(self._link(request, "discover"))

    async def _discovered(self, link: LinkChanged) -> GattTree:
        known = self._feed.tree(link.peer)
        fresh = link.peer.address in self._stale
        if known is not None and not fresh:
            return known
        wanted = Discover(link.peer.address, link.peer.lane, refresh=fresh)
        found = await self._calls.perform(link.peer.lane, wanted, limit=ANSWERING / self._speed)
        assert isinstance(found, GattTree)
        self._stale.discard(link.peer.address)
        return found


def _address(request: Request) -> str:
    return bodies.address(request.path_params["mac"])


def _mode(value: bytes, switched: Characteristic) -> NotifyMode:
    """A subscription is one of the two: who asks for both gets notifications where there are any."""
    indicates_only = Properties.NOTIFY not in switched.properties
    return "indicate" if value == _BOTH and indicates_only else _MODES[value]


def _no_service() -> Response:
    return text_reply(HTTPStatus.INTERNAL_SERVER_ERROR, "Service Not Found")
