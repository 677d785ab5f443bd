"""`bletui unpair`: a bond removed, with or without a link."""

from __future__ import annotations

import argparse

_ABOUT = """\
Removes the bond with ADDRESS from --lane, or from every lane that has one. The
device may keep its half: then forget bletui there too.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_address, add_radio

    parser = subparsers.add_parser("unpair", description=_ABOUT, epilog=EXITS)
    add_radio(parser)
    add_address(parser)


def run(args: argparse.Namespace) -> int:
    from bletui.cli.bonding import remove
    from bletui.cli.device import at_radio
    from bletui.cli.wanted import wanted

    return at_radio(wanted(args), remove, keyboard=None)
