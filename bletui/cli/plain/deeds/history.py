"""What has happened so far: lines of the log that an expression matches, and marks in it."""

from __future__ import annotations

import argparse
import asyncio

from bletui.cli.plain.desk import Desk
from bletui.cli.records import Record, failure_object
from bletui.filters.logged import parse_log
from bletui.log import Entry, Mark
from bletui.log.about import Reading, about
from bletui.log.narration import log_words, told
from bletui.text import bounded, visible

LINES = 40
ANONYMOUS = "--anonymous"
LENGTH_MAX = 200  # characters of a mark's name
SLICE = 1_000  # lines per turn of the loop


async def show(desk: Desk, args: argparse.Namespace) -> None:
    """The newest that match, in order; a number in front says how many, `--anonymous` before it takes names out."""
    first, _, behind = args.expression.partition(" ")
    anonymous = first == ANONYMOUS
    asked = behind.strip() if anonymous else args.expression
    head, _, rest = asked.partition(" ")
    count, expression = (int(head), rest) if head.isdecimal() and len(head) <= 6 else (LINES, asked)
    log = desk.session.log
    wanted = parse_log(expression, now=desk.session.clock.wall(), marked=log.marked)
    lanes = desk.lanes()
    found: list[Reading] = []
    entries = log.since(log.first)
    for n, entry in enumerate(reversed(entries)):
        if len(found) == count:
            break
        row = Reading(entry, desk.session.store.called, lanes)
        if wanted.matches(row):
            found.append(row)
        if n % SLICE == SLICE - 1:
            await asyncio.sleep(0)
    if anonymous:
        desk.stand_ins.know({joined.name: joined.target for joined in desk.radios()}, desk.session.store.names())
        desk.stand_ins.meet(row.entry for row in found)
    for row in reversed(found):
        words, record = row.words, log_object(row)
        if anonymous:
            words, record = desk.stand_ins.text(words), desk.stand_ins.record(record)
        await desk.printer.line(words, record)
    lost = f"; {log.first} older ones are lost" if log.first else ""
    end: Record = {"schema": "bletui.log-end/1", "lines": len(found), "of": len(entries), "lost": log.first}
    await desk.printer.line(f"{len(found)} of {len(entries)} lines{lost}", end)


def log_object(row: Reading) -> Record:
    """`kind` is the sort of line; what it is about stands there where it is about something."""
    event, found, failure = row.entry.event, about(row.entry.event), told(row.entry.event)
    record: Record = {"schema": "bletui.log/1", "at": round(event.at, 6), "kind": next(row.kinds)}
    record |= {"level": row.severity, "words": row.words}
    more = {"radio": row.entry.radio, "address": found.address, "lane": found.lane, "handle": found.handle}
    record |= {name: visible(value) if isinstance(value, str) else value for name, value in more.items() if value}
    return record | ({"failure": failure_object(failure)} if failure is not None else {})


async def mark(desk: Desk, args: argparse.Namespace) -> None:
    number = desk.session.mark(bounded(args.name, LENGTH_MAX))
    entry: Entry = desk.session.log.entry(number)
    text = entry.event.text if isinstance(entry.event, Mark) else ""
    record = {"schema": "bletui.mark/1", "at": round(entry.event.at, 6), "name": visible(text)}
    desk.printer.put(log_words(entry), record)
