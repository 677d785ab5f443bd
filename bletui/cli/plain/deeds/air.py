"""Scanning, filtering, listing."""

from __future__ import annotations

import argparse
from collections import Counter

from bletui import filters
from bletui.cli.plain.desk import Desk
from bletui.cli.plain.heard import strength
from bletui.cli.rows import device_line
from bletui.cli.walking import Walk
from bletui.devices import Baseline
from bletui.model import ScanRequest
from bletui.target import invalid
from bletui.text import visible

DIFFERENCES = ("new", "gone", "changed")


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


async def walk(desk: Desk, args: argparse.Namespace) -> None:
    """One device's signal, a line a second, until `walk off` or another."""
    if args.device == "off":
        desk.walk = None
        desk.printer.put("walk: off", {"schema": "bletui.walk-wish/1", "address": None})
        return
    address = await desk.address(args.device)
    desk.walk = Walk(address, json=desk.printer.json)
    record = {"schema": "bletui.walk-wish/1", "address": address}
    desk.printer.put(f"walk: #{desk.numbers.of(address)} {visible(address)}; walk off ends it", record)


async def baseline(desk: Desk, args: argparse.Namespace) -> None:
    """Taken, dropped, or what differs from it."""
    store, now = desk.session.store, desk.session.clock.wall()
    if args.how == "on":
        store.take_baseline(now)
        count = len(store.devices)
        record = {"schema": "bletui.baseline-wish/1", "baseline": "on", "devices": count}
        desk.printer.put(f"baseline: {count} devices; baseline show tells what differs from now", record)
    elif args.how == "off":
        store.clear_baseline()
        desk.printer.put("baseline: off", {"schema": "bletui.baseline-wish/1", "baseline": "off", "devices": None})
    elif store.baseline is None:
        raise invalid("there is no baseline; baseline on takes one")
    else:
        await _differing(desk, store.baseline, now)


async def _differing(desk: Desk, taken: Baseline, now: float) -> None:
    counts: Counter[str] = Counter()
    for device in list(desk.session.store.devices.values()):
        difference = taken.difference(device, now) if desk.matches(device) else None
        if difference is not None:
            counts[difference] += 1
            number = desk.numbers.of(device.address)
            record = {"schema": "bletui.differing/1", "difference": difference, **desk.news.device_object(device)}
            words = device_line(difference, device, device.last_at, desk.lanes(), None, columns=False)
            await desk.printer.line(f"#{number}  {words}", record)
    told = ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing differs"
    await desk.printer.line(told, {"schema": "bletui.differing-end/1", **{one: counts[one] for one in DIFFERENCES}})


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
    """Pinned ones, then the strongest first; hidden ones are counted."""
    store, lanes, picked = desk.session.store, desk.lanes(), desk.picked
    devices = [device for device in store.devices.values() if desk.matches(device)]
    devices.sort(key=lambda one: (one.address not in picked.pins, -strength(one), one.address))
    for device in devices[: args.count]:
        number = desk.numbers.of(device.address)
        record = {"schema": "bletui.listed/1", **desk.news.device_object(device), "last_at": round(device.last_at, 6)}
        pinned = device.address in picked.pins
        signs = ("linked" if desk.links(device.address) else "", "pinned" if pinned else "")
        words = device_line(" ".join(filter(None, signs)), device, device.last_at, lanes, None, columns=False)
        record["pinned"] = pinned
        await desk.printer.line(f"#{number}  {words}", record)
    hidden = len(store.devices) - len(devices)
    by_hand = sum(address in store.devices for address in picked.hidden)
    told = [f"{min(len(devices), args.count)} of {len(devices)} devices"]
    told += [f"{hidden - by_hand} hidden by the filter"] if hidden > by_hand else []
    told += [f"{by_hand} hidden by hand"] if by_hand else []
    record = {"schema": "bletui.list-end/1", "devices": len(devices), "hidden": hidden, "by_hand": by_hand}
    await desk.printer.line("; ".join(told), record)
