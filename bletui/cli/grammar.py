"""The command line as a value, read off the parsers: what completion and the manual page are made from."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from bletui.cli.arguments import bare


@dataclass(frozen=True, slots=True)
class Argument:
    """An option (with `flags`) or a positional. `takes`: what its value is called; "": it has none."""

    flags: tuple[str, ...]
    takes: str
    choices: tuple[str, ...]
    help: str
    several: bool = False  # takes as many as there are
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """One command, and those below it by name."""

    name: str  # as typed after `bletui`; "" is the console
    about: str
    after: str
    options: tuple[Argument, ...]
    positionals: tuple[Argument, ...]
    verbs: dict[str, Grammar]


def grammar(name: str) -> Grammar:
    """The command called `name`; "" is the console's."""
    module = import_module(f"bletui.cli.{name or 'console'}")
    return _read(bare(module, name or "console"), name)


def _read(parser: argparse.ArgumentParser, name: str) -> Grammar:
    verbs = dict(_verbs(parser, name))
    arguments = [_argument(action) for action in parser._actions if action.help != argparse.SUPPRESS]
    return Grammar(
        name,
        parser.description or "",
        parser.epilog or "",
        tuple(one for one in arguments if one.flags),
        () if verbs else tuple(one for one in arguments if not one.flags),
        verbs,
    )


def _verbs(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, Grammar]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for verb, below in action.choices.items():
                yield verb, _read(below, f"{name} {verb}")


def _argument(action: argparse.Action) -> Argument:
    choices = tuple(map(str, action.choices or ()))
    valued = action.nargs != 0
    takes = str(action.metavar or ("|".join(choices) if choices else action.dest.upper())) if valued else ""
    return Argument(
        tuple(action.option_strings),
        takes,
        choices,
        action.help or "",
        action.nargs in ("*", "+"),
        action.nargs in ("*", "?"),
    )
