"""An access controller with routers that come and go: what it says has the shapes that were recorded, and, for its one
stream, those of the vendor's SDK guide ("SSE Combination API")."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tests.backends.cassia.recorded_router import (
    INFO,
    NO_LINKS,
    Answer,
    Asked,
    Reply,
    Script,
    Stream,
    data_event,
    json_reply,
    recorded,
)

FIRST, SECOND, THIRD = (f"CC:1B:E0:E0:00:0{n}" for n in (1, 2, 3))
DEVICES = {FIRST: "F6:12:3D:BD:DE:41", SECOND: "F6:12:3D:BD:DE:42", THIRD: "F6:12:3D:BD:DE:43"}
TREE = recorded("GET", "/gatt/nodes/F6:12:3D:BD:DE:44/services/characteristics/descriptors", 200)
NAME, NOTIFYING, CCCD = 3, 13, 14  # handles in that tree
FORGOTTEN = recorded("POST", "/aps/scan/open", 403)
ACCEPTED = recorded("POST", "/aps/scan/open", 202)
UNREACHABLE = Reply(504, b"", "")
SWITCHES = ("scan", "notify", "connection-state")


@dataclass
class Behind:
    """One router as the controller knows it, and the device in its reach."""

    mac: str
    name: str
    online: bool = True
    connected: bool = False

    def row(self) -> dict[str, object]:
        status = "online" if self.online else "offline"
        more = {"model": "E1000", "version": "2.1.1.2303082218", "group": "", "ap": {"uplink": "wired"}}
        return {"_id": "5cb8", "id": self.mac, "mac": self.mac, "name": self.name, "status": status, **more}


@dataclass
class RecordedController:
    """`routers` by address; `words` is the token that counts now. `lists_all`: whether it has the list of all routers;
    `combined`: whether it has the one stream."""

    routers: dict[str, Behind]
    lists_all: bool = True
    combined: bool = True
    words: str = ""
    issued: int = 0
    opened: set[tuple[str, str]] = field(default_factory=set)
    streams: list[asyncio.Queue[bytes]] = field(default_factory=list)
    own: dict[tuple[str, str], asyncio.Queue[bytes]] = field(default_factory=dict)  # streams of single routers
    status: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)

    def answers(self) -> dict[str, Script | Sequence[Script]]:
        paths: dict[str, Script] = {
            "/cassia/hubs": lambda _: json_reply([one.row() for one in self.routers.values() if one.online]),
            "/ac/ap": lambda _: json_reply([one.row() for one in self.routers.values()]) if self.lists_all else GONE,
            "/cassia/hubStatus": lambda _: Stream(feed=self.status) if not self.combined else GONE,
            "/aps/events": self._events,
            "/aps/ap-state/open": ACCEPTED,
            "/cassia/info": self.reached(self._info),
            "/gap/nodes": self.reached(self._list),
        }
        for path in ("/gap/nodes?event=1", "/gatt/nodes?event=1", "/management/nodes/connection-state"):
            paths[path] = self.reached(lambda asked, at: self._own(asked, at))
        for switch in SWITCHES:
            for how in ("open", "close"):
                paths[f"/aps/{switch}/{how}"] = self._switched
        for address in DEVICES.values():
            gatt = f"/gatt/nodes/{address}"
            paths[f"/gap/nodes/{address}/connection"] = self.reached(self._connection)
            paths[f"{gatt}/services/characteristics/descriptors"] = self.reached(lambda *_: TREE)
            paths[f"{gatt}/handle/{NAME}/value"] = self.reached(lambda *_: json_reply({"handle": "3", "value": "4142"}))
            for digits in ("0100", "0000"):
                paths[f"{gatt}/handle/{CCCD}/value/{digits}"] = self.reached(lambda *_: Reply())
        guarded: dict[str, Script | Sequence[Script]] = {path: self.guarded(script) for path, script in paths.items()}
        return {**guarded, "/oauth2/token": self._token}

    def guarded(self, script: Script) -> Script:
        """Only with the token that counts."""

        def answer(asked: Asked) -> Answer:
            if asked.headers.get("authorization") != f"Bearer {self.words}":
                return FORGOTTEN
            return script(asked) if callable(script) else script

        return answer

    def reached(self, script: Callable[[Asked, Behind], Answer]) -> Script:
        """What goes on to the router that `mac=` names."""

        def answer(asked: Asked) -> Answer:
            at = self.routers.get(asked.query.get("mac", ""))
            if at is None:
                return recorded("GET", "/gap/nodes", 400)
            return script(asked, at) if at.online else UNREACHABLE

        return answer

    # -- what happens there

    def expire(self) -> None:
        """The token is forgotten and the streams that it opened end."""
        self.words = ""
        self.cut()

    def cut(self) -> None:
        for stream in self.streams:
            stream.put_nowait(b"")
        self.streams.clear()
        self.opened.clear()

    def turn(self, mac: str, *, online: bool) -> None:
        """A router goes, with its links, or comes."""
        self.routers[mac].online = online
        self.routers[mac].connected &= online
        status = "online" if online else "offline"
        self.tell({"dataType": "ap_state", "ap": mac, "mac": mac, "status": status, "offline_time": 1522067273296})
        if not online:
            self.opened -= {(mac, switch) for switch in SWITCHES}

    def tell(self, event: object) -> None:
        for stream in self.streams:
            stream.put_nowait(data_event(event))

    def advertise(self, mac: str) -> None:
        if (mac, "scan") in self.opened:
            who = {"bdaddr": DEVICES[mac], "bdaddrType": "random"}
            event = {"bdaddrs": [who], "adData": "020106", "name": "(unknown)", "rssi": -50, "evt_type": 3}
            self.tell({"dataType": "scan", "ap": mac, **event})

    def notify(self, mac: str, value: str) -> None:
        if (mac, "notify") in self.opened:
            event = {"value": value, "device": DEVICES[mac], "handle": NOTIFYING}
            self.tell({"dataType": "notification", "ap": mac, **event})

    def link(self, mac: str, state: str) -> None:
        self.routers[mac].connected = state == "connected"
        if (mac, "connection-state") in self.opened:
            self.tell({"handle": DEVICES[mac], "connectionState": state, "dataType": "connection_state", "ap": mac})

    # -- its answers

    def _token(self, asked: Asked) -> Reply:
        self.issued += 1
        self.words = f"{self.issued:064x}"
        return json_reply({"token_type": "bearer", "access_token": self.words, "expires_in": 3600})

    def _events(self, _: Asked) -> Answer:
        if not self.combined:
            return GONE
        feed: asyncio.Queue[bytes] = asyncio.Queue()
        self.streams.append(feed)
        state = {"dataType": "state", "aps": {mac: one.row() for mac, one in self.routers.items()}}
        return Stream([data_event(state)], feed=feed)

    def _own(self, asked: Asked, at: Behind) -> Answer:
        feed: asyncio.Queue[bytes] = asyncio.Queue()
        self.own[at.mac, asked.path.removeprefix("/api")] = feed
        return Stream(feed=feed)

    def _switched(self, asked: Asked) -> Reply:
        _, switch, how = asked.path.removeprefix("/api/").split("/")
        macs = json.loads(asked.body)["aps"]
        if not all(mac in self.routers and self.routers[mac].online for mac in macs):
            return replace(recorded("POST", "/aps/scan/open", 400))
        change = {(mac, switch) for mac in macs}
        self.opened = self.opened | change if how == "open" else self.opened - change
        return ACCEPTED

    def _info(self, _: Asked, at: Behind) -> Reply:
        return json_reply({**json.loads(INFO.body), "mac": at.mac})

    def _list(self, _: Asked, at: Behind) -> Reply:
        node = {"id": DEVICES.get(at.mac), "chipId": 0, "connectionState": "connected", "pairStatus": "none"}
        return json_reply({"nodes": [node]}) if at.connected else NO_LINKS

    def _connection(self, asked: Asked, at: Behind) -> Reply:
        state = "disconnected" if asked.method == "DELETE" else "connected"
        if at.connected != (state == "connected"):
            self.link(at.mac, state)
        return Reply()


GONE = Reply(404, b"Not Found")
