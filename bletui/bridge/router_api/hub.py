"""One router as its access controller sees it: whether it is online, since when, and its row in the lists."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from bletui.bridge.router_api.feed import links
from bletui.bridge.router_api.router import Router
from bletui.bridge.router_api.rows import NO_CONTAINER, node

_MAC = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")


def is_mac(text: str) -> bool:
    return _MAC.fullmatch(text.upper()) is not None


def named(aps: object, hubs: Mapping[str, Hub]) -> list[str] | None:
    """The routers that a call names, `*` for all of them; None: it names none, or one that is not there."""
    if aps == "*":
        return list(hubs)
    if not isinstance(aps, list) or not aps or not all(isinstance(mac, str) and mac.upper() in hubs for mac in aps):
        return None
    return [mac.upper() for mac in aps]


class Hub:
    """Online as long as one of its radio's lanes can be used."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.mac = router.mac
        self._began = router.clock.wall()
        self._offline_time = self._online_time = 0.0
        self.online = False

    def look(self) -> bool:
        """Whether it has come or gone since the last look."""
        online = self.router.feed.is_ready()
        if online == self.online:
            return False
        self.online = online
        if online:
            self._online_time = self.router.clock.wall()
        else:
            self._offline_time = self.router.clock.wall()
        return True

    def row(self) -> dict[str, object]:
        """The keys of a recorded row; what a radio on this machine has no value for is empty."""
        return {
            "_id": hashlib.sha256(self.mac.encode()).hexdigest()[:24],
            "id": self.mac,
            "mac": self.mac,
            "name": self.router.name,
            "group": "",
            "status": "online" if self.online else "offline",
            "model": self.router.model,
            "version": self.router.profile.version,
            "position": "",
            "time": int(self._began * 1000),
            "ip": "",
            "localip": "",
            "uptime": int(self.router.uptime),
            "offline_time": int(self._offline_time),
            "online_time": int(self._online_time),
            "update_status": "update_ok",
            "update_reason": "",
            "update_version": "",
            "update_progress": 0,
            "container": NO_CONTAINER,
            "ap": {"uplink": ""},
        }

    def devices(self) -> dict[str, object]:
        """What is connected there, by address."""
        up = [link for link in links(self.router.feed.snapshots()) if link.state == "up"]
        types, chip = self.router.calls.types, self.router.feed.chip
        return {
            link.peer.address: node(link, chip(link.peer.lane), self.router.profile, types.get(link.peer.address))
            for link in up
        }

    def status_event(self) -> dict[str, object]:
        """What `hubStatus` tells when it has come or gone."""
        if not self.online:
            return {"mac": self.mac, "status": "offline"}
        row = self.row()
        kept = {key: row[key] for key in ("model", "ip", "mac", "version", "uptime", "localip", "status")}
        return {**kept, "user": "", "whitelist": True}

    def ap_state(self) -> dict[str, object]:
        """What the combined stream tells then; its time is in milliseconds, unlike the rows'."""
        time = (
            {"online_time": int(self._online_time * 1000)}
            if self.online
            else {"offline_time": int(self._offline_time * 1000)}
        )
        status = "online" if self.online else "offline"
        return {"dataType": "ap_state", "ap": self.mac, "mac": self.mac, "status": status, **time}
