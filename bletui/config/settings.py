"""The values that can be set on the command line, in the environment and in the file, once each."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

ThemeName = Literal["bletui", "ansi", "colour-blind", "mono"]
THEMES: tuple[ThemeName, ...] = ("bletui", "ansi", "colour-blind", "mono")
PACES = ("auto", "slow", "fast")

LIMIT, DEADLINE = 20.0, 60.0  # seconds
TARGETS_MAX = 64

Value = str | float | bool | tuple[str, ...] | None


class Setting(NamedTuple):
    """`check` gives the value of what the file says, or raises `ValueError` with what was expected; `of_text` makes
    the environment's words into what the file would say."""

    name: str
    variable: str
    default: Value
    check: Callable[[object], Value]
    of_text: Callable[[str], object]
    help: str


def one_of(*words: str) -> Callable[[object], Value]:
    def check(value: object) -> Value:
        if isinstance(value, str) and value in words:
            return value
        import difflib  # where there is no file, nothing needs it

        near = difflib.get_close_matches(value, words, 1) if isinstance(value, str) else ()
        raise ValueError(f"one of {', '.join(words)}" + (f" (did you mean {near[0]}?)" if near else ""))

    return check


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("true or false")


def text(value: object) -> str:
    if isinstance(value, str) and len(value) <= 4096:
        return value
    raise ValueError("text in quotes")


def texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and len(value) <= TARGETS_MAX and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise ValueError(f"a list of up to {TARGETS_MAX} texts in quotes")


def seconds(value: object) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and math.isfinite(value) and 0 < value <= 86_400:  # type: ignore[arg-type,operator] # a number
        return float(value)  # type: ignore[arg-type] # a number
    raise ValueError("a number of seconds, more than 0 and at most 86400")


def _flag_of(words: str) -> object:
    known: dict[str, object] = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    return known.get(words.casefold(), words)


def _number_of(words: str) -> object:
    try:
        return float(words)
    except ValueError:
        return words


def _same(words: str) -> Any:
    return words


# fmt: off
SETTINGS = (
    Setting("default_targets", "BLETUI_TARGETS", (), texts, str.split,
            "what is opened where no target is given; names or targets"),
    Setting("theme", "BLETUI_THEME", None, one_of(*THEMES), _same, "colours; without it the terminal decides"),
    Setting("pace", "BLETUI_PACE", "auto", one_of(*PACES), _same, "data frames: slow over SSH, fast at a desk"),
    Setting("ascii", "BLETUI_ASCII", None, _flag, _flag_of, "draw with ASCII; without it the encoding decides"),
    Setting("mouse", "BLETUI_MOUSE", True, _flag, _flag_of, "take the mouse"),
    Setting("active", "BLETUI_ACTIVE", False, _flag, _flag_of, "ask devices for their scan responses"),
    Setting("read_only", "BLETUI_READ_ONLY", False, _flag, _flag_of, "the radio refuses what changes a device"),
    Setting("filter", "BLETUI_FILTER", "", text, _same, "what console and scan show, as in the filter bar"),
    Setting("limit", "BLETUI_LIMIT", LIMIT, seconds, _number_of, "seconds for one attempt of a headless command"),
    Setting("deadline", "BLETUI_DEADLINE", DEADLINE, seconds, _number_of,
            "seconds for all of it, waiting and retries included"),
)
# fmt: on
BY_NAME = {setting.name: setting for setting in SETTINGS}
