"""`bletui pair`: a bond with a device."""

from __future__ import annotations

import argparse

_ABOUT = """\
Pairs. What the device asks is answered by --passkey or from stdin, one line for
each question; without either it is refused. The bond stays.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_device

    add_device(subparsers.add_parser("pair", description=_ABOUT, epilog=EXITS))


def run(args: argparse.Namespace) -> int:
    from bletui.cli.device import at_device
    from bletui.cli.keyboard import Keyboard
    from bletui.cli.transfers import pair
    from bletui.cli.wanted import wanted

    return at_device(wanted(args), pair, keyboard=Keyboard())
