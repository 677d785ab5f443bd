"""Scanning, filtering, listing."""

from __future__ import annotations

import argparse

from bletui import filters
from bletui.cli.plain.desk import Desk
from bletui.cli.rows import device_line
from bletui.model import ScanRequest
from bletui.text import visible


async def scan(desk: Desk, args: argparse.Namespace) -> None:
    match args.how:
        case "again":
            await desk.session.rescan()
        case "off":
            await desk.session.scan(None)
        case how:
            await desk.session.scan(ScanRequest(active=how == "active"))
    _tell(desk)


def _tell(desk: Desk) -> None:
    wish = desk.session.wish
    state = "off" if wish is None else "active" if wish.active else "on"
    desk.printer.put(f"scan: {state}", {"schema": "bletui.scan-wish/1", "scan": state})


async def choose(desk: Desk, args: argparse.Namespace) -> None:
    """`request.invalid` says where an expression is wrong; the last good one is kept."""
    text = args.expression
    if text.casefold() == "off":
        desk.wanted = None
    elif text:
        desk.wanted = filters.parse(text, named=desk.configuration.config.filters)
    if text:
        desk.news.forget()
    devices = list(desk.session.store.devices.values())
    shown = sum(map(desk.matches, devices))
    expression = "off" if desk.wanted is None else visible(str(desk.wanted))
    record = {"schema": "bletui.filter/1", "filter": expression, "devices": len(devices), "shown": shown}
    desk.printer.put(f"filter: {expression}; {shown} of {len(devices)} devices match", record)


async def show(desk: Desk, args: argparse.Namespace) -> None:
    """The strongest first; hidden ones are counted."""
    store, lanes = desk.session.store, desk.lanes()
    devices = [device for device in store.devices.values() if desk.matches(device)]
    devices.sort(key=lambda one: (-(one.rssi if one.rssi is not None else -999), one.address))
    for device in devices[: args.count]:
        number = desk.numbers.of(device.address)
        record = {"schema": "bletui.listed/1", **desk.news.device_object(device), "last_at": round(device.last_at, 6)}
        linked = "linked" if desk.links(device.address) else ""
        words = device_line(linked, device, device.last_at, lanes, None)
        await desk.printer.line(f"#{number}  {words}", record)
    hidden = len(store.devices) - len(devices)
    told = [f"{min(len(devices), args.count)} of {len(devices)} devices"]
    told += [f"{hidden} hidden by the filter"] if hidden else []
    record = {"schema": "bletui.list-end/1", "devices": len(devices), "hidden": hidden}
    await desk.printer.line("; ".join(told), record)
