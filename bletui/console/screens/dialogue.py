"""A question over a mode: words, perhaps a text field, enter and esc. It fits 76 columns and 20 lines, and narrower
terminals by breaking its lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from bletui.console.commands import BY_ID, bindings, key_at
from bletui.console.spans import Line, Role, Span, broken, line, ruled, wrapped
from bletui.console.widgets.lines import Lines
from bletui.failure import BleError

if TYPE_CHECKING:
    from bletui.console.app import Console

WIDTH, HEIGHT = 76, 20
CHECKED = 3  # lines that say what a typed text means
LINE_PANES = 3  # title, words, keys


class Field(Input):
    """Its cursor does not blink, because each blink would be a frame."""

    BINDINGS = bindings("field")

    def on_mount(self) -> None:
        self.cursor_blink = False

    def action_accept(self) -> None:
        cast("TextDialogue", self.screen).accept()

    def action_leave(self) -> None:
        cast("Dialogue", self.screen).dismiss(None)


class Dialogue(ModalScreen[str | None]):
    """`says` gives its words; the answer is a text, or None for esc. `place`: what acts, as in `commands.FOCUS`."""

    AUTO_FOCUS = ""
    BINDINGS = bindings("dialogue")
    place = "question"

    def __init__(self, title: str, says: Callable[[], Sequence[Line]]) -> None:
        super().__init__()
        self._title = title
        self.says = says

    @property
    def console_app(self) -> Console:
        return cast("Console", self.app)

    def compose(self) -> ComposeResult:
        with Vertical(id="dialogue"):
            yield Lines(id="dialogue-title")
            yield Lines(id="dialogue-says")
            yield from self.field()
            yield Lines(id="dialogue-keys")

    def field(self) -> ComposeResult:
        """What stands between the words and the keys."""
        yield from ()

    def keys(self) -> Line:
        raise NotImplementedError

    def on_mount(self) -> None:
        self.paint()

    def action_help(self) -> None:
        """What is asked, and the keys that answer."""
        from bletui.console.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.place, about=self.says))

    def paint(self) -> bool:
        """Shows its words as they are now; called with every data frame."""
        if not self.is_attached or len(self.query("#dialogue > Lines")) < LINE_PANES:
            return False  # not composed yet, or no longer
        dash = self.console_app.glyphs.dash
        width = self.size.width
        self.query_one("#dialogue-title", Lines).show(ruled((Span(self._title, "title"),), width, dash), ())
        says = [part for one in self.says() for part in broken(one, self.columns)]
        if len(says) > self.lines:
            more = len(says) - self.lines + 1
            says[self.lines - 1 :] = [line(Span(f" and {more} more lines", "dim"))]
        self.query_one("#dialogue-says", Lines).show(*says)
        self.query_one("#dialogue-keys", Lines).show(
            (), (*self.keys(), *self._help_key()), line(Span(dash * width, "rule"))
        )
        return True

    def _help_key(self) -> Line:
        return line(Span(f"   {key_at(BY_ID['dialogue.help'], self.place)}", "key"), " Help")

    def on_resize(self) -> None:
        self.call_after_refresh(self.paint)

    @property
    def columns(self) -> int:
        """Cells of a line, one left free at either side."""
        return min(WIDTH, self.size.width) - 2

    @property
    def lines(self) -> int:
        """How many lines of words there is room for, beside the title, the keys, two blanks and the rule below."""
        return max(1, min(HEIGHT, self.size.height) - 5)


class YesNoDialogue(Dialogue):
    """Answers `yes` or None."""

    BINDINGS = bindings("question")

    def __init__(self, title: str, says: Callable[[], Sequence[Line]], yes: str = "Yes", no: str = "No") -> None:
        super().__init__(title, says)
        self._yes, self._no = yes, no

    def keys(self) -> Line:
        return line(Span(" y", "key"), f" {self._yes}  ", Span(" n esc", "key"), f" {self._no}")

    def action_accept(self) -> None:
        self.dismiss("yes")

    def action_leave(self) -> None:
        self.dismiss(None)


class NoticeDialogue(Dialogue):
    """Something to do elsewhere: it goes away when that is done, or with None for esc."""

    BINDINGS = bindings("notice")
    place = "notice"

    def keys(self) -> Line:
        return line(Span(" esc", "key"), " Refuse")

    def action_leave(self) -> None:
        self.dismiss(None)


class TextDialogue(Dialogue):
    """Asks for a text. `check` says what enter would do, or raises `BleError` for what can't be meant."""

    place = "field"

    def __init__(
        self,
        title: str,
        says: Callable[[], Sequence[Line]],
        check: Callable[[str], str],
        *,
        value: str = "",
        accept: str = "OK",
    ) -> None:
        super().__init__(title, says)
        self._check, self._value, self._accept = check, value, accept

    @property
    def lines(self) -> int:
        return max(1, super().lines - 1 - CHECKED)

    def field(self) -> ComposeResult:
        yield Field(self._value, compact=True)
        yield Lines(id="dialogue-check")

    def keys(self) -> Line:
        return line(Span(" enter", "key"), f" {self._accept}  ", Span(" esc", "key"), " Cancel")

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.query_one(Field))
        self._look(self._value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look(event.value)

    def _look(self, text: str) -> bool:
        """Whether the text can be meant; what it means stands below."""
        try:
            words, wrong = self._check(text), False
        except BleError as refused:
            words, wrong = refused.failure.detail, True
        role: Role = "error" if wrong and text else "dim" if wrong else "ok"
        lines = [line(" ", Span(one, role)) for one in wrapped(words, self.columns - 2)[:CHECKED]]
        self.query_one("#dialogue-check", Lines).show(*lines)
        return not wrong

    def accept(self) -> None:
        text = self.query_one(Field).value
        if self._look(text):
            self.dismiss(text)
