"""`bletui read`: values of attributes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bletui.cli.device import Work

_ABOUT = """\
Reads each ATTRIBUTE and prints its bytes and what they mean. An attribute is a
handle (0x0012, 18), a UUID (2a19, or 128 bits) or a name or part of one
('Battery Level'); what may be several is refused with the candidates.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_device

    parser = subparsers.add_parser("read", description=_ABOUT, epilog=EXITS)
    add_device(parser)
    add_arguments(parser)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from bletui.cli.attribute import typed
    from bletui.cli.looking import add_lens

    parser.add_argument("attributes", nargs="+", type=typed, metavar="ATTRIBUTE", help="handle, UUID or name")
    add_lens(parser)


def step(args: argparse.Namespace) -> Work:
    from bletui.cli.looking import lens
    from bletui.cli.transfers import read

    through = lens(args)
    return lambda device: read(device, args.attributes, through)


def run(args: argparse.Namespace) -> int:
    from bletui.cli.looking import at_values

    return at_values(args, step)
