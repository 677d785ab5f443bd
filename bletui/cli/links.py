"""Links held and ended, and the queue that makes them."""

from __future__ import annotations

from dataclasses import replace

from bletui.cli.attached import Attached
from bletui.cli.device import TOLD_WITHIN, Device
from bletui.cli.keyboard import Keyboard
from bletui.cli.linkrecords import disconnected_object, link_object, operation_object
from bletui.cli.narration import object_line
from bletui.cli.outlet import Outlet
from bletui.cli.records import Record, lane_object
from bletui.connections import verb
from bletui.errors.card import one_line
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Disconnect, Lane, LinkChanged, Operation
from bletui.text import visible

LANE = 28  # columns of a lane's id, at least


async def hold(device: Device, duration: float | None) -> None:
    """Until the link ends, which is a failure, or `duration` is over, which is none."""
    here, peer = device.here, device.peer
    link = here.link(peer.lane)
    if link is not None:
        await device.print(link_line(link), link_object(here.radio, link))
    lost = await here.until(device.lost, duration)
    if lost is not None:
        raise BleError(lost)


async def end(here: Attached, outlet: Outlet, keyboard: Keyboard, *, force: bool) -> int:
    """Ends the link where it is; where none is known, says so to every lane: ending nothing is success."""
    address = here.wanted.address
    lane = await here.lane(here.wanted.lane)
    link = await here.until(lambda: here.link(lane), min(TOLD_WITHIN, here.left()))
    if link is not None and (link.foreign or link.others(here.seat.owner.id)) and not force:
        force = await _confirmed(here, link, keyboard)
    lanes = [link.peer.lane] if link else [lane] if lane else list(here.now.lanes)
    try:
        for where in lanes:
            await here.perform(Disconnect(address, where, force))
    except BleError as refused:
        if refused.failure.kind is ErrorKind.LINK_NOT_OURS:
            raise BleError(replace(refused.failure, detail=f"{refused.failure.detail} (--force)")) from refused
        raise
    words = f"{visible(address)}: " + ("disconnected" if link else "there was no link to it")
    await _line(here, outlet, words, disconnected_object(here.radio, address, lanes, was_up=link is not None))
    return 0


async def show_queue(here: Attached, outlet: Outlet) -> int:
    """Lanes with their slots, the links on them, and what runs and waits."""
    only = await here.lane(here.wanted.lane)
    await here.until(lambda: here.now.links or None, min(TOLD_WITHIN, here.left()))
    now = here.now
    width = max([LANE, *map(len, now.lanes)])
    for changed in now.lanes.values():
        if only in (None, changed.lane.id):
            await _line(here, outlet, lane_line(changed.lane, width), lane_object(here.radio, changed.at, changed.lane))
    for link in now.links.values():
        if only in (None, link.peer.lane):
            await _line(here, outlet, link_line(link, width), link_object(here.radio, link))
    for entry in now.operations.values():
        operation = entry.operation
        if only in (None, operation.lane) and not operation.ended:
            await _line(here, outlet, queue_line(operation, width), operation_object(here.radio, entry.at, operation))
    return 0


def lane_line(lane: Lane, width: int = LANE) -> str:
    used = "?" if lane.slots_used is None else str(lane.slots_used)
    most = "?" if lane.slots_max is None else str(lane.slots_max)
    state = one_line(lane.usable) if lane.usable is not None else "paused" if lane.paused else "ready"
    return visible(f"{lane.id:<{width}}  {used} of {most} slots used, {state}")


def link_line(link: LinkChanged, width: int = LANE) -> str:
    facts = [
        f"mtu {link.mtu}" if link.mtu else "",
        f"phy {'/'.join(link.phy)}" if link.phy else "",
        "bonded" if link.bonded else "",
        "opened elsewhere" if link.foreign else "",
        f"held by {', '.join(link.holders)}" if link.holders else "",
        f"identity {link.identity}" if link.identity else "",
    ]
    told = ", ".join(fact for fact in facts if fact)
    return visible(f"{link.peer.lane:<{width}}  {link.peer.address}  {link.state}  {told}").rstrip()


def queue_line(operation: Operation, width: int = LANE) -> str:
    place = f"  place {operation.place}" if operation.place else ""
    of = f" of {operation.of}" if operation.of else ""
    attempt = f"  attempt {operation.attempt}{of}" if operation.attempt else ""
    why = f"  {one_line(operation.failure)}" if operation.failure else ""
    where = operation.lane or "any lane"
    what = f"{verb(operation.request)} {operation.request.address}"
    return visible(f"{where:<{width}}  {what}  {operation.state}, {operation.phase}{place}{attempt}") + why


async def _confirmed(here: Attached, link: LinkChanged, keyboard: Keyboard) -> bool:
    """Whether a person at the terminal says yes; with nobody there, the radio refuses by itself."""
    if not keyboard.is_terminal():
        return False
    others = ", ".join(link.others(here.seat.owner.id))
    whose = "was opened elsewhere" if link.foreign else f"is held by {visible(others)}"
    question = f"{visible(link.peer.address)} on {visible(link.peer.lane)} {whose}. End it? [y/N]"
    here.say(question, link_object(here.radio, link))
    answer = await keyboard.line()
    if answer is not None and answer.strip().casefold() in ("y", "yes"):
        return True
    raise BleError(Failure(kind=ErrorKind.OP_CANCELLED, operation="disconnect", address=link.peer.address))


async def _line(here: Attached, outlet: Outlet, words: str, record: Record) -> None:
    await outlet.write((object_line(record) if here.wanted.json else words) + "\n")
