"""What answers for the radios: one router, or several behind an access controller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bletui.bridge.router_api.app import alone
from bletui.bridge.router_api.controller import AccessController
from bletui.bridge.router_api.feed import Feed
from bletui.bridge.router_api.guard import TOKEN_PATH, App
from bletui.bridge.router_api.power import Power
from bletui.bridge.router_api.profiles import DEFAULT, Profile
from bletui.bridge.router_api.router import Router
from bletui.bridge.router_api.tokens import Tokens
from bletui.clock import Clock
from bletui.radio import Radio


@dataclass(frozen=True, slots=True)
class Answering:
    """Each router has a feed of its own; `controller` None: there is one router."""

    feeds: list[Feed]
    routers: list[Router]
    controller: AccessController | None

    @property
    def parts(self) -> list[Feed | AccessController]:
        return [*self.feeds, *([self.controller] if self.controller else [])]

    @property
    def token_path(self) -> str:
        return TOKEN_PATH if self.controller is None else self.controller.token_path

    def app(self, tokens: Tokens | None) -> App:
        return alone(self.routers[0], tokens) if self.controller is None else self.controller

    def end_streams(self) -> None:
        for part in self.parts:
            part.end_streams()


def answering(
    radios: Sequence[Radio],
    macs: Sequence[str] | None,
    tokens: Tokens | None,
    power: Power,
    *,
    profile: Profile | None,
    model: str,
    clock: Clock | None,
) -> Answering:
    """`macs` None: one router for all radios."""
    groups = [radios] if macs is None else [[radio] for radio in radios]
    feeds = [Feed(group, speed=power.speed, profile=profile or DEFAULT) for group in groups]
    routers = [
        Router(feed, profile, mac=mac, name=radio.name, clock=clock, speed=power.speed, power=power, model=model)
        for feed, radio, mac in zip(feeds, radios, macs or [""], strict=macs is not None)
    ]
    return Answering(feeds, routers, None if macs is None else AccessController(routers, tokens))
