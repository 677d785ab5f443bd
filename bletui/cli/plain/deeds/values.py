"""How values are read, and when they are worth a bell."""

from __future__ import annotations

import argparse

from bletui.cli.linkrecords import alarm_object
from bletui.cli.plain.desk import Desk
from bletui.cli.plain.spot import Spot
from bletui.decode.attributes import uuid_text
from bletui.decode.lenses import adopted
from bletui.decode.values.alert import parse, words
from bletui.target import invalid
from bletui.text import visible


async def lens(desk: Desk, args: argparse.Namespace) -> None:
    """For every value of the attribute's type, on every device."""
    spot = Spot(desk, *await desk.link(args.device))
    one = await spot.attribute(args.attribute)
    asked = " ".join(args.layout)
    chosen = None if asked.casefold() == "off" else adopted().called(asked)
    desk.values.choose(one.uuid, chosen)
    name = chosen.name if chosen is not None else "off"
    record = {"schema": "bletui.lens/1", "uuid": one.uuid, "lens": name}
    await spot.print(f"{uuid_text(one.uuid)} {one.name}: {f'read as {name}' if chosen else 'as before'}", record)


async def alert(desk: Desk, args: argparse.Namespace) -> None:
    """On what the attribute sends; without arguments, all that is watched."""
    if args.device is None:
        await _list(desk)
        return
    if args.attribute is None or not args.rule:
        raise invalid("alert DEVICE ATTRIBUTE RULE, as alert 1 2a19 <20; alert alone lists them")
    spot = Spot(desk, *await desk.link(args.device))
    one = await spot.attribute(args.attribute)
    asked = " ".join(args.rule)
    rule = None if asked.casefold() == "off" else parse(asked)
    desk.values.watch(spot.peer, one, rule)
    off = "" if (spot.peer, one.handle) in spot.joined.state.subscriptions else "; notify turns on what it sends"
    told = f"{one}: {words(rule, 'its number')}{off if rule is not None else ''}"
    record = {"schema": "bletui.watch/1", "address": spot.peer.address, "handle": one.handle, "rule": asked}
    await spot.print(visible(told), record)


async def _list(desk: Desk) -> None:
    count = 0
    for peer, one, alarm in desk.values.watched():
        count += 1
        state = f"ALERT {alarm.why}" if alarm.why else f"last: {alarm.last}" if alarm.last else "nothing so far"
        words = f"#{desk.numbers.of(peer.address)}  {one}  {alarm.watch.rule.text}  {alarm.began}x  {state}"
        await desk.printer.line(words, alarm_object(peer, one, alarm))
    await desk.printer.line(f"{count} watched", {"schema": "bletui.alerts-end/1", "watched": count})
