"""When a value is worth a bell: it changes, or a field of it leaves its bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bletui.decode.lenses import Lens
from bletui.decode.values.numbers import Number, numbers
from bletui.failure import BleError, ErrorKind, Failure
from bletui.text import bounded, visible

FORMS = "change, <20, >30 or 20..30, with or without a field before it: level<20"
TEXT_MAX = 200  # characters
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RULE = re.compile(
    rf"(?P<field>.*?)(?:(?:(?<=\s)|^)(?P<change>change)|\s*<\s*(?P<under>{_NUMBER})|\s*>\s*(?P<over>{_NUMBER})"
    rf"|(?:(?<=\s)|^)(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER}))"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`change`: any other bytes, or another number of `field`; else alert where that is under `low` or over `high`.

    `field` "": the one that is picked, else the first.
    """

    text: str
    field: str = ""
    change: bool = False
    low: float | None = None
    high: float | None = None

    def broken_by(self, number: float) -> bool:
        return (self.low is not None and number < self.low) or (self.high is not None and number > self.high)


@dataclass(frozen=True, slots=True)
class Watch:
    """A rule at the values of an attribute type, as they are looked at; `picked`: which number, where it names none."""

    rule: Rule
    uuid: str
    lens: Lens | None = None
    picked: int = 0

    def number(self, value: bytes) -> Number | None:
        """The one that is watched; None where the value has no number. `request.invalid`: it has, but none of that
        name."""
        found = numbers(self.uuid, value, self.lens)
        if not self.rule.field:
            return found[self.picked % len(found)] if found else None
        wanted = self.rule.field.casefold()
        match = next((each for each in found if each.name.casefold() == wanted), None)
        if match is None and found:
            there = ", ".join(each.name for each in found)
            raise _invalid(f"the value has no number {self.rule.field!r}; it has {there}")
        return match

    def named(self, value: bytes | None) -> str:
        """The rule as it means the same elsewhere, where nothing is picked: with the name of its field."""
        number = None if value is None or self.rule.field or self.rule.change else self.number(value)
        return f"{number.name} {self.rule.text}" if number is not None and self.picked else self.rule.text

    def strikes(self, before: bytes | None, value: bytes) -> str:
        """Why the value is worth an alert, in words; "" where it is not, or has no number of that name."""
        try:
            now = self.number(value)
            then = None if before is None or not self.rule.field else self.number(before)
        except BleError:  # this one value has no such field: the next may
            return ""
        if self.rule.change and not self.rule.field:
            return "changed" if before is not None and before != value else ""
        if now is None:
            return ""
        if self.rule.change:
            return f"{now.name} is {now.value:g}, was {then.value:g}" if then and then.value != now.value else ""
        return f"{now.name} {now.value:g} is {_where(self.rule)}" if self.rule.broken_by(now.value) else ""


@dataclass(slots=True)
class Alarm:
    """What came of a watch so far. `why`: the newest value is worth an alert; `last`: what the newest one said."""

    watch: Watch
    why: str = ""
    last: str = ""
    began: int = 0

    def take(self, before: bytes | None, value: bytes) -> bool:
        """Whether an alert begins: a value that stays out of bounds has one."""
        stood, self.why = self.why, self.watch.strikes(before, value)
        begins = bool(self.why) and (self.watch.rule.change or not stood)
        self.last = self.why or self.last
        self.began += begins
        return begins


def parse(text: str) -> Rule | None:
    """`change`, `<20` (alert below), `>30`, `20..30` (alert outside), each behind a field's name or not; None for an
    empty text. `request.invalid` says what can be meant."""
    word = text.strip()
    if not word:
        return None
    found = _RULE.fullmatch(word) if len(word) <= TEXT_MAX else None
    if found is None:
        raise _invalid(f"{word!r} is no alert: {FORMS}")
    field = found["field"].strip()
    low, high = found["low"] or found["under"], found["high"] or found["over"]
    if found["low"] and float(low) > float(high):
        raise _invalid(f"{low} is over {high}")
    bounds = (None if bound is None else float(bound) for bound in (low, high))
    return Rule(visible(word), field, bool(found["change"]), *bounds)


def words(rule: Rule | None, field: str) -> str:
    """What the rule does, as a sentence's end; `field`: the picked one."""
    if rule is None:
        return "no alert"
    if rule.change:
        return f"alerts when {rule.field} changes" if rule.field else "alerts when any byte changes"
    return f"alerts when {rule.field or field} is {_where(rule)}"


def _where(rule: Rule) -> str:
    """Where the rule takes alarm."""
    if rule.low is not None and rule.high is not None:
        return f"outside of {rule.low:g} to {rule.high:g}"
    return f"under {rule.low:g}" if rule.low is not None else f"over {rule.high:g}"


def _invalid(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="alert", detail=bounded(visible(detail), 300)))
