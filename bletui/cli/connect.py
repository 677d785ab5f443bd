"""`bletui connect`: a link that is made and held."""

from __future__ import annotations

import argparse

_ABOUT = """\
Connects, says so on stdout, and holds the link until ctrl+c, --duration or its
end; then it is released. A link that somebody else opened is used and left.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_device, seconds

    parser = subparsers.add_parser("connect", description=_ABOUT, epilog=EXITS)
    add_device(parser)
    parser.add_argument("--duration", type=seconds, metavar="S", help="release it after S seconds")


def run(args: argparse.Namespace) -> int:
    from bletui.cli.device import at_device
    from bletui.cli.keyboard import Keyboard
    from bletui.cli.links import hold
    from bletui.cli.wanted import wanted

    return at_device(wanted(args), lambda device: hold(device, args.duration), keyboard=Keyboard())
