"""`bletui write`: a value into an attribute."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bletui.cli.device import Work

_ABOUT = """\
Writes VALUE and shows the exact bytes on stderr before. It is never repeated by
itself. Forms of VALUE:
  0a0b  hex:0a:0b       bytes
  text:hello            UTF-8
  u8: u16: … u64:       numbers, little-endian; u16be:500 the other way round
  i8: i16: … i64:       signed; several with commas: i16:-3,0x10
  f32: f64:             IEEE 754
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_device

    parser = subparsers.add_parser("write", description=_ABOUT, epilog=EXITS)
    add_device(parser)
    add_arguments(parser)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from bletui.cli.attribute import typed
    from bletui.decode.values.typed import parse

    parser.add_argument("attribute", type=typed, metavar="ATTRIBUTE", help="handle, UUID or name")
    parser.add_argument("value", type=parse, metavar="VALUE", help="as above")
    parser.add_argument(
        "--response",
        action=argparse.BooleanOptionalAction,
        help="wait for the device's answer, or don't (default: as the characteristic allows)",
    )


def step(args: argparse.Namespace) -> Work:
    from bletui.cli.transfers import write

    return lambda device: write(device, args.attribute, args.value, response=args.response)


def run(args: argparse.Namespace) -> int:
    from bletui.cli.device import at_device
    from bletui.cli.keyboard import Keyboard
    from bletui.cli.wanted import wanted

    return at_device(wanted(args), step(args), keyboard=Keyboard())
