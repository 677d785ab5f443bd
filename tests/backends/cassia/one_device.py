"""A router with one device in reach, as its recordings have it: what it answers depends on whether it is connected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bletui.backend import Backend, Env
from tests.backends.cassia.heard import Heard, opened, target_of
from tests.backends.cassia.recorded_router import (
    NO_LINKS,
    Asked,
    RecordedRouter,
    Reply,
    Script,
    Stream,
    data_event,
    json_reply,
    recorded,
)

ADDRESS = "F6:12:3D:BD:DE:44"
CONNECTION = f"/gap/nodes/{ADDRESS}/connection"
GATT = f"/gatt/nodes/{ADDRESS}"
TREE = f"{GATT}/services/characteristics/descriptors"
PAIR = f"/management/nodes/{ADDRESS}/pair"
STATES, NOTIFICATIONS = "/management/nodes/connection-state", "/gatt/nodes?event=1"
NOTIFYING, CCCD = 13, 14
LANE = "lab/127.0.0.1/1"


@dataclass
class OneDevice:
    """`tells`: whether connecting and disconnecting show in the connection-state stream."""

    tells: bool = True
    connected: bool = False
    paired: bool = False
    states: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    notifications: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)

    def answers(self) -> dict[str, Script | Sequence[Script]]:
        return {
            "/gap/nodes": self.listed,
            CONNECTION: self.connection,
            STATES: lambda _: Stream(feed=self.states),
            NOTIFICATIONS: lambda _: Stream(feed=self.notifications),
            TREE: recorded("GET", TREE, 200),
            f"{GATT}/handle/{CCCD}/value/0100": Reply(),
            f"{GATT}/handle/{CCCD}/value/0200": Reply(),
            f"{GATT}/handle/{CCCD}/value/0000": Reply(),
        }

    def listed(self, _: Asked) -> Reply:
        if not self.connected:
            return NO_LINKS
        bonded = "paired" if self.paired else "none"
        node = {"id": ADDRESS, "chipId": "1", "connectionState": "connected", "pairStatus": bonded}
        return json_reply({"nodes": [node]})

    def connection(self, asked: Asked) -> Reply:
        state = "disconnected" if asked.method == "DELETE" else "connected"
        if self.connected != (state == "connected"):
            self.connected = state == "connected"
            if self.tells:
                self.tell(state, **({"reason": "host disconnect"} if state == "disconnected" else {}))
        return Reply()

    def tell(self, state: str, **more: object) -> None:
        event = {"handle": ADDRESS, "chipId": 1, "connectionState": state, **more}
        self.states.put_nowait(data_event(event))

    def notify(self, value: str, **more: object) -> None:
        event = {"value": value, "handle": NOTIFYING, "id": ADDRESS, "dataType": "notification", **more}
        self.notifications.put_nowait(data_event(event))


@dataclass
class Lab:
    """A backend that is open to that router."""

    device: OneDevice
    router: RecordedRouter
    backend: Backend
    heard: Heard

    def asked(self, path: str = "", method: str = "") -> list[Asked]:
        return [one for one in self.router.asked if path in one.path and method in one.method]


@asynccontextmanager
async def lab(
    answers: dict[str, Script | Sequence[Script]] | None = None, device: OneDevice | None = None, speed: float = 1.0
) -> AsyncIterator[Lab]:
    """Open, and past its first look at the router."""
    device = device or OneDevice()
    async with (
        RecordedRouter({**device.answers(), **(answers or {})}) as router,
        opened(target_of(router.url), Env("lab", speed=speed)) as (backend, heard),
    ):
        await heard.until(lambda: heard.lanes[-1].lane.slots_used is not None and bool(heard.told("state")))
        yield Lab(device, router, backend, heard)
