"""`bletui --plain`: lines in, lines out, side by side."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from bletui.cli import signals
from bletui.cli.configured import Configuration
from bletui.cli.keyboard import Keyboard
from bletui.cli.outlet import Outlet
from bletui.cli.plain.deeds import AT_ONCE, DEEDS
from bletui.cli.plain.deeds.asking import as_answer
from bletui.cli.plain.deeds.configuring import tell_warnings, unseal
from bletui.cli.plain.desk import Desk, Look
from bletui.cli.plain.orders import Order, parse
from bletui.cli.plain.printer import Printer
from bletui.failure import BleError
from bletui.filters import parse as parse_filter
from bletui.model import Owner, ScanRequest
from bletui.registry import refuse_unknown
from bletui.session import Session
from bletui.target import Target
from bletui.target import parse as parse_target
from bletui.text import visible

OWNER = "plain"
HELLO: dict[str, object] = {"schema": "bletui.plain/1"}


class Types(Protocol):
    """A `Keyboard`, or whatever else gives lines; None: there are no more."""

    async def line(self) -> str | None: ...


def run(
    targets: Sequence[Target],
    configuration: Configuration,
    *,
    json: bool,
    ascii_only: bool,
    active: bool,
    read_only: bool,
    filter_: str,
    structs: Path | None,
    again: Callable[[], Configuration],
    found: Look | None,
    state: Callable[[], Path] | None,
) -> int:
    """The exit code: 0 at a terminal, through a pipe that of the last failure. `request.invalid`: a wrong filter."""
    targets = targets or [parse_target("local:")]
    refuse_unknown(targets)
    wanted = parse_filter(filter_, named=configuration.config.filters) if filter_ else None

    async def main() -> int:
        outlet, keyboard = Outlet(), Keyboard()
        encoding = "ascii" if ascii_only else getattr(sys.stdout, "encoding", None) or "ascii"
        printer = Printer(outlet, json=json, encoding=encoding)
        session = Session(
            targets,
            owner=Owner(OWNER, "reader" if read_only else "operator"),
            env=configuration.env(),
            names=configuration.config.addresses,
        )
        with outlet.ends_with_reader():
            async with session:
                desk = Desk(session, printer, configuration, piped=not keyboard.is_terminal())
                desk.wanted = wanted
                if structs is not None:
                    desk.values.read(structs)
                desk.read_again, desk.found = again, found
                _remember(desk, state)
                tell_warnings(desk)
                await unseal(desk)
                await session.scan(ScanRequest(active=active))
                await sit(desk, keyboard)
        await printer.drain()
        return desk.failed.kind.exit_code if desk.piped and desk.failed is not None else 0

    return signals.run(main)


def _remember(desk: Desk, state: Callable[[], Path] | None) -> None:
    try:
        if state is not None:
            desk.picked.remember(state())
    except BleError as cannot:
        words = visible(cannot.failure.detail)
        record = {"schema": "bletui.config-warning/1", "key": "pins", "words": words}
        desk.printer.put(f"pins are not kept: {words}", record)


async def sit(desk: Desk, keyboard: Types) -> None:
    """Until the last line, or `quit`."""
    printer = desk.printer
    if not desk.piped:
        printer.put("help lists what can be typed; Enter alone holds the output while you type; quit leaves", HELLO)
    async with asyncio.TaskGroup() as group:
        beside = [group.create_task(printer.serve()), group.create_task(desk.follow())]
        async with asyncio.TaskGroup() as work:
            running: set[asyncio.Task[None]] = set()
            desk.busy = lambda: bool(running - {asyncio.current_task()})
            try:
                await _work(desk, keyboard, work, running)
            finally:
                desk.session.going()
            for task in running:
                task.cancel()
        desk.look()
        printer.release()
        await printer.drain()
        for task in beside:
            task.cancel()


async def _work(desk: Desk, keyboard: Types, work: asyncio.TaskGroup, running: set[asyncio.Task[None]]) -> None:
    """What is typed is done side by side; what comes through a pipe one after the other, to its end."""
    while (order := await _next(desk, keyboard)) is not None:
        if order.verb == "quit":
            break
        if desk.piped and order.verb not in AT_ONCE and running:
            await asyncio.wait(running)
        task = work.create_task(_do(desk, order))
        running.add(task)
        task.add_done_callback(running.discard)
        if desk.piped and order.verb in AT_ONCE:
            await task
    if desk.piped and running:
        await asyncio.wait(running)


async def _next(desk: Desk, keyboard: Types) -> Order | None:
    """The next order that can be understood; an empty line at a terminal holds the output until the one after."""
    while (line := await keyboard.line()) is not None:
        desk.printer.release()
        asked = [prompt for _, _, prompt in desk.questions()]
        if (value := as_answer(line, asked)) is not None:
            return parse(f"answer {value}")
        try:
            order = parse(line)
        except BleError as refused:
            desk.tell_failure("", refused.failure)
            continue
        if order is not None:
            return order
        if not desk.piped and not line.strip():
            await desk.printer.hold()
    return None


async def _do(desk: Desk, order: Order) -> None:
    desk.look()  # what came before it is told before it
    try:
        await DEEDS[order.verb](desk, order.args)
    except BleError as failed:
        desk.look()  # what led to it comes before it
        desk.tell_failure(order.text, failed.failure)
