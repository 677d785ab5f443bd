"""Which lane a connect or pair call is made on: heard best, with room, not where it has just failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from bletui.connections.steps import verb
from bletui.model import Lane, Request

LEEWAY = 10  # dB: a lane this much weaker than the best one is taken rather than waited for
UNHEARD = -200  # dBm, below anything that a radio reports
UNLIMITED = 1_000  # room where a lane does not tell its slots

Signal = Callable[[str, str], int | None]  # (address, lane id) -> dBm of the last report there


def place(
    request: Request,
    lanes: Mapping[str, Lane],
    paused: Collection[str],
    in_flight: Counter[str],
    signal: Signal,
    failed_on: str | None,
    *,
    linked: bool = False,
) -> str | None:
    """The lane's id, or None: none can take it now. `failed_on` is where the attempt before this one failed.

    `linked`: the lane that is asked for has the link already, so no slot is needed.
    """

    def strength(lane: str) -> int:
        heard = signal(request.address, lane)
        weight = LEEWAY if lane == failed_on else 0
        return (UNHEARD if heard is None else heard) - weight

    if not any(in_flight[lane.id] < lane.connects for lane in asked(request, lanes)):
        return None  # most often so while many wait: then no signal is worth looking up
    able = [lane for lane in asked(request, lanes) if _fits(lane, request, paused)]
    hearing = [lane for lane in able if signal(request.address, lane.id) is not None]
    fit = [lane for lane in hearing or able if linked or not _full(lane)]
    best = max((strength(lane.id) for lane in fit), default=UNHEARD)
    free = [lane for lane in fit if _free(lane, in_flight, linked) and strength(lane.id) >= best - LEEWAY]
    chosen = max(free, key=lambda lane: (strength(lane.id), _room(lane, in_flight), lane.id), default=None)
    return None if chosen is None else chosen.id


def asked(request: Request, lanes: Mapping[str, Lane]) -> Iterable[Lane]:
    """The lanes that `request` may be made on, as far as they exist."""
    if request.lane is None:
        return lanes.values()
    return [lanes[request.lane]] if request.lane in lanes else []


def _fits(lane: Lane, request: Request, paused: Collection[str]) -> bool:
    return lane.usable is None and verb(request) not in lane.cannot and lane.id not in paused


def _full(lane: Lane) -> bool:
    """Every slot holds a link: nobody knows for how long, so no better signal is worth the wait."""
    return lane.slots_used is not None and lane.slots_max is not None and lane.slots_used >= lane.slots_max


def _free(lane: Lane, in_flight: Counter[str], linked: bool) -> bool:
    return in_flight[lane.id] < lane.connects and (linked or _room(lane, in_flight) > 0)


def _room(lane: Lane, in_flight: Counter[str]) -> int:
    if lane.slots_used is None or lane.slots_max is None:
        return UNLIMITED
    return lane.slots_max - lane.slots_used - in_flight[lane.id]
