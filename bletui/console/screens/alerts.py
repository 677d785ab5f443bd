"""Alerts: the values that are watched, beside the five modes."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on
from textual.app import ComposeResult

from bletui.console.commands import BY_ID
from bletui.console.known import Known, Place
from bletui.console.links import Row, age
from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, cell, fit, line, ruled, spread
from bletui.console.widgets.alert_keys import AlertKeys
from bletui.console.widgets.lines import Lines
from bletui.decode.values.alert import Alarm, words

_CALLED, _RULE, _BESIDE = 27, 11, 50  # cells: of the attribute's name at least, of the rule, beside the name


class AlertsScreen(ModeScreen):
    focus_name = "alerts"

    def body(self) -> ComposeResult:
        yield Lines(id="status")
        yield AlertKeys(id="body")
        yield Lines(id="strip")

    def on_mount(self) -> None:
        self.set_focus(self.query_one(AlertKeys))

    def paint_body(self) -> None:
        alerts = self.console_app.values.alerts
        alerts.seen()
        watched = list(alerts.watched())
        self.query_one(AlertKeys).hold(list(self._rows(watched)))
        struck = sum(bool(alarm.why) for _, _, alarm in watched)
        right = line(f"{len(watched)} watched, ", Span(f"{struck} now ", "warn" if struck else "ok"))
        self.query_one("#status", Lines).show(spread(line(Span(" Alerts", "title")), right, self.size.width))
        self._paint_strip()

    def _paint_strip(self) -> None:
        """The alert under the cursor, whole."""
        app, below = self.console_app, self.query_one("#strip", Lines)
        place = self.query_one(AlertKeys).watched
        found = [(called, alarm) for each, called, alarm in app.values.alerts.watched() if each == place]
        if not found:
            below.show()
            return
        called, alarm = found[0]
        size, ellipsis = self.size.width, app.glyphs.ellipsis
        known = app.values.alerts.book[place] if place is not None else Known()
        below.show(
            ruled((Span(called, "title"),), size, app.glyphs.dash),
            fit(line(f" {words(alarm.watch.rule, _field(alarm, known))}"), size, ellipsis=ellipsis),
            fit(line(" ", _state(alarm)), size, ellipsis=ellipsis),
        )

    def _rows(self, watched: list[tuple[Place, str, Alarm]]) -> Iterator[Row]:
        app = self.console_app
        for place, called, alarm in watched:
            room = max(_CALLED, min(2 * _CALLED, self.size.width - _RULE - _BESIDE))
            shown = _alert_line(cell(called, room), alarm, app.values.alerts.book[place], app.clock.wall())
            yield Row(place.radio, fit(shown, self.size.width, ellipsis=app.glyphs.ellipsis), place)

    @on(AlertKeys.Removed)
    @on(AlertKeys.Moved)
    def _changed(self) -> None:
        self.paint()


def _state(alarm: Alarm) -> Span:
    return Span(f"ALERT {alarm.why}", "mark") if alarm.why else Span(f"the last one: {alarm.last or 'none'}", "dim")


def _field(alarm: Alarm, known: Known) -> str:
    """What the number that is watched is called."""
    number = None if known.value is None or alarm.watch.rule.field else alarm.watch.number(known.value)
    return number.name if number is not None else "its number"


def _alert_line(called: str, alarm: Alarm, known: Known, now: float) -> Line:
    """What is watched and how often it struck; what it says now, or how old the value is that is as it should be."""
    if alarm.why:
        state = Span(f"ALERT {alarm.why}", "mark")
    elif known.value is None:
        keys = " or ".join(BY_ID[name].shown_key for name in ("tree.read", "tree.deliver"))
        state = Span(f"no value yet; {keys} in GATT", "dim")
    else:
        state = Span(f"as it should be, {age(now - known.at)} ago", "ok")
    return line(
        " ",
        Span(called, "strong"),
        f" {cell(alarm.watch.rule.text, _RULE)} ",
        Span(f"{alarm.began:>3}x  ", "dim"),
        state,
    )
