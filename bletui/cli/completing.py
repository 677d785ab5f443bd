"""What can stand at the end of a half-typed command line: a line and the names in, words with their meanings out."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from bletui.cli.commands import SUMMARIES
from bletui.cli.grammar import Argument, Grammar

FILES = ":files"  # the shell completes paths itself
SCHEMES = {
    "local:": "this machine's adapter",
    "cassia://": "a Cassia router",
    "cassia+https://": "a Cassia router with TLS",
    "bridge:": "radios that a bridge serves",
    "sim:": "a simulated site",
    "sim:lab": "a device for every way to fail",
}

Names = Callable[[str, str | None], Mapping[str, str]]  # a kind of name and --config's value -> names and meanings


class Word(NamedTuple):
    word: str
    meaning: str = ""


def words(line: str, grammar: Callable[[str], Grammar], names: Names) -> list[Word]:
    """Everything that may be meant by the last word of `line`, which ends where the cursor is."""
    typed, last = split(line)
    here, given = _place(typed[1:], grammar)
    option, equals, value = last.partition("=")
    if equals and option.startswith("--"):
        known = _option(here, option)
        found = _values(known, value, given, names) if known else []
        return [Word(f"{option}={one.word}" if one.word != FILES else FILES, one.meaning) for one in found]
    waiting = _option(here, given[-1]) if given else None
    if waiting is not None and waiting.takes:
        return _values(waiting, last, given, names)
    if last.startswith("-"):
        every = (Word(flag, " ".join(one.help.split())) for one in here.options for flag in one.flags)
        return _starting(last, every)
    return _positional(here, typed[1:], given, last, names)


def split(line: str) -> tuple[list[str], str]:
    """The finished words, and the one at the cursor."""
    try:
        typed = shlex.split(line)
    except ValueError:  # a quotation mark is still open
        typed = line.replace('"', " ").replace("'", " ").split()
    return (typed, "") if not typed or line[-1:].isspace() else (typed[:-1], typed[-1])


def _place(typed: Sequence[str], grammar: Callable[[str], Grammar]) -> tuple[Grammar, list[str]]:
    """The command that is being typed, and what was typed behind its name."""
    if not typed or typed[0] not in SUMMARIES:
        return grammar(""), list(typed)
    here, rest = grammar(typed[0]), list(typed[1:])
    while rest and rest[0] in here.verbs:
        here = here.verbs[rest.pop(0)]
    return here, rest


def _positional(here: Grammar, typed: Sequence[str], given: Sequence[str], last: str, names: Names) -> list[Word]:
    if here.verbs:
        return _starting(last, (Word(name, _first(verb.about)) for name, verb in here.verbs.items()))
    found = []
    if not typed:
        found = _starting(last, (Word(name, about) for name, about in SUMMARIES.items()))
    number = len(_positionals(here, given))
    if number < len(here.positionals):
        return found + _values(here.positionals[number], last, given, names)
    if here.positionals and here.positionals[-1].several:
        return found + _values(here.positionals[-1], last, given, names)
    return found


def _positionals(here: Grammar, given: Sequence[str]) -> list[str]:
    """What was given that is neither an option nor an option's value."""
    found, skip = [], False
    for word in given:
        option = _option(here, word)
        if not skip and not word.startswith("-"):
            found.append(word)
        skip = not skip and option is not None and bool(option.takes)
    return found


def _values(argument: Argument, last: str, given: Sequence[str], names: Names) -> list[Word]:
    config = next((after for word, after in pairwise(given) if word == "--config"), None)

    def named(kind: str, mark: str = "") -> Iterator[Word]:
        return (Word(mark + name, meaning) for name, meaning in names(kind, config).items())

    if argument.choices:
        return _starting(last, map(Word, argument.choices))
    match argument.takes, argument.flags:
        case "FILE", _:
            return [Word(FILES)]
        case "TARGET", _:
            ours = (Word(*each) for each in SCHEMES.items())
            return _starting(last, (*named("targets"), *ours, *named("schemes")))
        case "ADDRESS", _:
            return _starting(last, named("addresses"))
        case "EXPR", _:
            return _starting(last, named("filters", "@"))
        case _, ("--as",):
            return _starting(last, named("structs"))
        case _, ("--profile",):
            return _starting(last, named("profiles"))
        case _:
            return []


def _option(here: Grammar, word: str) -> Argument | None:
    return next((one for one in here.options if word in one.flags), None)


def _starting(last: str, words: Iterator[Word] | Sequence[Word] | map[Word]) -> list[Word]:
    return [word for word in words if word.word.startswith(last)]


def _first(help_text: str) -> str:
    """Its first sentence, on one line."""
    return " ".join(help_text.split()).partition(". ")[0]
