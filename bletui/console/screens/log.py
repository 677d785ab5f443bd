"""Log: everything that happened, in order; made into words only where it is in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from textual.app import ComposeResult

from bletui.console.commands import BY_ID, bindings
from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, line, spread
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.scroll import ScrollLines
from bletui.failure import Failure
from bletui.log import Entry
from bletui.log.narration import log_parts, told


def log_line(entry: Entry) -> Line:
    return tuple(Span(*part) for part in log_parts(entry))


class LogScreen(ModeScreen):
    BINDINGS = bindings("log")

    @property
    def focus_name(self) -> str:
        return "log"

    def body(self) -> ComposeResult:
        yield Lines(id="status")
        yield ScrollLines(id="body")

    def on_mount(self) -> None:
        pane = self.query_one("#body", ScrollLines)
        pane.follow = True
        self.set_focus(pane)

    def action_follow(self) -> None:
        pane = self.query_one("#body", ScrollLines)
        pane.follow = not pane.follow
        self.paint()

    def look_up(self, failure: Failure) -> None:
        """Shows the newest line that tells of this failure, or of its time."""
        session = self.console_app.session
        if session is None:
            return
        pane = self.query_one("#body", ScrollLines)
        self.paint()
        pane.follow = False
        at = found_at(session.log, failure)
        pane.reveal(at, at)
        self.paint()

    def paint_body(self) -> None:
        session = self.console_app.session
        pane = self.query_one("#body", ScrollLines)
        entries: Sequence[Line] = LogLines(session.log) if session else ()
        pane.show(entries or [line(" ", Span("Nothing has happened yet.", "dim"))])
        follows = (
            Span("following", "accent")
            if pane.follow
            else Span(f"held; {BY_ID['log.follow'].shown_key} follows", "warn")
        )
        right = line(f"{len(entries)} lines  ", follows, " ")
        self.query_one("#status", Lines).show(spread(line(Span(" Log", "title")), right, self.size.width))


def found_at(entries: Sequence[Entry], failure: Failure) -> int:
    """Which entry tells of `failure`, the newest of several; else the last one before its time, else the last."""
    last = len(entries) - 1
    for at in range(last, -1, -1):
        if told(entries[at].event) == failure:
            return at
    if failure.at is not None:
        return next((at for at in range(last, -1, -1) if entries[at].event.at <= failure.at), 0)
    return max(0, last)


class LogLines(Sequence[Line]):
    """The log as lines, each made when it is asked for."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> list[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | list[Line]:
        if isinstance(at, slice):
            return [log_line(self._entries[i]) for i in range(*at.indices(len(self._entries)))]
        return log_line(self._entries[at])
