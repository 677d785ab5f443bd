"""`bletui scan`: what is heard, on stdout, without a console."""

from __future__ import annotations

import argparse

_ABOUT = """\
Without --json, --csv or --table: a line when a device is first heard, tells its
name or changes its payload. Ends with --duration, --count, ctrl+c, or the
reader of stdout.

--walk tells one device's level, its trend and every lane that hears it. What
--save-baseline wrote, --baseline is held against when the scan ends: names,
companies and services count as changed, a sensor's next value does not.
"""
_EXITS = """\
exit codes
  0 something was heard, or nothing was and nothing is wrong
  1 with --exit-code: something is not as in the --baseline
  4 --count was not reached within --duration, nothing ever listened, or
    the device of --walk was not heard
  otherwise that of the gravest problem, if nothing was heard
  130 ctrl+c, 143 SIGTERM, 141 the reader of stdout went away

docs/json.md describes the JSON objects.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.configured import add_options
    from bletui.cli.wanted import count, seconds

    parser = subparsers.add_parser("scan", description=_ABOUT, epilog=_EXITS)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="local:, sim:, cassia://HOST, a name …")
    parser.add_argument("--duration", type=seconds, metavar="S", help="stop after S seconds")
    parser.add_argument(
        "--count", type=count, metavar="N", help="stop after N lines (--json, --csv: advertisements, --table: devices)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one object per advertisement")
    form.add_argument("--csv", action="store_true", help="one row per advertisement, for spreadsheets")
    form.add_argument("--table", action="store_true", help="every device once, at the end")
    parser.add_argument("--walk", metavar="ADDRESS", help="one device's signal, a line a second")
    parser.add_argument("--baseline", metavar="FILE", help="in the end only what is new, gone, changed since that file")
    parser.add_argument("--exit-code", action="store_true", help="(--baseline) end with 1 where something differs")
    parser.add_argument("--save-baseline", metavar="FILE", help="write what was heard, for a --baseline later")
    parser.add_argument("--active", action="store_true", default=None, help="ask devices for their scan responses")
    parser.add_argument("--filter", metavar="EXPR", help="e.g. 'rssi>=-70 and company=apple', or @NAME")
    add_options(parser)


def run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from bletui.cli.baseline import load
    from bletui.cli.configured import configuration
    from bletui.cli.looking import structs_file
    from bletui.cli.scanning import Wish, scan_targets
    from bletui.cli.wanted import address
    from bletui.target import invalid

    given = [flag for flag, value in (("--walk", args.walk), ("--baseline", args.baseline)) if value]
    given += [flag for flag, value in (("--table", args.table), ("--csv", args.csv)) if value and given]
    if len(given) > 1:
        raise invalid(f"bletui scan: {given[0]} does not go with {given[1]}")
    if args.exit_code and not args.baseline:
        raise invalid("bletui scan: --exit-code goes with --baseline FILE")
    here = configuration(args)
    structs_file(args, here.environ)

    return scan_targets(
        args.targets,
        Wish(
            form=next((form for form in ("json", "csv", "table") if getattr(args, form)), "news"),
            duration=args.duration,
            count=args.count,
            active=bool(here.value("active", args.active)),
            filter=str(here.value("filter", args.filter)),
            walk=address(args.walk, here.config.addresses) if args.walk else "",
            against=load(Path(args.baseline)) if args.baseline else None,
            save=Path(args.save_baseline) if args.save_baseline else None,
            strict=args.exit_code,
        ),
        here,
    )
