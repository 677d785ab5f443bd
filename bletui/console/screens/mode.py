"""What the five modes share: the header above, the keys that matter below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.screen import Screen

from bletui.console.commands import FOCUS, Command, footer, key_at
from bletui.console.notices import ROOM
from bletui.console.spans import Line, Span, fit, line, width
from bletui.console.status import counters, dropped, header
from bletui.console.widgets.filter_input import FilterInput
from bletui.console.widgets.lines import Area, Beside, Lines
from bletui.console.widgets.scroll import ScrollLines

if TYPE_CHECKING:
    from bletui.console.app import Console
    from bletui.console.barred import Bar, Here


class ModeScreen(Area, Screen[None]):
    """A mode: `body` makes its widgets, `paint_body` shows the newest data on them."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  Textual's declaration
    NOTE_STANDS = 6.0  # seconds, in the status line

    @property
    def console_app(self) -> Console:
        return cast("Console", self.app)

    @property
    def focus_name(self) -> str:
        """What has the focus, by its name in `commands.FOCUS`."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        raise NotImplementedError

    def paint_body(self) -> None:
        raise NotImplementedError

    def filter_left(self) -> None:
        """The filter's box was closed: what it filters has the focus again."""
        raise NotImplementedError

    def settle(self) -> None:
        """Brings to its end what was chosen and still goes on: the next key is meant for what it leads to."""

    def late_key(self, event: events.Key) -> None:
        """A letter typed right behind the key that opened the filter: it was sent to what had the focus before."""
        if isinstance(self.focused, FilterInput) and event.is_printable and event.character:
            self.focused.insert_text_at_cursor(event.character)

    def __init__(self) -> None:
        super().__init__()
        self._note = ("", 0.0)
        self._header = Lines(id="header")
        self._counters = Lines(id="counters")  # apart: Textual repaints a widget's line from its left edge on
        self._notice, self._footer = Lines(id="notice"), Lines(id="footer")

    def compose(self) -> ComposeResult:
        with Beside(id="top"):
            yield self._header
            yield self._counters
        yield from self.body()
        yield self._notice
        yield self._footer

    def on_screen_resume(self) -> None:
        self.paint()

    def on_resize(self) -> None:
        self.call_after_refresh(self.paint)

    def on_descendant_focus(self) -> None:
        self._paint_footer()

    def paint(self) -> bool:
        """Shows what is known now, once per data frame; False before there is room for it."""
        if not self.is_mounted or self.size.width == 0:
            return False
        app, session = self.console_app, self.console_app.session
        radios = session.radios.values() if session else ()
        right = counters(app.rate.value, *dropped(radios))
        alert = app.values.alerts.words(app.clock.monotonic()) if session else ""
        new = app.unseen.count(session)
        room = self.size.width - width(right)
        self._header.show(header(radios, now=app.clock.wall(), size=room, problems=new, alert=alert))
        if self._counters.size.width != width(right):
            self._counters.styles.width = width(right)
        self._counters.show(right)
        self._notice.show(*self._noticed())
        self._paint_footer()
        self.paint_body()
        return True

    def note(self, words: str) -> None:
        """Says something in the status line for a few seconds."""
        self._note = (words, self.console_app.clock.monotonic() + self.NOTE_STANDS)

    def say(self, words: str) -> None:
        """The same, at once."""
        self.note(words)
        self.paint()

    @on(ScrollLines.Noted)
    def _say(self, event: ScrollLines.Noted) -> None:
        self.say(event.words)

    def noted(self) -> Line | None:
        """What the status line says instead of what stands there otherwise."""
        words, until = self._note
        return line(" ", Span(words, "accent")) if self.console_app.clock.monotonic() < until else None

    def reconfigured(self) -> None:
        """The configuration was read again: names, filters and keys may be others."""
        _footer_line.cache_clear()

    def _noticed(self) -> list[Line]:
        """What stands above the footer, where there is room for it."""
        app = self.console_app
        if self.size.height < ROOM:
            return []
        return app.configured.notices.lines(app.clock.monotonic(), self.size.width)

    def _paint_footer(self) -> None:
        if self.size.width:
            self._footer.show(_footer_line(self.focus_name, self.size.width, frozenset(self.barred())))

    # -- what can't be done here

    def here(self) -> Here | None:
        """What the keys would act on; None: no session is open yet."""
        from bletui.console.barred import Here

        session, focused = self.console_app.session, self.focused
        if session is None:
            return None
        radio, failed = getattr(focused, "radio_here", ""), getattr(focused, "chosen", None)
        return Here(session, radio, failed, getattr(focused, "needs_here", {}), getattr(focused, "lane_here", ""))

    def barred(self) -> Mapping[str, Bar]:
        """Why not, by the ids of commands that can't act here."""
        from bletui.console.barred import barred

        here = self.here()
        return {} if here is None else barred(self.focus_name, here)


@lru_cache(maxsize=64)
def _footer_line(focus: str, size: int, barred: frozenset[str]) -> Line:
    commands = footer(FOCUS[focus])
    shown = tuple(_spans(commands, focus, barred))
    while width(shown) > size and len(commands) > 1:  # whole ones go, from the right; help is the last to go
        commands.remove(next(one for one in reversed(commands) if one.id != "app.help"))
        shown = tuple(_spans(commands, focus, barred))
    return fit(shown, size)


def _spans(commands: list[Command], focus: str, barred: frozenset[str]) -> Iterator[Span]:
    for command in commands:
        if command.id in barred:
            yield Span(f"({key_at(command, focus)} {command.label})", "dim")
        else:
            yield Span(f" {key_at(command, focus)}", "key")
            yield Span(f" {command.label} ")
