"""`bletui gatt`: a device's attribute table."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bletui.cli.device import Work

_ABOUT = """\
Prints services, characteristics and descriptors with their handles, what may be
done (r read, w write, W write without response, n notify, i indicate), names
and UUIDs. With --values what each holds; one that can't be read says why.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_device

    parser = subparsers.add_parser("gatt", description=_ABOUT, epilog=EXITS)
    add_device(parser)
    add_arguments(parser)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--values", action="store_true", help="read everything that can be read")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="print what differs from a table that gatt --json has saved"
    )
    parser.add_argument("--refresh", action="store_true", help="past any cache of the operating system or router")


def step(args: argparse.Namespace) -> Work:
    from bletui.cli.gattdiff import saved
    from bletui.cli.transfers import compare_tree, show_tree

    if args.against is not None:
        before = saved(args.against)
        return lambda device: compare_tree(device, before, refresh=args.refresh)
    return lambda device: show_tree(device, values=args.values, refresh=args.refresh)


def run(args: argparse.Namespace) -> int:
    from bletui.cli.looking import at_values

    return at_values(args, step)
