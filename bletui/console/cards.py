"""A failure on the screen: one line, or the whole card with its remedies as keys. The words are the vocabulary's."""

from __future__ import annotations

from collections.abc import Mapping

from bletui.console.commands import BY_ID
from bletui.console.glyphs import Glyphs
from bletui.console.spans import Line, Role, Span, fit, line, spread, width
from bletui.errors.actions import ACTIONS
from bletui.errors.card import card, one_line
from bletui.failure import Failure

# What a remedy does -> the command that does it here. One that is missing has no key: the console can't do it yet.
COMMANDS: Mapping[str, str] = {
    "stream.retry-now": "problems.restart",
    "scan.restart": "problems.restart",
    "radio.reopen": "problems.reopen",
    "target.switch-scheme": "problems.scheme",
    "target.open-simulator": "app.simulator",
    "lane.list": "app.connections",
    "explain.open": "problems.unfold",
    "log.open": "app.log",
}
_LABELS = {action.label: name for name, action in ACTIONS.items()}


def severity_role(failure: Failure) -> Role:
    """The colour of a failure, always beside its code."""
    roles: Mapping[str, Role] = {"info": "accent", "warning": "warn", "error": "error"}
    return roles[failure.kind.severity]


def headline(failure: Failure, size: int, glyphs: Glyphs, *, selected: bool) -> Line:
    """Code, name, title and the words that tell most; the selected one marked."""
    code, name, rest = one_line(failure).split(" ", 2)
    mark = Span(glyphs.cursor if selected else " ", "key")
    role = severity_role(failure)
    return fit(line(mark, Span(f"{code} {name} ", role), rest), size, ellipsis=glyphs.ellipsis)


def unfolded(failure: Failure, size: int, glyphs: Glyphs, *, selected: bool) -> list[Line]:
    """The whole card: what broke, where, in whose words, and what to try first, second, third."""
    head, *rest = card(failure, None, size - 2)
    code, name, title = head.split(" ", 2)
    mark = Span(glyphs.cursor if selected else " ", "key")
    lines = [line(mark, Span(f"{code} {name} ", severity_role(failure)), Span(title, "strong"))]
    lines += [_styled(text, size) for text in rest]
    return [*lines, ()]


def _styled(text: str, size: int) -> Line:
    name = _action(text)
    if name is None:
        role: Role = "accent" if text.lstrip().startswith("$ ") else "dim" if text.startswith("  retry:") else "plain"
        return line(" ", Span(text, role))
    words = text[: text.rindex("[")].rstrip()
    command = COMMANDS.get(name)
    if command is None:
        return line(" ", words)
    right = line(Span("[", "dim"), Span(BY_ID[command].shown_key, "key"), f" {ACTIONS[name].label}", Span("] ", "dim"))
    left = line(" ", words)
    return spread(left, right, size) if width(left) + width(right) < size else (*left, Span(" "), *right)


def _action(text: str) -> str | None:
    """The action whose label ends a line of a card."""
    if not text.endswith("]"):
        return None
    return _LABELS.get(text[text.rfind("[") + 1 : -1])
