"""From the command line to the first frame: everything that has to be settled before Textual is imported."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bletui.console.settings import Look, Settings, Terminal, decide, refusal
from bletui.target import Target, parse

if TYPE_CHECKING:
    from bletui.clock import Clock
    from bletui.console.app import Console
    from bletui.console.holding import Opener
    from bletui.session import Session

USAGE = 2
CLOSING = 10.0  # seconds that leaving waits at most for radios: links of ours are released, each within two


def launch(targets: Sequence[Target], settings: Settings, opener: Opener | None = None) -> int:
    """Runs the console and gives the process's exit code; a wrong filter is `request.invalid`.

    `opener` makes the session; without one it is a plain one.
    """
    terminal = Terminal(
        environ=dict(os.environ),
        stdin_is_tty=_is_tty(0),
        stderr_is_tty=_is_tty(2),
        encoding=getattr(sys.__stderr__, "encoding", None) or "ascii",
    )
    why = refusal(terminal)
    if why is not None:
        meant = " ".join(map(str, targets)) or "local:"
        print(f"bletui: {why}; without one: bletui --plain {meant}, or bletui scan {meant}", file=sys.stderr)
        return USAGE
    if settings.filter:
        from bletui.filters import parse as refuse_wrong

        refuse_wrong(settings.filter, named=settings.config.filters)
    look = decide(settings, terminal)
    prepare(look)
    if settings.config.keymap:
        from bletui.console import commands
        from bletui.console.keymap import remapped

        commands.remap(remapped(settings.config.keymap))

    gc.disable()  # what is made up to the first frame stays; looking through it again and again would hold it up
    from bletui.console.app import Console

    def open_session(opened: Sequence[Target], clock: Clock) -> Session:
        return _open_session(opened, clock, app.settings)  # which may have been read again meanwhile

    app = Console(targets or [parse("local:")], settings, look, opener or open_session)
    asyncio.run(_run(app, mouse=settings.mouse))
    _let_go_of_a_closed_terminal()
    return app.return_code or 0


async def _run(app: Console, *, mouse: bool) -> None:
    """Until the console has ended and its radios are closed: Textual cancels its workers and waits for none."""
    await app.run_async(mouse=mouse)
    closing = asyncio.all_tasks() - {asyncio.current_task()}
    if closing:
        await asyncio.wait(closing, timeout=CLOSING)


def _open_session(targets: Sequence[Target], clock: Clock, settings: Settings) -> Session:
    from bletui.config.environment import env
    from bletui.model import Owner
    from bletui.registry import refuse_unknown
    from bletui.session import Session

    refuse_unknown(targets)
    config = settings.config
    owner = Owner("session", "reader" if settings.read_only else "operator")
    there = env(clock=clock, references=config.credentials)
    return Session(targets, owner=owner, clock=clock, env=there, names=config.addresses)


def prepare(look: Look) -> None:
    """Sets what Textual reads from the environment when it is imported."""
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    os.environ.setdefault("ESCDELAY", "50")
    # Textual tests for presence, no-color.org asks for a value: only a theme without colours sets it.
    if look.theme == "mono":
        os.environ["NO_COLOR"] = "1"
    else:
        os.environ.pop("NO_COLOR", None)


def _let_go_of_a_closed_terminal() -> None:
    """What could not be written to a terminal that is gone must not end the process with Python's own exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_tty(number: int) -> bool:
    try:
        return os.isatty(number)
    except OSError:
        return False
