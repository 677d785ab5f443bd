"""`bletui queue`: lanes, links, and what runs and waits."""

from __future__ import annotations

import argparse

_ABOUT = """\
Each lane with its slots, every link (also those that were opened elsewhere),
and the operations that run or wait at this radio.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_radio

    add_radio(subparsers.add_parser("queue", description=_ABOUT, epilog=EXITS))


def run(args: argparse.Namespace) -> int:
    from bletui.cli.device import at_radio
    from bletui.cli.links import show_queue
    from bletui.cli.wanted import wanted

    return at_radio(wanted(args), show_queue, keyboard=None)
