"""How lanes, links, operations and owners are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from bletui.failure import Failure

AddressType = Literal["public", "random"]
LinkState = Literal["connecting", "up", "closing", "down"]
Role = Literal["viewer", "reader", "operator"]


class Peer(NamedTuple):
    """One link's name: the lane that carries it and the address it was opened with."""

    lane: str
    address: str


class OpId(NamedTuple):
    """Chosen by the caller: the owner and a number that it counts up."""

    owner: str
    n: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Who sits at a radio, and what the seat allows."""

    id: str
    role: Role = "operator"


@dataclass(frozen=True, slots=True)
class Lane:
    """A place where links are made and advertisements heard: an adapter, a router's chip, a proxy.

    `id` survives a replug and is qualified by the radio's name; `connects` is how many connect or pair calls may be in
    flight there; `cannot` maps the name of a backend's method to the reason, in words, why this lane can't do it.
    """

    id: str
    name: str = ""
    router: str | None = None
    chip: int | None = None
    slots_used: int | None = None
    slots_max: int | None = None
    connects: int = 1
    usable: Failure | None = None  # None: ready; else why not
    cannot: Mapping[str, str] = field(default_factory=dict)
    info: Mapping[str, str] = field(default_factory=dict)
    paused: bool = False  # nothing new is started there; the radio fills it in, never the backend
