"""What is wrong, what a failure means, what can be typed."""

from __future__ import annotations

import argparse

from bletui.cli.explain import meaning_object
from bletui.cli.plain.desk import Desk
from bletui.cli.plain.orders import VERBS, usage, verb_called
from bletui.cli.records import Record, failure_object
from bletui.errors.card import card
from bletui.errors.explain import explained
from bletui.errors.lookup import meanings, nearest
from bletui.failure import Failure
from bletui.log.failing import repeats
from bletui.target import invalid
from bletui.text import bounded, visible


async def problems(desk: Desk, args: argparse.Namespace) -> None:
    """The whole card of each: of radios, lanes and streams, then of what was asked for and has not worked since; then
    what has failed so far, counted."""
    session, now = desk.session, desk.session.clock.wall()
    found, groups = session.problems(), session.failing.now()
    for failure in found:
        await _card(desk, failure, "", failure_object(failure))
    for group in groups:
        record = {**failure_object(group.failure), "count": group.count, "first_at": round(group.first_at, 6)}
        await _card(desk, group.failure, repeats(group, now), {**record, "last_at": round(group.last_at, 6)})
    for where, told in session.tally.worst():
        record = {"schema": "bletui.failed/1", "radio": where.radio, "address": where.address, "lane": where.lane}
        name = where.address or desk.lanes().get(where.lane) or where.lane
        await desk.printer.line(f"so far, {visible(name)}: {' | '.join(told)}", {**record, "failed": told})
    if not found and not groups:
        await desk.printer.line("nothing is wrong now", {"schema": "bletui.problems-end/1", "problems": 0})


async def _card(desk: Desk, failure: Failure, times: str, record: Record) -> None:
    if desk.printer.json:
        await desk.printer.line("", record)
        return
    head, *rest = card(failure, keys=False)
    for line in (head, *((f"  {times}",) if times else ()), *rest):
        await desk.printer.line(line, {})


async def explain(desk: Desk, args: argparse.Namespace) -> None:
    what = args.what.strip("\"'")
    found = meanings(what) if what else []
    if not found:
        near = nearest(what)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise invalid(f"nothing is known as {bounded(what, 200)!r}{hint}")
    if desk.printer.json:
        for meaning in found:
            await desk.printer.line("", {"schema": "bletui.explanation/1", "asked": what, **meaning_object(meaning)})
    elif all(kind is found[0][0] for kind, _ in found):
        for line in explained(found[0][0], [row for _, row in found if row is not None]):
            await desk.printer.line(line or " ", {})
    else:
        for kind in dict.fromkeys(kind for kind, _ in found):
            await desk.printer.line(visible(f"{kind.code} {kind.value}  {kind.title}"), {})


async def show_help(desk: Desk, args: argparse.Namespace) -> None:
    if args.of is not None:
        name = verb_called(args.of)
        record = {"schema": "bletui.verb/1", "verb": name, "usage": usage(name), "help": VERBS[name].help}
        await desk.printer.line(f"{usage(name)}: {VERBS[name].help}", record)
        return
    for name, verb in VERBS.items():
        record = {"schema": "bletui.verb/1", "verb": name, "usage": usage(name), "help": verb.help}
        await desk.printer.line(f"{name:<12}{verb.help}", record)
    if not desk.printer.json:
        words = "help VERB says how it is typed; Enter alone holds the output until the next line"
        await desk.printer.line(words, {})
