"""A failure on the screen: one line, or the whole card with its remedies as keys. The words are the vocabulary's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from bletui.console.commands import BY_ID
from bletui.console.glyphs import Glyphs
from bletui.console.spans import Line, Role, Span, fit, line, spread, width
from bletui.errors.actions import ACTIONS
from bletui.errors.card import card, one_line
from bletui.failure import Failure

if TYPE_CHECKING:
    from bletui.errors.classify import Context

# What a remedy does -> the command that does it where the card has the focus.
COMMANDS: Mapping[str, str] = {
    "stream.retry-now": "card.restart",
    "scan.restart": "card.restart",
    "radio.reopen": "card.reopen",
    "target.switch-scheme": "card.scheme",
    "target.open-simulator": "app.simulator",
    "filter.clear": "card.clear",
    "lane.list": "app.connections",
    "device.pair": "card.pair",
    "bond.delete": "card.unpair",
    "explain.open": "card.explain",
    "log.open": "card.log",
    "doctor.run": "card.doctor",
}
Offers = Sequence[tuple[str, str]]  # commands, and what they do about a failure
_LABELS = {action.label: name for name, action in ACTIONS.items()}


def severity_role(failure: Failure) -> Role:
    """The colour of a failure, always beside its code."""
    roles: Mapping[str, Role] = {"info": "accent", "warning": "warn", "error": "error"}
    return roles[failure.kind.severity]


def headline(failure: Failure, size: int, glyphs: Glyphs, *, selected: bool, what: str = "", times: str = "") -> Line:
    """Code, name, `what` failed, title and the words that tell most; the selected one marked; `times` at the right."""
    code, name, rest = one_line(failure).split(" ", 2)
    mark = Span(glyphs.cursor if selected else " ", "key")
    asked = Span(f" {what}: " if what else "", "strong")
    right = line(Span(f" {times} " if times else "", "dim"))
    left = line(mark, Span(f"{code} {name} ", severity_role(failure)), asked, rest.lstrip() if what else rest)
    return (*fit(left, max(0, size - width(right)), ellipsis=glyphs.ellipsis), *right)


def unfolded(
    failure: Failure,
    size: int,
    glyphs: Glyphs,
    *,
    selected: bool,
    context: Context | None = None,
    called: str = "",
    times: str = "",
    besides: str = "",
    offers: Offers = (),
    barred: Collection[str] = (),
) -> list[Line]:
    """The whole card: what broke, where, in whose words, and what to try first, second, third.

    `called`: what a person calls the device; `times`: how often it failed; `besides`: an action that is not offered;
    `offers`: commands that act on it where it stands, and what they do about it; `barred`: those that can't, there.
    """
    head, *rest = card(failure, context, size - 2, called=called, besides=besides)
    code, name, title = head.split(" ", 2)
    mark = Span(glyphs.cursor if selected else " ", "key")
    lines = [line(mark, Span(f"{code} {name} ", severity_role(failure)), Span(title, "strong"))]
    lines += [one for text in rest for one in _styled(text, size, barred)]
    told = line(Span(f"   {times}" if times else "", "warn"))
    keys = [span for id_, label in offers for span in _bracketed(id_, label, barred)]
    right = (*keys, *_labelled("explain.open", barred))
    below = [spread(told, right, size)] if width(told) + width(right) < size else [told, spread(line(), right, size)]
    return [*lines, *below, ()]


def _styled(text: str, size: int, barred: Collection[str]) -> list[Line]:
    """One line, or two where the key of a remedy has no room beside it."""
    name = _action(text)
    if name is None:
        role: Role = "accent" if text.lstrip().startswith("$ ") else "dim" if text.startswith("  retry:") else "plain"
        return [line(" ", Span(text, role))]
    words = text[: text.rindex("[")].rstrip()
    left, right = line(" ", words), _labelled(name, barred)
    return [spread(left, right, size)] if width(left) + width(right) < size else [left, spread(line(), right, size)]


def _labelled(name: str, barred: Collection[str]) -> Line:
    """The key that runs an action, and what the action is called."""
    return _bracketed(COMMANDS[name], ACTIONS[name].label, barred)


def _bracketed(id_: str, label: str, barred: Collection[str]) -> Line:
    """In parentheses what can't be done there, as in the footer."""
    key = BY_ID[id_].shown_key
    if id_ in barred:
        return line(Span(f"({key} {label}) ", "dim"))
    return line(Span("[", "dim"), Span(key, "key"), f" {label}", Span("] ", "dim"))


def _action(text: str) -> str | None:
    """The action whose label ends a line of a card."""
    if not text.endswith("]"):
        return None
    return _LABELS.get(text[text.rfind("[") + 1 : -1])
