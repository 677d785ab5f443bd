"""`bletui doctor`: the ladder of each target, rung by rung."""

from __future__ import annotations

import argparse

_ABOUT = """\
Quick, read-only and safe. Each rung is ok, warn, fail or skipped, with what was
found; the first that fails is named with what to do. Without a target: what
bletui runs in, then the default targets or local:.
"""
_EXITS = """\
exit codes
  0 every ladder holds; else that of the first broken rung's failure
  (bletui explain KIND says which)

docs/json.md describes the JSON objects.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.configured import add_options

    parser = subparsers.add_parser("doctor", description=_ABOUT, epilog=_EXITS)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="local:, cassia://HOST …")
    parser.add_argument("--json", action="store_true", help="one object per rung")
    add_options(parser)


def run(args: argparse.Namespace) -> int:
    import os

    from bletui.cli.configured import configuration, file
    from bletui.cli.examination import examine_targets

    return examine_targets(args.targets, configuration(args), file(args, os.environ), json=args.json)
