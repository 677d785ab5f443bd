"""What runs and waits, and in which order."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable

from bletui.cli.linkrecords import link_object, operation_object
from bletui.cli.links import lane_line, link_line, queue_line
from bletui.cli.plain.desk import Desk
from bletui.cli.records import lane_object
from bletui.model import OpId
from bletui.radio import Attachment
from bletui.target import invalid


async def show(desk: Desk, args: argparse.Namespace) -> None:
    """Lanes with their slots, links, and what has not ended."""
    await desk.opened()
    put = desk.printer.line
    for joined in desk.radios():
        state, name = joined.state, joined.name
        for lane in state.lanes.values():
            await put(lane_line(lane.lane), lane_object(name, lane.at, lane.lane))
        for link in state.links.values():
            await put(f"#{desk.numbers.of(link.peer.address)}  {link_line(link)}", link_object(name, link))
        for entry in state.operations.values():
            one = entry.operation
            if not one.ended:
                words = f"#{desk.numbers.of(one.request.address)}  {queue_line(one)}"
                await put(words, operation_object(name, entry.at, one))


async def cancel(desk: Desk, args: argparse.Namespace) -> None:
    await _each(desk, args.device, lambda seat, one: seat.cancel(one))


async def promote(desk: Desk, args: argparse.Namespace) -> None:
    await _each(desk, args.device, lambda seat, one: seat.promote(one))


async def retry(desk: Desk, args: argparse.Namespace) -> None:
    await _each(desk, args.device, lambda seat, one: seat.retry_now(one))


async def pause(desk: Desk, args: argparse.Namespace) -> None:
    await _lane(desk, args.lane, paused=True)


async def resume(desk: Desk, args: argparse.Namespace) -> None:
    await _lane(desk, args.lane, paused=False)


async def _lane(desk: Desk, word: str, *, paused: bool) -> None:
    joined, lane = desk.lane(word)
    assert joined.attachment is not None  # it has told of the lane
    await (joined.attachment.pause(lane) if paused else joined.attachment.resume(lane))
    state = "paused: what runs goes on, nothing new is started" if paused else "goes on"
    desk.printer.put(f"{lane}: {state}", {"schema": "bletui.lane-paused/1", "lane": lane, "paused": paused})


async def _each(desk: Desk, word: str, do: Callable[[Attachment, OpId], Awaitable[None]]) -> None:
    """What runs and waits for a device, or for all; `request.invalid` where nothing does."""
    address = None if word == "all" else await desk.address(word)
    found = [
        (joined.attachment, changed.operation.id)
        for joined in desk.radios()
        for changed in joined.state.operations.values()
        if not changed.operation.ended and address in (None, changed.operation.request.address)
    ]
    if not found:
        raise invalid("nothing runs or waits there")
    for seat, one in found:
        if seat is not None:
            await do(seat, one)
