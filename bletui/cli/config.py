"""`bletui config`: where the file is, what counts and who said so, what is wrong, and a first one."""

from __future__ import annotations

import argparse

_PATH = "Prints where the file is, or would be."
_SHOW = """\
Every value in force with its origin: flag, environment, profile, file (with its
line) or default; then what the file names. Flags count as they would for the
console or a command. Secrets are never read for it.
"""
_VALIDATE = """\
Reads the file, or FILE (- for stdin), and prints everything that is wrong with
it, as FILE:LINE:COLUMN: error: KEY: reason. Exit code 0: nothing is, though
there may be warnings; 2: something is.
"""
_INIT = "Writes a first file with everything in comments, mode 0600. Never over one that is there."
_NAMES = "Prints the names that the file gives, one a line; for shells that complete them."
KINDS = ("targets", "filters", "profiles", "credentials", "commands")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.configured import add_options
    from bletui.cli.console import add_settings
    from bletui.cli.wanted import add_limits

    parser = subparsers.add_parser("config", description="The configuration file: docs/config.md.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    path = verbs.add_parser("path", help="where the file is", description=_PATH)
    show = verbs.add_parser("show", help="what counts, and who said so", description=_SHOW)
    add_settings(show)
    add_limits(show)
    validate = verbs.add_parser("validate", help="what is wrong with the file", description=_VALIDATE)
    validate.add_argument("file", nargs="?", metavar="FILE", help="another one; - reads it from stdin")
    init = verbs.add_parser("init", help="write a first file", description=_INIT)
    names = verbs.add_parser("names", help="what the file names", description=_NAMES)
    names.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    for verb in (show, validate):
        verb.add_argument("--json", action="store_true", help="one object per line")
    for verb in (path, show, validate, init, names):
        add_options(verb)


def run(args: argparse.Namespace) -> int:
    """The exit code; `request.invalid` for a file that is wrong, except that `validate` prints what is."""
    match args.verb:
        case "path":
            return _path(args)
        case "show":
            from bletui.cli.configlines import show

            return show(args)
        case "validate":
            from bletui.cli.configlines import validate

            return validate(args)
        case "init":
            return _init(args)
        case _:
            return _names(args)


def _path(args: argparse.Namespace) -> int:
    import os

    from bletui.cli.configured import file
    from bletui.cli.narration import say
    from bletui.text import visible

    where = file(args, os.environ)
    print(visible(str(where)))
    if not where.exists():
        say("bletui: there is no file there yet (bletui config init)", {}, json=False)
    return 0


def _init(args: argparse.Namespace) -> int:
    import os

    from bletui.cli.configured import file
    from bletui.cli.narration import say
    from bletui.config.template import TEMPLATE, write
    from bletui.text import visible

    where = file(args, os.environ)
    write(where, TEMPLATE)
    print(visible(str(where)))
    say("bletui: written, mode 0600, everything in comments; bletui config validate checks it", {}, json=False)
    return 0


def _names(args: argparse.Namespace) -> int:
    if args.kind == "commands":
        from bletui.console.commands import COMMANDS

        names = [command.id for command in COMMANDS]
    else:
        from bletui.cli.configured import configuration

        names = list(getattr(configuration(args).config, args.kind))
    for name in names:
        print(name)
    return 0
