"""A backend that is open to an access controller with three routers, and what it told."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bletui.backend import Backend, Env
from bletui.model import Lane, LaneChanged, LaneDown, Peer, StreamChanged
from tests.backends.cassia.heard import Heard, opened, target_of
from tests.backends.cassia.recorded_controller import DEVICES, FIRST, SECOND, THIRD, Behind, RecordedController
from tests.backends.cassia.recorded_router import Asked, RecordedRouter, Script


def secret(name: str) -> str:
    assert name == "AC"
    return "devkey:devsecret"


@dataclass
class Site:
    """A backend that is open to such a controller."""

    controller: RecordedController
    server: RecordedRouter
    backend: Backend
    heard: Heard

    def asked(self, path: str, method: str = "", mac: str | None = None) -> list[Asked]:
        found = [one for one in self.server.asked if path in one.path and method in one.method]
        return [one for one in found if mac is None or one.query.get("mac") == mac]

    def lane(self, mac: str) -> str:
        return f"lab/{mac}/0"

    @property
    def lanes(self) -> dict[str, Lane]:
        """As they stand now."""
        found: dict[str, Lane] = {}
        for event in self.heard.events:
            match event:
                case LaneChanged(lane=lane):
                    found[lane.id] = lane
                case LaneDown(lane=gone):
                    del found[gone]
                case _:
                    pass
        return found

    def streams(self, mac: str | None, stream: str) -> list[StreamChanged]:
        """What was told of one router's stream, or of the controller's own."""
        lane = None if mac is None else self.lane(mac)
        return [one for one in self.heard.of(StreamChanged) if (one.lane, one.stream) == (lane, stream)]

    def state(self, mac: str | None, stream: str) -> str:
        told = self.streams(mac, stream)
        return told[-1].state if told else ""

    async def ready(self, *macs: str) -> None:
        """Their state streams are live, and they have told of their chips."""
        await self.heard.until(
            lambda: all(self.state(mac, "state") == "live" and f"lab/{mac}/1" in self.lanes for mac in macs)
        )

    async def connect(self, mac: str) -> Peer:
        where, lane = DEVICES[mac], self.lane(mac)
        return await self.backend.connect(where, lane=lane, address_type="random", pair=False, within=5)


def three(*offline: str, lists_all: bool = True, combined: bool = True) -> RecordedController:
    named = zip((FIRST, SECOND, THIRD), ("hall", "yard", "roof"), strict=True)
    routers = {mac: Behind(mac, name, mac not in offline) for mac, name in named}
    return RecordedController(routers, lists_all, combined)


@asynccontextmanager
async def site(
    controller: RecordedController | None = None,
    answers: dict[str, Script | Sequence[Script]] | None = None,
    query: str = "",
    speed: float = 1.0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Site]:
    """Open, and told of its routers."""
    controller = controller or three()
    async with RecordedRouter({**controller.answers(), **(answers or {})}, tls=tls) as server:
        target = target_of(f"{server.url}/api", query, key="AC")
        async with opened(target, Env("lab", secret=secret, speed=speed)) as (backend, heard):
            await heard.until(lambda: bool(heard.told("routers")))
            yield Site(controller, server, backend, heard)
