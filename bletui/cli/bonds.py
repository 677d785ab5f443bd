"""`bletui bonds`: the devices that a radio has keys of."""

from __future__ import annotations

import argparse

_ABOUT = "Every bond of the radio: lane, address, name."


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_radio

    add_radio(subparsers.add_parser("bonds", description=_ABOUT, epilog=EXITS))


def run(args: argparse.Namespace) -> int:
    from bletui.cli.bonding import show
    from bletui.cli.device import at_radio
    from bletui.cli.wanted import wanted

    return at_radio(wanted(args), show, keyboard=None)
