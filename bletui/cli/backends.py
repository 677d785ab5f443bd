"""`bletui backends`: what is installed, without importing any of it."""

from __future__ import annotations

import argparse

_ABOUT = "Every scheme that a target may start with, and the distribution that brings it."
_EXITS = "With --json, one object per scheme: docs/json.md. Plug-ins: docs/backends.md."


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("backends", description=_ABOUT, epilog=_EXITS)
    parser.add_argument("--json", action="store_true", help="one object per scheme")


def run(args: argparse.Namespace) -> int:
    from bletui.cli.narration import object_line
    from bletui.registry import names
    from bletui.text import visible

    for entry in names():
        if args.json:
            record = {
                "schema": "bletui.backend/1",
                "scheme": entry.scheme,
                "distribution": entry.distribution,
                "version": entry.version,
                "entry_point": entry.value,
            }
            print(object_line(record))
        else:
            print(visible(f"{entry.scheme + ':':<16}{entry.distribution} {entry.version:<10}  {entry.value}"))
    return 0
