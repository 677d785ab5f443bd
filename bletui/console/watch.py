"""When a value is worth a bell: it changes, or a field of it leaves its bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bletui.failure import BleError, ErrorKind, Failure

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_FORMS = re.compile(rf"\s*(?:(<)\s*({_NUMBER})|(>)\s*({_NUMBER})|({_NUMBER})\s*\.\.\s*({_NUMBER}))\s*")


@dataclass(frozen=True, slots=True)
class Rule:
    """`change`: any other bytes; else alert where the field is under `low` or over `high`."""

    text: str
    change: bool = False
    low: float | None = None
    high: float | None = None

    def broken_by(self, number: float) -> bool:
        return (self.low is not None and number < self.low) or (self.high is not None and number > self.high)


def parse(text: str) -> Rule | None:
    """`change`, `<20` (alert below), `>30`, `20..30` (alert outside); None for an empty text."""
    word = text.strip()
    if not word:
        return None
    if word == "change":
        return Rule(word, change=True)
    found = _FORMS.fullmatch(word)
    if found is None:
        raise _invalid("change, <20, >30 or 20..30; empty for no alert")
    if found[1]:
        return Rule(word, low=float(found[2]))
    if found[3]:
        return Rule(word, high=float(found[4]))
    low, high = float(found[5]), float(found[6])
    if low > high:
        raise _invalid(f"{found[5]} is over {found[6]}")
    return Rule(word, low=low, high=high)


def words(rule: Rule | None, field: str) -> str:
    """What the rule does, as a sentence's end."""
    if rule is None:
        return "no alert"
    return "alerts when any byte changes" if rule.change else f"alerts when {field} is {_where(rule)}"


def struck(rule: Rule, before: bytes | None, value: bytes, field: tuple[str, float] | None) -> str:
    """Why the value is worth an alert, in words; empty if it is not. `field`: the watched field's name and number."""
    if rule.change:
        return "changed" if before is not None and before != value else ""
    if field is None or not rule.broken_by(field[1]):
        return ""
    return f"{field[0]} {field[1]:g} is {_where(rule)}"


def _where(rule: Rule) -> str:
    """Where the rule takes alarm."""
    if rule.low is not None and rule.high is not None:
        return f"outside of {rule.low:g} to {rule.high:g}"
    return f"under {rule.low:g}" if rule.low is not None else f"over {rule.high:g}"


def _invalid(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="alert", detail=detail))
