"""Walk: one device and a number that is read at arm's length, over Scan."""

from __future__ import annotations

from textual.app import ComposeResult

from bletui.console.columns import name_of
from bletui.console.commands import bindings
from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, line, ruled
from bletui.console.status import lane_name, lanes_of, linked_words
from bletui.console.walking import Sight, walk_lines
from bletui.console.widgets.lines import Lines
from bletui.devices import Device
from bletui.devices.trail import Steps
from bletui.model import LaneChanged
from bletui.text import visible

NEARER = 3  # dB over the best so far that are worth a bell


class WalkScreen(ModeScreen):
    BINDINGS = bindings("walk")
    focus_name = "walk"

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.steps = Steps()
        self.bell = False
        self.rings = 0
        self._best: int | None = None
        self._title, self._body = Lines(id="walk-title"), Lines(id="walk")

    def body(self) -> ComposeResult:
        yield self._title
        yield self._body

    @property
    def device(self) -> Device | None:
        """None: the store has given it up, or another session knows nothing of it yet."""
        session = self.console_app.session
        return session.store.devices.get(self.address) if session else None

    def paint_body(self) -> None:
        app, device = self.console_app, self.device
        self._title.show(self._rule(device))
        if device is None:
            self._body.show((), line(" ", Span("Not heard in this session so far.", "dim")))
            return
        self.steps.take(device, app.clock.monotonic())
        self._ring(device)
        size = self._body.size
        sight = Sight(self._lanes(), app.clock.wall(), app.glyphs, size.width, size.height)
        self._body.show(*walk_lines(device, self.steps, sight))

    def _lanes(self) -> dict[str, LaneChanged]:
        session = self.console_app.session
        return lanes_of(session.radios.values()) if session else {}

    def _rule(self, device: Device | None) -> Line:
        glyphs = self.console_app.glyphs
        name = visible(self.address) if device is None else f"{name_of(device)}  {visible(self.address)}"
        lane = self.steps.lane
        session = self.console_app.session
        linked = linked_words(session.radios.values() if session else (), self.address)
        facts = [*linked, *["bell on"] * self.bell, *([f"only {lane_name(lane, self._lanes())}"] if lane else [])]
        said = "".join(glyphs.separator + fact for fact in facts)
        return ruled(line(Span(name, "strong"), Span(said, "dim")), self.size.width, glyphs.dash)

    def _ring(self, device: Device) -> None:
        """At each new best level, by 3 dB at least, so that the eyes may stay on the way."""
        heard = self.steps.followed(device)
        level = self.steps.trails[heard.lane].level if heard else None
        if level is None:
            return
        if self._best is None:
            self._best = level
        elif level >= self._best + NEARER:
            self._best = level
            if self.bell:
                self.rings += 1
                self.console_app.bell()

    def action_leave(self) -> None:
        self.dismiss()

    def action_lane(self) -> None:
        if self.device is not None:
            self.steps.follow_next(self.device)
            self._best = None
            self.paint()

    def action_again(self) -> None:
        lane, self.steps = self.steps.lane, Steps()
        self.steps.lane = lane
        self._best = None
        self.paint()

    def action_bell(self) -> None:
        self.bell = not self.bell
        self.paint()
