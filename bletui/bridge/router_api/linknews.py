"""What a connection-state stream tells: a link comes up once and ends once, whatever else changes in between."""

from __future__ import annotations

from bletui.bridge.router_api.encoding import state_event
from bletui.bridge.router_api.feed import Feed, links
from bletui.bridge.router_api.profiles import Profile
from bletui.bridge.router_api.teller import Happening, Unanswered
from bletui.model import LinkChanged


class LinkNews:
    """The lines of one stream. The links that are up when it begins are no news to it."""

    def __init__(self, feed: Feed, profile: Profile) -> None:
        self._feed = feed
        self._profile = profile
        self.begin()

    def begin(self) -> None:
        """What is up now is known."""
        self._known = {link.peer for link in links(self._feed.snapshots()) if link.state == "up"}

    def line(self, event: Happening) -> bytes | None:
        if isinstance(event, Unanswered):
            return event.event()
        if not isinstance(event, LinkChanged) or (event.state == "up" and event.peer in self._known):
            return None
        (self._known.add if event.state == "up" else self._known.discard)(event.peer)
        return state_event(event, self._feed.chip(event.peer.lane), whole=self._profile.reasons)
