"""Copying an action: three forms of it, shown whole, one of them sent to the clipboard."""

from __future__ import annotations

import os
from collections.abc import Callable

from bletui.console.commands import BY_ID, bindings
from bletui.console.screens.dialogue import Dialogue
from bletui.console.snippets import Action, bleak, command, curl, journey
from bletui.console.spans import Line, Span, line


class CopyDialogue(Dialogue):
    """Answers with what is to be said of the way to the clipboard, or None."""

    BINDINGS = bindings("copy")
    place = "copy"

    def __init__(self, action: Action, copy: Callable[[str], None]) -> None:
        super().__init__("Copy", lambda: says(action))
        self._action, self._copy = action, copy

    def keys(self) -> Line:
        return line(Span(f" {BY_ID['copy.leave'].shown_key}", "key"), " Cancel")

    def action_command(self) -> None:
        self._take(command(self._action))

    def action_curl(self) -> None:
        self._take(curl(self._action))

    def action_bleak(self) -> None:
        self._take(bleak(self._action))

    def action_leave(self) -> None:
        self.dismiss(None)

    def _take(self, text: str | None) -> None:
        if text is not None:
            self._copy(text)
            self.dismiss(journey(tmux="TMUX" in os.environ))


def says(action: Action) -> list[Line]:
    """The forms with their keys; what can't be had is said and not left out."""
    called = curl(action)
    return [
        _head("copy.command"),
        line("   ", Span(command(action), "accent")),
        line(),
        _head("copy.curl"),
        line("   ", Span(called, "accent")) if called else line(Span("   only for a Cassia router", "dim")),
        line(),
        _head("copy.bleak"),
        line(Span(f"   {len(bleak(action).splitlines())} lines of Python, on the local adapter", "dim")),
    ]


def _head(id_: str) -> Line:
    chosen = BY_ID[id_]
    return line(" ", Span(chosen.shown_key, "key"), f" {chosen.label}: {chosen.help}")
