"""The command's entry: decides what runs before anything heavy is imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

from bletui import __version__
from bletui.cli.commands import SUMMARIES, top_help


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code; nothing is raised."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a narrow encoding must not end a command
    try:
        return _run(arguments)
    except (Exception, KeyboardInterrupt) as ending:  # whatever ends a command gets its words and exit code there
        from bletui.cli.endings import ended_by

        return ended_by(ending, json="--json" in arguments)


def _run(arguments: list[str]) -> int:
    first = arguments[0] if arguments else ""
    match first:
        case "--version" | "-V":
            print(f"bletui {__version__}", flush=True)
            return 0
        case "--help" | "-h":
            print(top_help(), end="", flush=True)
            return 0
    from bletui.cli.arguments import parse

    name = first if first in SUMMARIES else "console"
    command = import_module(f"bletui.cli.{name}")
    args = parse(command, name, arguments if name == "console" else arguments[1:])
    code: int = args if isinstance(args, int) else command.run(args)
    if sys.stdout is not None:
        sys.stdout.flush()  # here, where a reader that went away is still an ending like any other
    return code


if __name__ == "__main__":
    sys.exit(main())
