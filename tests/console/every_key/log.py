"""The keys of the log, and those of the card of a line in it."""

from __future__ import annotations

from collections.abc import Callable

from bletui.backends.simulator.lab import address
from bletui.console.logview import LogView
from bletui.console.screens.copying import CopyDialogue
from bletui.console.screens.log import LogScreen
from bletui.console.widgets.filter_input import FilterInput
from bletui.console.widgets.log_keys import LogKeys
from bletui.kinds import SEVERITIES
from bletui.log import Mark
from bletui.log.narration import told
from bletui.model import Event, Operation, OperationChanged, Read
from tests.console.every_key.everywhere import app_rows, moving, same_mode, text_rows, title
from tests.console.every_key.rows import (
    Row,
    Scene,
    Step,
    becomes,
    compares,
    has_class,
    plain,
    screen_is,
    turns,
)
from tests.console.every_key.tree import NAME, on_read, tree
from tests.console.real import Play

SITE = "sim:lab?lanes=1&devices=20&speed=1&fault=stream:broken@0s-1s/2s"
VAULT = address("vault")


def screen(play: Play) -> LogScreen:
    assert isinstance(play.app.screen, LogScreen)
    return play.app.screen


def pane(play: Play) -> LogKeys:
    return screen(play).pane


def view(play: Play) -> LogView:
    found = pane(play).view
    assert found is not None
    return found


async def log(play: Play) -> None:
    """Something was connected and read, marks lie at both ends; every line is shown, the cursor in the middle."""
    if not any(isinstance(one.request, Read) for one in operations(play)):
        await tree(play)
        await on_read(NAME)(play)
        play.session.mark()
    await plain(play, "log")
    here = screen(play)
    here.remove_class("-filtering", "-cards")
    pane(play).bar.clear()
    pane(play).least = SEVERITIES[0]
    pane(play).choose()
    here.set_focus(pane(play))
    await play.until(
        lambda: pane(play).view is not None and not pane(play).bar.expression and len(view(play).numbers) > 40
    )
    view(play).anchor = None
    stand(play, lambda _: True, 30)


def operations(play: Play) -> list[Operation]:
    return [one.operation for one in play.radio.state.operations.values()]


def stand(play: Play, wanted: Callable[[Event | Mark], object], past: int = 0) -> None:
    """The cursor on the first such line from line `past` on."""
    numbers = list(view(play).numbers)
    view(play).go(next(n for n in numbers[past:] if wanted(view(play).log.entry(n).event)))
    pane(play).moved()


def on(wanted: Callable[[Event | Mark], object]) -> Step:
    async def goes(play: Play) -> None:
        stand(play, wanted)
        await play.pilot.pause()

    return goes


def is_read(event: Event | Mark) -> bool:
    return isinstance(event, OperationChanged) and isinstance(event.operation.request, Read)


def is_failure(event: Event | Mark) -> bool:
    return told(event) is not None


async def filtered(play: Play) -> None:
    await play.press("slash")
    await play.until(lambda: isinstance(play.app.focused, FilterInput))
    await play.press(*"scan", "enter")
    await play.until(lambda: pane(play).bar.expression == "scan")


async def marked(play: Play) -> None:
    """Marks below and above."""
    play.session.mark()
    stand(play, lambda _: True, 35)


async def selected(play: Play) -> None:
    view(play).select()


async def no_clipboard(play: Play) -> None:
    play.app._clipboard = ""


def cursor(play: Play) -> int:
    return view(play).position(view(play).cursor)


def to(play: Play, end: bool) -> None:
    view(play).go(view(play).numbers[-1 if end else 0])
    pane(play).moved()


LOG = Scene(
    "log",
    "log",
    (SITE,),
    log,
    (
        Row("log.follow", turns(lambda play: view(play).follow)),
        Row("log.filter", becomes(has_class("-filtering"))),
        Row("log.clear", becomes(lambda play: pane(play).bar.expression, ""), filtered),
        Row("log.level", turns(lambda play: pane(play).least)),
        Row("log.card", becomes(has_class("-cards")), on(is_failure)),
        Row("log.go", turns(lambda play: play.app.current_mode), on(is_read)),
        Row("log.device", becomes(lambda play: play.app.current_mode, "scan"), on(is_read)),
        Row("log.next", compares(cursor, 1), marked),
        Row("log.previous", compares(cursor, -1), marked),
        Row("log.select", turns(lambda play: view(play).anchor)),
        Row("log.drop", becomes(lambda play: view(play).anchor, None), selected),
        Row("log.copy", becomes(lambda play: bool(play.app.clipboard)), no_clipboard),
        Row("log.form", screen_is(CopyDialogue), on(is_read)),
        Row("log.anonymous", turns(lambda play: pane(play).anonymous)),
        Row("log.save", becomes(title, "Write the log")),
        *moving(cursor, to),
        *app_rows("log"),
    ),
    same_mode("log"),
)


async def filtering(play: Play) -> None:
    await log(play)
    await play.press("slash")
    await play.until(lambda: isinstance(play.app.focused, FilterInput))
    await play.press(*"scan")


def filter_state(play: Play) -> tuple[str, bool]:
    return pane(play).bar.expression, play.app.screen.has_class("-filtering")


FILTER = Scene(
    "filter of the log",
    "filter",
    (SITE,),
    filtering,
    (
        Row("filter.accept", becomes(filter_state, ("scan", False))),
        Row("filter.leave", becomes(filter_state, ("", False))),
        *text_rows("log"),
    ),
)

SCENES = (LOG, FILTER)
