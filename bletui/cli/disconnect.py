"""`bletui disconnect`: the end of a link, also of one that somebody else opened."""

from __future__ import annotations

import argparse

_ABOUT = """\
Ends the link to ADDRESS. One that was opened elsewhere (for this command: every
one) is ended only with --force, or after a yes at the terminal.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_address, add_radio

    parser = subparsers.add_parser("disconnect", description=_ABOUT, epilog=EXITS)
    add_radio(parser)
    add_address(parser)
    parser.add_argument("--force", action="store_true", help="also a link that somebody else opened")


def run(args: argparse.Namespace) -> int:
    from bletui.cli.device import at_radio
    from bletui.cli.keyboard import Keyboard
    from bletui.cli.links import end
    from bletui.cli.wanted import wanted

    keyboard = Keyboard()
    return at_radio(wanted(args), lambda here, outlet: end(here, outlet, keyboard, force=args.force), keyboard=None)
