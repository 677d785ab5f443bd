"""Log: everything that happened, in order, with the line under the cursor in full below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import on
from textual.app import ComposeResult

from bletui.console.commands import BY_ID
from bletui.console.logview import LogView
from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, fit, line, spread
from bletui.console.status import lane_names
from bletui.console.told import told_lines
from bletui.console.troubles import Trouble
from bletui.console.widgets.card_list import Cards
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.log_filter import LogFilterBar
from bletui.console.widgets.log_keys import LogKeys
from bletui.console.widgets.problem_keys import ProblemKeys
from bletui.failure import Failure
from bletui.log import Entry
from bletui.log.about import Reading, about
from bletui.log.narration import told
from bletui.session import Session

LEVELS = {"info": "", "warning": "WARNINGS, ERRORS", "error": "ERRORS"}


class LogScreen(ModeScreen):
    def __init__(self) -> None:
        super().__init__()
        self._session: Session | None = None
        self._bar = LogFilterBar(self._times)

    @property
    def focus_name(self) -> str:
        return getattr(self.focused, "place", "log")

    @property
    def pane(self) -> LogKeys:
        return self.query_one(LogKeys)

    def body(self) -> ComposeResult:
        yield Lines(id="status")
        yield self._bar
        yield LogKeys(self._unfold, id="body")
        yield Lines(id="told")
        yield ProblemKeys(id="cards", heading="The failure of this line")

    def on_mount(self) -> None:
        self.set_focus(self.pane)

    def look_up(self, failure: Failure) -> None:
        """Shows the newest line that tells of this failure, or of its time."""
        self.paint()
        view = self.pane.view
        if view is not None:
            view.go(view.telling(failure))
            self.pane.moved()

    # -- one data frame

    def paint_body(self) -> None:
        session, pane = self.console_app.session, self.pane
        if session is not self._session:
            self._session = session
            pane.view = self._view_of(session) if session is not None else None
            pane.choose()
        if pane.view is not None and session is not None:
            pane.lanes = lane_names(session.radios.values())
            if pane.view.take() and not pane.searching:
                pane.search()
        pane.hold(pane.view, self._nothing())
        self._paint_status()
        self._paint_told()
        self._paint_card()

    def _view_of(self, session: Session) -> LogView:
        def row_of(entry: Entry) -> Reading:
            return Reading(entry, session.store.called, self.pane.lanes)

        return LogView(session.log, row_of)

    def _nothing(self) -> Sequence[Line]:
        view = self.pane.view
        if view is None or not view.log:
            return [line(), line(" ", Span("Nothing has happened yet.", "dim"))]
        if view.untried:
            return [line(), line(" ", Span("Searching …", "dim"))]
        if self.has_class("-filtering"):
            key = BY_ID["filter.leave"]
        else:
            key = BY_ID["log.clear" if self._bar.expression else "log.level"]
        return [line(), line(f" None of {len(view.log)} lines is shown: ", Span(key.shown_key, "key"), f" {key.label}")]

    def _times(self) -> tuple[float, float | None]:
        return self.console_app.clock.wall(), self._session.log.marked if self._session is not None else None

    def _paint_status(self) -> None:
        left = line(Span(" / ", "dim"), self._bar.expression) if self._bar.expression else line(Span(" Log", "title"))
        shown = spread(left, line(*self._counts()), self.size.width)
        noted = self.noted()
        if noted is not None:
            shown = fit(noted, self.size.width, ellipsis=self.console_app.glyphs.ellipsis)
        self.query_one("#status", Lines).show(shown)
        self._bar.count(line(self._how_many(), " "))

    def _how_many(self) -> str:
        view = self.pane.view
        if view is None:
            return ""
        shown, total = len(view.numbers), len(view.log)
        return f"{total} lines" if shown == total else f"{shown} of {total}"

    def _counts(self) -> Iterator[str | Span]:
        """What is shown of how much, what is lost, and whether the newest line is followed."""
        view = self.pane.view
        if view is None:
            return
        if view.anchor is not None:
            first, last = view.span
            yield Span(f" {last - first + 1} SELECTED ", "mark")
            yield Span(f" {BY_ID['log.copy'].shown_key} copies  ", "dim")
        if self.pane.anonymous:
            yield Span(" ANONYMOUS ", "mark")
            yield "  "
        if LEVELS[self.pane.least]:
            yield Span(f" {LEVELS[self.pane.least]} ", "mark")
            yield "  "
        yield self._how_many()
        if view.untried:
            yield Span(f", {100 - 100 * view.untried // len(view.log)} % searched", "dim")
        if view.log.first:
            yield Span(f", {view.log.first} older lost", "dim")
        fresh, key = self.pane.fresh, BY_ID["log.follow"].shown_key
        if view.follow:
            yield Span("  following ", "accent")
        else:
            yield Span(f"  {fresh} new below, {key} follows " if fresh else f"  held, {key} follows ", "warn")

    def _paint_told(self) -> None:
        """The line under the cursor in full."""
        pane, session = self.query_one("#told", Lines), self._session
        entry = self.pane.entry
        if entry is None or session is None or not pane.display:
            pane.show()
            return
        pane.show(*told_lines(entry, session, self.size.width, self.console_app.glyphs))

    def _paint_card(self) -> None:
        if self.has_class("-cards"):
            trouble = self._trouble()
            key = Span(BY_ID["card.leave"].shown_key, "key")
            nothing = [line(" ", Span("No failure in this line.", "dim"), "  ", key, " goes back to the lines.")]
            self.query_one(Cards).hold([trouble] if trouble is not None else [], nothing)

    def _trouble(self) -> Trouble | None:
        entry, session = self.pane.entry, self._session
        failure = told(entry.event) if entry is not None else None
        if entry is None or failure is None or session is None:
            return None
        address = about(entry.event).address
        groups = session.failing.of(address) if address is not None else []
        group = next((one for one in groups if (one.what.radio, one.what.kind) == (entry.radio, failure.kind)), None)
        return Trouble(entry.radio, failure, group)

    # -- what the lines say

    @on(LogKeys.Moved)
    def _moved(self) -> None:
        self._note = ("", 0.0)  # it was about the line before
        self._paint_status()
        self._paint_told()

    @on(LogFilterBar.Changed)
    def _filtered(self) -> None:
        self.pane.choose()

    def filter_left(self) -> None:
        self.set_focus(self.pane)
        self.paint()

    def _unfold(self) -> None:
        trouble = self._trouble()
        if trouble is None:
            self.pane.note("no failure in this line")
            return
        if self.pane.view is not None:
            self.pane.view.go(self.pane.view.cursor)  # held: the next line would take its card away
        self.query_one(Cards).unfold(trouble)
        self.add_class("-cards")
        self.set_focus(self.query_one(Cards))
        self.call_after_refresh(self.paint)

    @on(Cards.Left)
    def _close_card(self) -> None:
        self.remove_class("-cards")
        self.set_focus(self.pane)
        self.call_after_refresh(self.paint)
