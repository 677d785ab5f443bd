"""`bletui notify`: notifications and indications as they come."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bletui.cli.device import Work
    from bletui.decode.values.alert import Rule

_ABOUT = """\
Subscribes to each ATTRIBUTE and prints what it sends until ctrl+c, --count or
--duration; then it unsubscribes. Ends with the link's reason if that is lost.

--alert says when a value is worth it: 'change', 'level<20', '>30', '20..30'
(outside of these). It ends with the first alert, or with --count of them; a
value that stays out of bounds is one. Without it within --duration: exit code
4.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_device

    parser = subparsers.add_parser("notify", description=_ABOUT, epilog=EXITS)
    add_device(parser)
    add_arguments(parser)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from bletui.cli.attribute import typed
    from bletui.cli.looking import add_lens
    from bletui.cli.wanted import count, seconds

    parser.add_argument("attributes", nargs="+", type=typed, metavar="ATTRIBUTE", help="handle, UUID or name")
    parser.add_argument("--count", type=count, metavar="N", help="stop after N of them (with --alert: N alerts)")
    parser.add_argument("--duration", type=seconds, metavar="S", help="stop after S seconds")
    parser.add_argument("--alert", metavar="RULE", type=_rule, help="end when a value changes or leaves its bounds")
    add_lens(parser)
    parser.add_argument("--indicate", action="store_true", help="indications, where it offers both")
    parser.add_argument(
        "--write", nargs=2, metavar=("ATTRIBUTE", "VALUE"), help="once subscribed: to see what the device answers"
    )


def step(args: argparse.Namespace) -> Work:
    from bletui.cli.looking import lens
    from bletui.cli.streaming import Until, notify

    asks = _write(*args.write) if args.write else None
    until = Until(args.count, args.duration, args.alert)
    through = lens(args)
    return lambda device: notify(device, args.attributes, until, indicate=args.indicate, lens=through, asks=asks)


def _rule(text: str) -> Rule:
    """`request.invalid` says what can be meant."""
    from bletui.decode.values.alert import FORMS, parse
    from bletui.target import invalid

    rule = parse(text)
    if rule is None:
        raise invalid(f"--alert: {FORMS}")
    return rule


def _write(attribute: str, value: str) -> Work:
    from bletui.cli.attribute import typed
    from bletui.cli.transfers import write
    from bletui.decode.values.typed import parse

    name, data = typed(attribute), parse(value)
    return lambda device: write(device, name, data, response=None)


def run(args: argparse.Namespace) -> int:
    from bletui.cli.looking import at_values

    return at_values(args, step)
