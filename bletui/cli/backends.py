"""`bletui backends`: what is installed, without importing any of it; `check`: one held to the port's promises."""

from __future__ import annotations

import argparse

_ABOUT = "Every scheme that a target may start with, and the distribution that brings it."
_EXITS = "With --json, one object per scheme: docs/json.md. Plug-ins: docs/backends.md."
_NEW = """\
Writes a backend that works into a new folder, bletui-SCHEME or FOLDER: a class
with everything that the port asks for, its project file and its tests. Never
into a folder that is there.
"""
_CHECK = """\
Opens the target's backend again and again and holds it to every promise of the
port: opening, scanning, links, attributes, cancelling. For who writes one. With
--device it connects to that device, with --writable it writes there: the bytes
01, then 02 03.
"""
_CHECK_EXITS = """\
exit codes
  0 every promise that was checked is kept; 1 one is not

docs/json.md describes the JSON objects, docs/backends.md the promises.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.attribute import typed
    from bletui.cli.configured import add_options
    from bletui.cli.wanted import seconds

    parser = subparsers.add_parser("backends", description=_ABOUT, epilog=_EXITS)
    parser.add_argument("--json", action="store_true", help="one object per scheme")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    check = verbs.add_parser(
        "check", help="hold one to the promises of the port", description=_CHECK, epilog=_CHECK_EXITS
    )
    check.add_argument("target", metavar="TARGET", help="acme:, acme://HOST …")
    check.add_argument("--device", metavar="ADDRESS", help="connectable and in reach; without it no link is made")
    check.add_argument(
        "--readable", type=typed, metavar="ATTRIBUTE", help="of the device (default: the first there is)"
    )
    check.add_argument("--writable", type=typed, metavar="ATTRIBUTE", help="takes any two bytes, and can be read back")
    check.add_argument("--notifying", type=typed, metavar="ATTRIBUTE", help="sends by itself once it is subscribed to")
    check.add_argument("--patience", type=seconds, default=10.0, metavar="S", help="bounds every wait (default 10)")
    check.add_argument("--json", action="store_true", help="one object per promise")
    add_options(check)
    new = verbs.add_parser("new", help="write the beginnings of one", description=_NEW)
    new.add_argument("scheme", metavar="SCHEME", help="what its targets start with, as acme")
    new.add_argument("folder", nargs="?", metavar="FOLDER", help="where to (default bletui-SCHEME)")


def run(args: argparse.Namespace) -> int:
    if args.verb == "new":
        return _new(args.scheme, args.folder)
    if args.verb == "check":
        from bletui.cli.checking import check_target
        from bletui.cli.configured import configuration

        return check_target(args, configuration(args))
    return _list(json=args.json)


def _new(scheme: str, folder: str | None) -> int:
    from pathlib import Path

    from bletui.cli.narration import say
    from bletui.installed import names
    from bletui.plugin.founding import founded
    from bletui.target import invalid
    from bletui.text import visible

    if scheme in {entry.scheme for entry in names()}:
        raise invalid(f"{scheme}: is installed already (bletui backends); two packages can't bring one scheme")
    where = Path(folder or f"bletui-{scheme}")
    for file in founded(scheme, where):
        print(visible(str(file)))
    for step in (f"pip install -e {where}", f"bletui scan {scheme}: --duration 5", f"bletui backends check {scheme}:"):
        say(visible(f"  next: {step}"), {}, json=False)
    return 0


def _list(*, json: bool) -> int:
    from bletui.cli.narration import object_line
    from bletui.installed import names
    from bletui.text import visible

    entries = names()
    wide = max(len(entry.scheme) for entry in entries) + 1
    broad = max(len(f"{entry.distribution} {entry.version}") for entry in entries)
    for entry in entries:
        if json:
            record = {
                "schema": "bletui.backend/1",
                "scheme": entry.scheme,
                "distribution": entry.distribution,
                "version": entry.version,
                "entry_point": entry.value,
            }
            print(object_line(record))
        else:
            brought = f"{entry.distribution} {entry.version}"
            print(visible(f"{entry.scheme + ':':<{wide}}  {brought:<{broad}}  {entry.value}"))
    return 0
