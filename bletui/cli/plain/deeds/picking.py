"""Devices picked out by hand: pinned, hidden, listed."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from bletui.cli.plain.desk import Desk
from bletui.cli.rows import device_line
from bletui.text import visible


async def pin(desk: Desk, args: argparse.Namespace) -> None:
    """Alone: those that are, heard or not."""
    if args.device is None:
        await _list(desk, desk.picked.pins, "pinned")
        return
    address, pinned = await desk.address(args.device), args.how == "on"
    _tell(desk, address, "comes first from now on" if pinned else "is pinned no longer", "pinned", there=pinned)
    await desk.picked.pin(address, pinned=pinned)


async def hide(desk: Desk, args: argparse.Namespace) -> None:
    """Alone: those that are, heard or not."""
    if args.device is None:
        await _list(desk, desk.picked.hidden, "hidden")
        return
    address, hidden = await desk.address(args.device), args.how == "on"
    desk.picked.hide(address, hidden=hidden)
    _tell(desk, address, "is told of no more" if hidden else "is told of again", "hidden", there=hidden)


def _tell(desk: Desk, address: str, words: str, what: str, *, there: bool) -> None:
    record = {"schema": f"bletui.{what}/1", "address": address, what: there}
    desk.printer.put(f"#{desk.numbers.of(address)} {visible(address)} {words}", record)


async def _list(desk: Desk, addresses: Iterable[str], what: str) -> None:
    every, devices = list(addresses), desk.session.store.devices
    for address in every:
        device, number = devices.get(address), desk.numbers.of(address)
        words = f"{visible(address)}  not heard"
        record = {"schema": f"bletui.{what}/1", "number": number, "address": address, what: True}
        if device is not None:
            words = device_line("", device, device.last_at, desk.lanes(), None)
            record |= desk.news.device_object(device) | {"last_at": round(device.last_at, 6)}
        await desk.printer.line(f"#{number}  {words}", record)
    await desk.printer.line(f"{len(every)} {what}", {"schema": f"bletui.{what}-end/1", "devices": len(every)})
