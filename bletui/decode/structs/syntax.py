"""Text to layout. What is wrong is said with the field that it stands in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from bletui.decode.structs.field import Condition, Field
from bletui.decode.structs.formats import FORMATS, Format
from bletui.decode.structs.integers import Integer, Kind
from bletui.decode.structs.layout import Layout
from bletui.decode.structs.scale import Scale
from bletui.text import bounded, is_clean, visible

LENGTH_MAX, FIELDS_MAX, COUNT_MAX, SCALE_MAX = 10_000, 100, 512, 10**30

_FIELD = re.compile(r"(?:[^;\n{]|\{[^}]*\}?)+")
_NAME = re.compile(r"(\()?([^:;(){}\[\]]+)(?(1)\)):\s+")
_INTEGER = re.compile(r"(enum|bits|flags|id|u|i)(\d{1,2})(be|le)?(?:@(\d{1,2}))?")
_WORD = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]|[^\s{}\[\]]+")
_NUMBER = r"\d{1,12}(?:\.\d{1,12})?(?:e-?\d{1,2})?"
_SCALE = re.compile(rf"(?:[*/]{_NUMBER})+")
_STEP = re.compile(rf"([*/])({_NUMBER})")
_OFFSET = re.compile(rf"[+-]{_NUMBER}")
_LIMITS = re.compile(rf"\[(-?{_NUMBER})?\.\.(-?{_NUMBER})?\]")
_COUNT = re.compile(r"x(\d{1,3}|\*)")
_LABEL = re.compile(r"\s*(0x[0-9a-fA-F]{1,16}|-?\d{1,20})(?:\s+(.*?))?\s*")
_BIT = re.compile(r"(!)?(?:([^.=!]+)\.)?(\d{1,2})")
_EQUALS = re.compile(r"(!)?([^=!]+)=(\d+(?:\|\d+)*)")


class LayoutError(ValueError):
    """`field` counts the layout's fields from 1; 0 is the whole."""

    def __init__(self, field: int, problem: str) -> None:
        where = f"field {field}: " if field else ""
        super().__init__(bounded(visible(where + problem), 300))
        self.field = field


def parse(text: str, labels: Mapping[str, str] | None = None) -> Layout:
    """The layout that `text` writes; `labels` are sets that it may name. Fails with `LayoutError`."""
    if len(text) > LENGTH_MAX:
        raise LayoutError(0, f"a layout has at most {LENGTH_MAX} characters")
    if not is_clean(text.replace("\n", " ")):
        raise LayoutError(0, "a layout has visible characters only")
    parts = [part.strip() for part in _FIELD.findall(text) if part.strip()]
    if not 0 < len(parts) <= FIELDS_MAX:
        raise LayoutError(0, f"a layout has 1 to {FIELDS_MAX} fields, not {len(parts)}")
    fields: list[Field] = []
    for number, part in enumerate(parts, 1):
        try:
            fields.append(_checked(_field(part, labels or {}), fields))
        except ValueError as error:
            raise LayoutError(number, f"{error} (in `{part}`)") from error
    return Layout(tuple(fields))


def _field(text: str, labels: Mapping[str, str]) -> Field:
    name = _NAME.match(text)
    body = text[name.end() if name else 0 :]
    words = _WORD.findall(body)
    if stray := _WORD.sub("", body).strip():
        raise ValueError(f"{stray[0]!r} has no partner")
    kind, peek = _format(words[0])
    found: dict[str, Any] = {}
    rest = iter(words[1:])
    for word in rest:
        if word == "if":
            key, value = "conditions", tuple(map(_condition, " ".join(rest).split("&")))
        else:
            key, value = _modifier(word, kind, labels)
        if key in found:
            raise ValueError(f"{word!r} is not expected here")
        found[key] = value
    if isinstance(kind, Integer):
        kind = _refined(kind, found)
    elif kind.size is None:
        found.setdefault("count", None)
    title, quiet = (name[2].strip(), bool(name[1])) if name else ("", False)
    silent = title.startswith("_")
    return Field(kind, title.lstrip("_") or "unused" * silent, quiet, silent, peek=peek, **found)


def _refined(integer: Integer, found: dict[str, Any]) -> Integer:
    """The integer with what was found of it, which is taken out of `found`."""
    scale = Scale(found.pop("factor", Fraction(1)), found.pop("offset", Fraction(0)))
    limits, labels = found.pop("limits", (None, None)), found.pop("labels", {})
    return replace(integer, scale=scale, limits=limits, labels=labels)


def _format(word: str) -> tuple[Integer | Format, int | None]:
    """The type, and where it looks at the flags again."""
    if integer := _INTEGER.fullmatch(word):
        kind, bits, order, peek = integer.groups()
        if not 1 <= int(bits) <= 64 or (order and int(bits) % 8):
            raise ValueError(f"{word!r}: an integer has 1 to 64 bits, and with a byte order whole bytes")
        return Integer(Kind(kind), int(bits), order == "be"), None if peek is None else int(peek)
    known = FORMATS.get(word) or FORMATS.get(word.removesuffix("le"))
    if known is None:
        raise ValueError(f"{word!r} is no type")
    return known, None


def _modifier(word: str, kind: Integer | Format, labels: Mapping[str, str]) -> tuple[str, Any]:
    if count := _COUNT.fullmatch(word):
        if count[1] != "*" and not 1 <= int(count[1]) <= COUNT_MAX:
            raise ValueError(f"{word!r}: a count is 1 to {COUNT_MAX}")
        return "count", None if count[1] == "*" else int(count[1])
    if word.startswith("{"):
        return "labels", _labels(word[1:-1], kind, labels)
    key, value = _quantity(word)
    if key != "unit" and not (isinstance(kind, Integer) and kind.counts):
        raise ValueError(f"{word!r}: only `u` and `i` have a scale, an offset and a range")
    return key, value


def _quantity(word: str) -> tuple[str, Any]:
    if _SCALE.fullmatch(word):
        return "factor", _factor(word)
    if _OFFSET.fullmatch(word):
        return "offset", _checked_size(Fraction(word))
    if limits := _LIMITS.fullmatch(word):
        return "limits", tuple(Fraction(bound) if bound else None for bound in limits.groups())
    if word.startswith("["):
        raise ValueError(f"{word!r} is no range")
    return "unit", word


def _factor(word: str) -> Fraction:
    factor = Fraction(1)
    for sign, number in _STEP.findall(word):
        step = Fraction(number)
        if not step:
            raise ValueError("a scale is not 0")
        factor = factor * step if sign == "*" else factor / step
        _checked_size(factor)
    return factor


def _checked_size(number: Fraction) -> Fraction:
    """The number, if every quantity made with it is a float."""
    if number and not Fraction(1, SCALE_MAX) <= abs(number) <= SCALE_MAX:
        raise ValueError("a scale and an offset are between 1e-30 and 1e30")
    return number


def _labels(text: str, kind: Integer | Format, labels: Mapping[str, str]) -> dict[int, str]:
    if not isinstance(kind, Integer):
        raise ValueError("only integers have labels")  # noqa: TRY004  # the text is wrong, not a type
    found: dict[int, str] = {}
    for part in labels.get(text.strip(), text).split(","):
        label = _LABEL.fullmatch(part)
        if label is None:
            raise ValueError(f"{part.strip()!r} is no label: a number and its meaning")
        key = int(label[1], 0) & (1 << kind.bits) - 1
        if key in found:
            raise ValueError(f"{label[1]} has two labels")
        found[key] = label[2] or ""
    return found


def _condition(text: str) -> Condition:
    text = text.strip()
    if text == "left":
        return Condition(None)
    if bit := _BIT.fullmatch(text):
        return Condition((bit[2] or "").strip(), bit=int(bit[3]), negated=bool(bit[1]))
    if equals := _EQUALS.fullmatch(text):
        values = frozenset(map(int, equals[3].split("|")))
        return Condition(equals[2].strip(), values, negated=bool(equals[1]))
    raise ValueError(f"{text!r} is no condition")


def _checked(field: Field, before: list[Field]) -> Field:
    """The field, if those before it allow it."""
    if before and before[-1].greedy:
        raise ValueError("nothing can follow a field that takes the rest")
    widths: dict[str, int] = {}
    for each in before:
        if isinstance(each.format, Integer):
            widths |= {each.name: each.format.bits} if each.name else {}
            if each.format.kind is Kind.FLAGS:
                widths.setdefault("", each.format.bits)
    if field.peek is not None:
        _check_bit("", field.peek + (field.bits or 1) - 1, widths)
        if field.count != 1:
            raise ValueError("what looks at the flags does not repeat")
    for condition in field.conditions:
        if condition.of is not None:
            _check_bit(condition.of, condition.bit, widths)
    return field


def _check_bit(of: str, bit: int, widths: Mapping[str, int]) -> None:
    if of not in widths:
        raise ValueError(f"there is no integer {of!r} before it" if of else "there are no flags before it")
    if bit >= widths[of]:
        raise ValueError(f"{of or 'the flags'} ha{'s' if of else 've'} no bit {bit}")
