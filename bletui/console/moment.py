"""A moment marked in the log at the press of a key; its name is typed afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bletui.console.screens.dialogue import TextDialogue
from bletui.console.spans import Line, Span, line
from bletui.log import Entry, Mark
from bletui.log.narration import clock_time
from bletui.target import invalid
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.console.app import Console

LENGTH_MAX = 200  # characters


def mark_moment(app: Console) -> None:
    """Marks now, whatever is typed or not typed into the dialogue that asks for a name."""
    if app.session is not None:
        ask_name(app, app.session.mark())


def ask_name(app: Console, number: int) -> None:
    """Gives the mark in that line another name."""
    session = app.session
    if session is None:
        return
    mark = session.log.entry(number).event
    assert isinstance(mark, Mark)

    def says() -> list[Line]:
        told = line(f" Marked in the log: {clock_time(mark.at)}")
        return [told, line(Span(" esc leaves it as it is", "dim")), line()]

    def named(text: str | None) -> None:
        if text is not None:
            session.log.replace(number, Entry("", Mark(mark.at, text.strip())))

    app.push_screen(TextDialogue("Name of the mark", says, mark_check, value=mark.text, accept="Name it"), named)


def mark_check(text: str) -> str:
    if len(text) > LENGTH_MAX:
        raise invalid(f"a name has at most {LENGTH_MAX} characters")
    return f"MARK {visible(text.strip())}" if text.strip() else "a mark without a name"
