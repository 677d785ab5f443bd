"""How values are read: the person's own structs, and the one that a command line names."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from bletui.cli.configured import file
from bletui.config.structs import StructsFile, beside
from bletui.decode.lenses import Lens, adopted
from bletui.failure import BleError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bletui.cli.device import Work
    from bletui.cli.wanted import Wanted


def add_lens(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as",
        dest="lens",
        metavar="NAME|LAYOUT",
        help="read as a struct of structs.toml or as 'i16le x3 /1000 g'",
    )


def lens(args: argparse.Namespace) -> Lens | None:
    """The one that `--as` names; `request.invalid` where it is neither a struct nor a layout."""
    return None if args.lens is None else adopted().called(args.lens)


def reads(who: Wanted, args: argparse.Namespace) -> Wanted:
    """For a command that shows values: with the structs they are read through. `request.invalid`: these are wrong."""
    return replace(who, structs=structs_file(args, who.configuration.environ))


def at_values(args: argparse.Namespace, step: Callable[[argparse.Namespace], Work]) -> int:
    """The exit code of a command that shows values of its device."""
    from bletui.cli.device import at_device
    from bletui.cli.keyboard import Keyboard
    from bletui.cli.wanted import wanted

    who = reads(wanted(args), args)  # first: a step may name one of the structs
    return at_device(who, step(args), keyboard=Keyboard())


def structs_file(args: argparse.Namespace, environ: Mapping[str, str]) -> StructsFile:
    """Adopts the structs that go with the configuration. `request.invalid`: they are wrong."""
    found = StructsFile(beside(file(args, environ)))
    if found.failure is not None:
        raise BleError(found.failure)
    return found
