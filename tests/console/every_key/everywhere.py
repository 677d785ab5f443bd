"""Rows of the commands that act in every mode, and of moving about in whatever list has the focus."""

from __future__ import annotations

from collections.abc import Callable

from textual.command import CommandPalette

from bletui.console.notices import Notice
from bletui.console.screens.alerts import AlertsScreen
from bletui.console.screens.help import HelpScreen
from bletui.target import parse
from tests.console.every_key.rows import (
    Effect,
    Row,
    Step,
    becomes,
    compares,
    keys,
    mode_is,
    nothing,
    own,
    screen_is,
    turns,
)
from tests.console.real import Play

NOBODY = parse("cassia://127.0.0.1:9")  # discard (RFC 863): nothing listens there
MODES = ("scan", "connections", "gatt", "log", "problems")


def left(code: int) -> Effect:
    return becomes(lambda play: own(play).left, [code])


def interrupt() -> Row:
    return Row("app.interrupt", left(130))


def modes(here: str) -> tuple[Row, ...]:
    """To the other four."""
    return tuple(Row(f"app.{mode}", mode_is(mode)) for mode in MODES if mode != here)


def title(play: Play) -> str:
    """Of the dialogue in sight."""
    return getattr(play.app.screen, "_title", "")


def notice(play: Play) -> str:
    """What stands above the footer."""
    shown = play.app.configured.notices.first(play.app.clock.monotonic())
    return "" if shown is None else shown.words


async def nothing_said(play: Play) -> None:
    play.app.configured.notices.withdraw(lambda _: True)


async def something_said(play: Play) -> None:
    await nothing_said(play)
    play.app.configured.notices.put(Notice("test", "a notice"))


def app_rows(here: str) -> tuple[Row, ...]:
    """In a mode without a text field."""
    return (
        *modes(here),
        Row("app.help", screen_is(HelpScreen)),
        Row("app.palette", screen_is(CommandPalette)),
        Row("app.answer", becomes(lambda play: notice(play).startswith("no pairing question")), nothing_said),
        Row("app.mark", becomes(title, "Name of the mark")),
        Row("app.alerts", screen_is(AlertsScreen)),
        Row("app.theme", becomes(title, "Theme")),
        Row("app.radios", becomes(title, "Radios")),
        Row("app.reload", becomes(lambda play: notice(play).startswith("this console was started")), nothing_said),
        Row("app.dismiss", becomes(notice, ""), something_said),
        Row("app.suspend", turns(lambda play: own(play).suspended)),
        Row("app.quit", becomes(lambda play: own(play).left == [0] or title(play) == "Leave")),
        interrupt(),
        Row("app.simulator", turns(lambda play: len(play.session.radios)), no_simulator),  # last: the site goes
    )


def text_rows(here: str) -> tuple[Row, ...]:
    """Where a text is typed: what no letter does."""
    return tuple(row for row in app_rows(here) if keys("filter").get(row.command))


def same_mode(here: str) -> tuple[tuple[str, str], ...]:
    return ((f"app.{here}", "it is the mode in sight"),)


async def no_simulator(play: Play) -> None:
    """In its place a router that refuses, as `o` adds no second one."""
    for name, joined in list(play.session.radios.items()):
        if joined.target.scheme == "sim":
            await play.session.reopen(name, NOBODY)


def moving(where: Callable[[Play], int], to: Callable[[Play, bool], None], first: Step = nothing) -> tuple[Row, ...]:
    """`where` is the cursor or the first line in sight; `to` puts it at the end (True) or at the start."""

    def at(end: bool) -> Step:
        async def goes(play: Play) -> None:
            await first(play)
            to(play, end)
            await play.pilot.pause()

        return goes

    return (
        *(Row(f"list.{name}", compares(where, 1), at(False)) for name in ("down", "page_down", "last")),
        *(Row(f"list.{name}", compares(where, -1), at(True)) for name in ("up", "page_up", "first")),
    )
