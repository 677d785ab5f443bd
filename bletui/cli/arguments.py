"""One command line to its parsed form; a typo is answered with the nearest word."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from types import ModuleType

from bletui.kinds import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn


def parse(command: ModuleType, name: str, argv: Sequence[str]) -> argparse.Namespace | int:
    """The arguments of the command that lives in `command`, or the exit code where argparse has answered (`--help`).

    Raises `BleError` (`request.invalid`) for what the command does not know.
    """
    try:
        parser = bare(command, name)
        parser.typed = argv
        parsed: argparse.Namespace = parser.parse_args(argv)
    except SystemExit as answered:
        return int(answered.code or 0)
    return parsed


def bare(command: ModuleType, name: str) -> _Parser:
    """The parser of the command that lives in `command`."""
    parsers = _Parser(prog="bletui").add_subparsers(prog="bletui")  # else a help formatter is made to find the name
    command.add_parser(parsers)
    parser: _Parser = parsers.choices[name]
    return parser


def alone(prog: str) -> argparse.ArgumentParser:
    """A parser for a line that is no command line, and refuses like one."""
    return _Parser(prog=prog, add_help=False)


class _Parser(argparse.ArgumentParser):
    """argparse without guessed abbreviations; what it refuses is a failure like any other."""

    typed: Sequence[str] = ()  # what is parsed

    def __init__(self, **settings: object) -> None:
        settings.setdefault("formatter_class", _Help)
        super().__init__(**settings, allow_abbrev=False)  # type: ignore[arg-type] # passed on as they came

    def error(self, message: str) -> NoReturn:
        from bletui.target import invalid, is_address, meant

        wrong = re.findall(r"(?<!\w)--[\w-]+", message) if message.startswith("unrecognized") else []
        known = re.findall(r"(?<!\w)--[\w-]+", self.format_help())
        hint = next((f"; did you mean {near}?" for word in wrong if (near := nearest(word, known))), "")
        if message.startswith("the following") and self.typed and is_address(self.typed[0]):
            hint = f"; {self.typed[0]} is not a target; {meant(self.typed[0])}"
        raise invalid(f"{self.prog}: {message}{hint} (see {self.prog} --help)")


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help for 80 columns everywhere; argparse else imports shutil and asks the terminal for each argument."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=78)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` most probably was meant to be."""
    import difflib  # only a typo pays for it

    known = [other for other in known if other != word]
    return next(iter(difflib.get_close_matches(word, known, 1)), None)
