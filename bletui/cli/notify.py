"""`bletui notify`: notifications and indications as they come."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bletui.cli.device import Work

_ABOUT = """\
Subscribes to each ATTRIBUTE and prints what it sends until ctrl+c, --count or
--duration; then it unsubscribes. Ends with the link's reason if that is lost.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_device

    parser = subparsers.add_parser("notify", description=_ABOUT, epilog=EXITS)
    add_device(parser)
    add_arguments(parser)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from bletui.cli.attribute import typed
    from bletui.cli.wanted import count, seconds

    parser.add_argument("attributes", nargs="+", type=typed, metavar="ATTRIBUTE", help="handle, UUID or name")
    parser.add_argument("--count", type=count, metavar="N", help="stop after N of them")
    parser.add_argument("--duration", type=seconds, metavar="S", help="stop after S seconds")
    parser.add_argument("--indicate", action="store_true", help="indications, where it offers both")
    parser.add_argument(
        "--write", nargs=2, metavar=("ATTRIBUTE", "VALUE"), help="once subscribed: to see what the device answers"
    )


def step(args: argparse.Namespace) -> Work:
    from bletui.cli.streaming import notify

    asks = _write(*args.write) if args.write else None
    return lambda device: notify(
        device, args.attributes, count=args.count, duration=args.duration, indicate=args.indicate, asks=asks
    )


def _write(attribute: str, value: str) -> Work:
    from bletui.cli.attribute import typed
    from bletui.cli.transfers import write
    from bletui.decode.values.typed import parse

    name, data = typed(attribute), parse(value)
    return lambda device: write(device, name, data, response=None)


def run(args: argparse.Namespace) -> int:
    from bletui.cli.device import at_device
    from bletui.cli.keyboard import Keyboard
    from bletui.cli.wanted import wanted

    return at_device(wanted(args), step(args), keyboard=Keyboard())
