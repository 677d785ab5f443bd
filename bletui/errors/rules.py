"""Remedies and the rules that order them: evidence puts the step that fits this very case first.

Plain classes, not dataclasses or named tuples: making those would double the time in which `bletui explain` starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bletui.errors.rows import fold, fold_code
from bletui.kinds import TYPE_CHECKING, ErrorKind

if TYPE_CHECKING:
    from typing import Final

    from bletui.errors.classify import Context
    from bletui.failure import Failure
    from bletui.kinds import Retry

SHOWN_MAX: Final = 5  # remedies on one card

# Whether waiting helps, by retry class
WAITING: Final[dict[Retry, str]] = {
    "now": "at once, two or three times at most",
    "backoff": "by itself after a growing wait",
    "queue": "by itself when the running call has ended",
    "rescan": "when the device is heard again",
    "user": "after you have acted",
    "never": "no: the same call cannot succeed",
    "none": "not a fault",
}

Facts = Mapping[str, str]
Condition = Callable[[Facts], bool]


class Remedy:
    """One thing to try: words with {fields}, and either an action of bletui or a command to copy."""

    __slots__ = ("action", "command", "text")

    def __init__(self, text: str, action: str = "", command: str = "") -> None:
        self.text, self.action, self.command = text, action, command

    def plain(self) -> dict[str, str]:
        """What is there of it, by name."""
        words = {"text": self.text, "action": self.action, "command": self.command}
        return {name: value for name, value in words.items() if value}


class Rule:
    """Where `condition` holds, `remedy` comes first; then `instead`, if any, in place of the kind's own steps.

    `when` says the condition in words.
    """

    __slots__ = ("condition", "instead", "remedy", "when")

    def __init__(self, when: str, condition: Condition, remedy: Remedy, instead: tuple[Remedy, ...] = ()) -> None:
        self.when, self.condition, self.remedy, self.instead = when, condition, remedy, instead

    @property
    def steps(self) -> tuple[Remedy, ...]:
        """All that it brings, in order."""
        return (self.remedy, *self.instead)


class Guide:
    """Everything that is known of one kind: what happened, why it probably did, what to try in which order."""

    __slots__ = ("happened", "kind", "remedies", "rules", "why")

    def __init__(
        self,
        kind: ErrorKind,
        happened: str,
        why: tuple[str, ...],
        remedies: tuple[Remedy, ...],
        rules: tuple[Rule, ...] = (),
    ) -> None:
        self.kind, self.happened, self.why, self.remedies, self.rules = kind, happened, why, remedies, rules


def said(*messages: str) -> Condition:
    """The native message is one of these, as a whole."""
    folded = frozenset(map(fold, messages))
    return lambda facts: facts["text"] in folded


def mentions(*words: str) -> Condition:
    """One of these words stands in the native message or in the detail."""
    lowered = tuple(word.casefold() for word in words)
    return lambda facts: any(word in facts["text"] or word in facts.get("detail", "").casefold() for word in lowered)


def coded(source: str, *codes: str) -> Condition:
    """A native code of this source; without codes: any."""
    folded = frozenset(map(fold_code, codes))
    return lambda facts: facts.get("source") == source and (not folded or facts["code"] in folded)


def during(*operations: str) -> Condition:
    return lambda facts: facts.get("operation") in operations


def known(name: str, *values: str) -> Condition:
    """The fact is one of these; without values: it is known at all, and not `no`."""
    if not values:
        return lambda facts: facts.get(name, "no") not in ("", "no")
    return lambda facts: facts.get(name) in values


def at_least(name: str, limit: float) -> Condition:
    return lambda facts: _number(facts.get(name)) >= limit


def below(name: str, limit: float) -> Condition:
    return lambda facts: _number(facts.get(name), float("inf")) < limit


def either(*conditions: Condition) -> Condition:
    return lambda facts: any(condition(facts) for condition in conditions)


def both(*conditions: Condition) -> Condition:
    return lambda facts: all(condition(facts) for condition in conditions)


def unless(condition: Condition) -> Condition:
    return lambda facts: not condition(facts)


def ordered(guide: Guide, facts: Facts) -> tuple[Remedy, ...]:
    """The remedies for these facts: those of the rules that hold, then the kind's own or what a rule has instead.

    Each once, at most five.
    """
    holding = [rule for rule in guide.rules if rule.condition(facts)]
    first = [rule.remedy for rule in holding]
    then = next((rule.instead for rule in holding if rule.instead), guide.remedies)
    once: dict[str, Remedy] = {}
    for remedy in (*first, *then):
        once.setdefault(remedy.text, remedy)
    return tuple(once.values())[:SHOWN_MAX]


def remedies(failure: Failure, context: Context | None = None) -> tuple[Remedy, ...]:
    """What to try for this failure, in order, with its fields filled in."""
    from bletui.errors.facts import facts, filled
    from bletui.errors.guide import guide

    known_facts = facts(failure, context)
    return tuple(
        Remedy(filled(one.text, known_facts), one.action, filled(one.command, known_facts, shell=True))
        for one in ordered(guide(failure.kind), known_facts)
    )


def _number(text: str | None, otherwise: float = float("-inf")) -> float:
    try:
        return float(text or "")
    except ValueError:
        return otherwise
