"""The doctor's rungs beyond an access controller's door: its list, its routers, their chips, its stream."""

from __future__ import annotations

from functools import partial
from typing import Final

from bletui.backends.cassia.combined import EVENTS
from bletui.backends.cassia.controller import NOBODY, NOT_ONLINE, ONLINE
from bletui.backends.cassia.hubs import Hub, hub_list
from bletui.backends.cassia.ladder import Ladder, Seen, Step, first_byte
from bletui.backends.cassia.native import made_of
from bletui.backends.cassia.watch import read_info, why_untold
from bletui.failure import BleError, ErrorKind, Failure

ASKED_MAX: Final = 4  # routers that are asked for their chips


async def _listed(ladder: Ladder) -> Seen:
    answer = await ladder.router.get(ONLINE, operation="probe")
    context = ladder.router.context()
    hubs, unread = made_of(answer, partial(hub_list, online=True), operation="probe", context=context)
    ladder.hubs = hubs
    found = f"{len(hubs)} routers listed" + (f", {unread} unreadable" if unread else "")
    return "warn" if unread else "ok", found


async def _online(ladder: Ladder) -> Seen:
    """Those that the target names must be there."""
    only, online = ladder.options.only, [hub for hub in ladder.hubs if hub.online]
    for mac in sorted(only - {hub.mac for hub in online}):
        kind = ErrorKind.ROUTER_UNAVAILABLE
        raise BleError(Failure(kind=kind, operation="probe", router=mac, detail=NOT_ONLINE.format(mac=mac)))
    ladder.hubs = [hub for hub in online if not only or hub.mac in only]
    if not ladder.hubs:
        raise BleError(Failure(kind=ErrorKind.ROUTER_UNAVAILABLE, operation="probe", detail=NOBODY))
    return "ok", f"{len(ladder.hubs)} online: {_some(ladder.hubs)}"


async def _chips(ladder: Ladder) -> Seen:
    """Asks a few of them, which shows that calls are passed on."""
    told, untold = [], 0
    for hub in ladder.hubs[:ASKED_MAX]:
        try:
            info = await read_info(ladder.router.behind(hub.mac))
        except BleError as error:
            if error.failure.status is None:
                raise
            untold += 1
            told.append(f"{_called(hub)}: {why_untold(error.failure)}")
            continue
        told.append(f"{_called(hub)}: {', '.join(f'chip {chip.number}' for chip in info.chips) or 'no chip named'}")
    return "warn" if untold else "ok", "; ".join(told)


async def _first_byte(ladder: Ladder) -> Seen:
    """The stream begins with the state of all routers."""
    try:
        heard = await first_byte(ladder, EVENTS, {}, "state")
    except BleError as error:
        if error.failure.kind is not ErrorKind.ROUTER_CONFIG:
            raise
        return "warn", "no stream for all routers here: each will have streams of its own"
    return ("ok", "first byte") if heard else ("warn", "the stream is open and says nothing")


def _some(hubs: list[Hub]) -> str:
    names = ", ".join(_called(hub) for hub in hubs[:ASKED_MAX])
    return f"{names} …" if len(hubs) > ASKED_MAX else names


def _called(hub: Hub) -> str:
    return f"{hub.name} ({hub.mac})" if hub.name else hub.mac


STEPS: Final[dict[str, Step]] = {
    "controller API": _listed,
    "routers online": _online,
    "chips ready": _chips,
    "first SSE byte": _first_byte,
}
