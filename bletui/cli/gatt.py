"""`bletui gatt`: a device's attribute table."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bletui.cli.device import Device, Work

_ABOUT = """\
Prints services, characteristics and descriptors with their handles, what may be
done (r read, w write, W write without response, n notify, i indicate), names
and UUIDs. With --values what each holds; one that can't be read says why.

  bletui gatt local: ADDRESS --json > board.json
  bletui gatt local: ADDRESS --against board.json --exit-code || echo "changed"
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_device

    parser = subparsers.add_parser("gatt", description=_ABOUT, epilog=EXITS)
    add_device(parser)
    add_arguments(parser)
    parser.add_argument("--exit-code", action="store_true", help="(--against) end with 1 where something differs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(exit_code=False)
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

        async def compared(device: Device) -> int:
            differ = await compare_tree(device, before, refresh=args.refresh)
            return 1 if differ and args.exit_code else 0

        return compared
    return lambda device: show_tree(device, values=args.values, refresh=args.refresh)


def run(args: argparse.Namespace) -> int:
    from bletui.cli.looking import at_values
    from bletui.target import invalid

    if args.exit_code and args.against is None:
        raise invalid("bletui gatt: --exit-code goes with --against FILE")
    return at_values(args, step)
