"""A question over a mode: words, perhaps a text field, enter and esc. It fits 76 columns and 20 lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from bletui.console.commands import bindings
from bletui.console.spans import Line, Role, Span, fit, line, ruled, wrapped
from bletui.console.widgets.lines import Lines
from bletui.failure import BleError

if TYPE_CHECKING:
    from bletui.console.app import Console

WIDTH, LINES = 74, 16
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
    """`says` gives its words; the answer is a text, or None for esc."""

    AUTO_FOCUS = ""

    def __init__(self, title: str, says: Callable[[], Sequence[Line]]) -> None:
        super().__init__()
        self._title = title
        self._says = says

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

    def paint(self) -> bool:
        """Shows its words as they are now; called with every data frame."""
        if not self.is_attached or len(self.query("#dialogue > Lines")) < LINE_PANES:
            return False  # not composed yet, or no longer
        title = ruled((Span(self._title, "title"),), WIDTH, self.console_app.glyphs.dash)
        self.query_one("#dialogue-title", Lines).show(title)
        self.query_one("#dialogue-says", Lines).show(*(fit(one, WIDTH) for one in list(self._says())[:LINES]))
        self.query_one("#dialogue-keys", Lines).show((), self.keys())
        return True


class YesNoDialogue(Dialogue):
    """Answers `yes` or None."""

    BINDINGS = bindings("question")

    def __init__(self, title: str, says: Callable[[], Sequence[Line]], yes: str = "Yes", no: str = "No") -> None:
        super().__init__(title, says)
        self._yes, self._no = yes, no

    def keys(self) -> Line:
        return line(Span(" y", "key"), f" {self._yes}  ", Span(" n", "key"), f" {self._no}  ", Span(" esc", "key"))

    def action_accept(self) -> None:
        self.dismiss("yes")

    def action_leave(self) -> None:
        self.dismiss(None)


class NoticeDialogue(Dialogue):
    """Something to do elsewhere: it goes away when that is done, or with None for esc."""

    BINDINGS = bindings("notice")

    def keys(self) -> Line:
        return line(Span(" esc", "key"), " Refuse")

    def action_leave(self) -> None:
        self.dismiss(None)


class TextDialogue(Dialogue):
    """Asks for a text. `check` says what enter would do, or raises `BleError` for what can't be meant."""

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
        lines = [line(" ", Span(one, role)) for one in wrapped(words, WIDTH - 2)[:3]]
        self.query_one("#dialogue-check", Lines).show(*lines)
        return not wrong

    def accept(self) -> None:
        text = self.query_one(Field).value
        if self._look(text):
            self.dismiss(text)
