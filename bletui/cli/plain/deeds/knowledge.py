"""What is wrong, what a failure means, what can be typed."""

from __future__ import annotations

import argparse

from bletui.cli.explain import meaning_object
from bletui.cli.plain.desk import Desk
from bletui.cli.plain.orders import VERBS, usage, verb_called
from bletui.cli.records import failure_object
from bletui.errors.card import card
from bletui.errors.explain import explained
from bletui.errors.lookup import meanings, nearest
from bletui.target import invalid
from bletui.text import bounded, visible


async def problems(desk: Desk, args: argparse.Namespace) -> None:
    """The whole card of each."""
    found = desk.session.problems()
    for failure in found:
        if desk.printer.json:
            await desk.printer.line("", failure_object(failure))
        else:
            for line in card(failure, keys=False):
                await desk.printer.line(line, {})
    if not found:
        await desk.printer.line("nothing is wrong", {"schema": "bletui.problems-end/1", "problems": 0})


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
