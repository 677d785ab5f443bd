"""One router as it is served: the feed of its radios, the calls on its devices, the firmware that it speaks as."""

from __future__ import annotations

from bletui.bridge.router_api.calls import Calls
from bletui.bridge.router_api.feed import Feed
from bletui.bridge.router_api.power import Power
from bletui.bridge.router_api.profiles import DEFAULT, Profile
from bletui.bridge.router_api.rows import OURS
from bletui.clock import Clock


class Router:
    """`mac`: by which an access controller knows it; `speed` as the feed's. Without a profile a router's own words are
    passed on, and all else is as in firmware 2.1.1."""

    def __init__(
        self,
        feed: Feed,
        profile: Profile | None = None,
        *,
        mac: str = "",
        name: str = "",
        clock: Clock | None = None,
        speed: float = 1.0,
        power: Power | None = None,
        model: str = OURS,
    ) -> None:
        self.feed = feed
        self.profile = profile or DEFAULT
        self.passes_words = profile is None
        self.mac = mac
        self.name = name
        self.model = model
        self.clock = clock or Clock()
        self.speed = speed
        self.calls = Calls(feed, speed)
        self._power = power or Power(self.clock, speed)

    @property
    def uptime(self) -> float:
        """Seconds, which pass as fast as the router's others."""
        return self._power.uptime()
