"""The router's calls on its links together: connecting several, everybody's RSSI, the chips' own addresses."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bletui.bridge.router_api import bodies
from bletui.bridge.router_api.batch import Batch
from bletui.bridge.router_api.calls import ANSWERING
from bletui.bridge.router_api.encoding import comment, event
from bletui.bridge.router_api.eventstream import EventStream
from bletui.bridge.router_api.feed import links
from bletui.bridge.router_api.matching import addressed
from bletui.bridge.router_api.outbox import Outbox
from bletui.bridge.router_api.query import RssiQuery, rssi_query
from bletui.bridge.router_api.rates import Rates
from bletui.bridge.router_api.replies import body, json_reply, text_reply
from bletui.bridge.router_api.router import Router
from bletui.bridge.router_api.rows import interference, own_address
from bletui.bridge.router_api.teller import Teller
from bletui.failure import BleError

LISTS_MAX = 64 * 1024  # bytes of a body with a list of devices


class Links:
    def __init__(self, router: Router) -> None:
        self._feed = router.feed
        self._calls = router.calls
        self._speed = router.speed
        self._profile = router.profile
        self._batch = Batch(router.feed, router.calls, router.speed)
        self._rates = Rates(router.clock.monotonic, router.speed)
        router.feed.listen(self._rates.notice)

    def routes(self) -> list[Route]:
        table = [Route("/gap/btaddr", self.addresses), Route("/gatt/nodes/rate", self.rates)]
        if self._profile.batch:
            table.append(Route("/gap/rssi", self.rssi))
            for path in ("/gap/batch-connect", "/gap/multi-connect"):  # the latter: its name in early 2.0
                table.append(Route(path, self.connect_all, methods=["POST"]))
                table.append(Route(path, self.forget_all, methods=["DELETE"]))
        if self._profile.newest:
            table.append(Route("/gap/connection", self.connect_first, methods=["POST"]))
            table.append(Route("/gap/link-track", self.track, methods=["POST"]))
            table.append(Route("/gap/connection/interference", self.interference))
        return table

    async def connect_all(self, request: Request) -> Response:
        """`OK` at once; how it ended for each device the connection-state stream tells."""
        self._batch.add(bodies.several(bodies.fields(await body(request, LISTS_MAX)), request.query_params))
        return text_reply(HTTPStatus.OK, "OK")

    async def forget_all(self, request: Request) -> Response:
        self._batch.empty()
        return text_reply(HTTPStatus.OK, "OK")

    async def connect_first(self, request: Request) -> Response:
        """One after another, each for its part of the time; the answer names the first that connects."""
        asked = bodies.several(bodies.fields(await body(request, LISTS_MAX)), request.query_params)
        each = asked.timeout / len(asked.devices)
        failure: BleError | None = None
        for address, kind in asked.devices:
            try:
                await self._calls.connect(address, bodies.Connecting(kind, each, chip=asked.chip))
            except BleError as failed:
                failure = failed
            else:
                return json_reply({"addr": address})
        assert failure is not None, "no list is empty"
        raise failure

    async def rssi(self, request: Request) -> Response:
        query = rssi_query(request.query_params)
        teller = Teller(Outbox("values"), lambda _: None)
        self._feed.add_teller(teller)
        return EventStream(
            teller.outbox, lambda: self._feed.leave(teller), beside=lambda: self._measure(query, teller.outbox)
        )

    async def _measure(self, query: RssiQuery, outbox: Outbox) -> None:
        """A device that can't be asked is told in a comment, so that its silence has a reason."""
        wanted = addressed(query.addresses or ("*",))
        while True:
            for link in [one for one in links(self._feed.snapshots()) if one.state == "up"]:
                address = link.peer.address
                if not wanted(address):
                    continue
                try:
                    dbm = await self._calls.rssi(link, ANSWERING)
                except BleError as failed:
                    outbox.put(comment(f"{address} {failed.failure.kind.code} {failed.failure.kind.value}"), 0)
                else:
                    if dbm < query.below:
                        outbox.put(event({"id": address, "rssi": dbm}), 1)
            await asyncio.sleep(query.interval / self._speed)

    async def track(self, request: Request) -> Response:
        """How links are heard is told whenever it is asked for, so there is nothing to switch."""
        bodies.fields(await body(request))
        return text_reply(HTTPStatus.OK, "OK")

    async def interference(self, request: Request) -> Response:
        signals = await self._calls.signals()
        rows = interference(links(self._feed.snapshots()), self._feed.chip, self._calls.types, signals)
        return json_reply(rows or {})

    async def rates(self, request: Request) -> Response:
        return json_reply({address: f"{rate:.1f}" for address, rate in self._rates.now().items()})

    async def addresses(self, request: Request) -> Response:
        """The chips' own addresses, as far as the radios tell them; an empty object instead of an empty list."""
        lanes = [changed.lane for state in self._feed.snapshots() for changed in state.lanes.values()]
        rows = [
            {
                "bdaddr": own_address(lane),
                "bdaddrType": lane.info.get("address type", "public"),
                "chipId": self._feed.chip(lane.id),
            }
            for lane in lanes
            if own_address(lane)
        ]
        return json_reply({"nodes": rows or {}})
