from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bletui.cli.plain.printer import LINES_MAX, PROMPT, Printer
from tests.cli.plain.typist import Paper


@asynccontextmanager
async def serving(paper: Paper, *, json: bool = False, encoding: str = "utf-8") -> AsyncIterator[Printer]:
    printer = Printer(paper, json=json, encoding=encoding)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(printer.serve())
        yield printer
        await printer.drain()
        task.cancel()


async def test_nothing_is_written_while_somebody_types() -> None:
    paper = Paper()
    async with serving(paper) as printer:
        printer.put("before", {})
        await printer.hold()
        printer.put("held", {})
        await printer.drain()
        assert paper.said == f"before\n{PROMPT}"
        printer.release()
        await printer.drain()
        assert paper.said == f"before\n{PROMPT}held\n"


async def test_what_is_held_is_bounded_and_counted() -> None:
    paper = Paper()
    async with serving(paper) as printer:
        await printer.hold()
        for n in range(LINES_MAX + 5):
            printer.put(f"line {n}", {})
        printer.release()
    lines = paper.said.removeprefix(PROMPT).splitlines()
    assert lines[0] == "… 5 lines left out here"
    assert lines[1] == "line 5"
    assert len(lines) == LINES_MAX + 1


async def test_what_was_asked_for_is_never_left_out() -> None:
    paper = Paper()
    async with serving(paper) as printer:
        for n in range(LINES_MAX * 2):
            await printer.line(f"{n}", {})
    assert len(paper.said.splitlines()) == LINES_MAX * 2


async def test_nothing_hostile_reaches_the_terminal() -> None:
    paper = Paper()
    async with serving(paper) as printer:
        printer.put("#1 \x1b]52;c;aGk=\x07\u202edlrow\nrm\r \x9b2J", {})
    assert paper.said == "#1 \\x1b]52;c;aGk=\\x07\\u202edlrow\\x0arm\\x0d \\x9b2J\n"


async def test_a_narrow_terminal_gets_ascii_and_objects_are_objects() -> None:
    narrow, objects = Paper(), Paper()
    async with serving(narrow, encoding="latin-1") as printer:
        printer.put("22 °C … Ünamed", {})
    assert narrow.said == "22 deg C ... \\xdcnamed\n"
    async with serving(objects, json=True, encoding="latin-1") as printer:
        printer.put("", {"schema": "x/1", "name": "Ü…"})
    assert objects.said == '{"schema":"x/1","name":"\\u00dc\\u2026"}\n'
