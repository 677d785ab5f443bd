"""`bletui steps`: several verbs over one link."""

from __future__ import annotations

import argparse

_ABOUT = """\
Does what FILE (- for stdin) says over one link, one verb a line, as the
commands of the same name without TARGET and ADDRESS:
  read 'Battery Level'
  write 0x0012 u16:500 --no-response    # the rest of a line is a comment
  notify 2a37 --count 10 --duration 30
  gatt --values
  pair
  wait 0.5
All lines are checked before the radio is touched. The first failure ends it,
unless --keep-going; the loss of the link always does.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.wanted import EXITS, add_device

    parser = subparsers.add_parser("steps", description=_ABOUT, epilog=EXITS)
    add_device(parser)
    parser.add_argument("file", metavar="FILE", help="what to do; - reads it from stdin")
    parser.add_argument("--keep-going", action="store_true", help="go on after a failure; its exit code stays")


def run(args: argparse.Namespace) -> int:
    """The exit code of the first failure; `request.invalid` names the line that means nothing."""
    from bletui.cli.device import at_device
    from bletui.cli.keyboard import Keyboard
    from bletui.cli.looking import reads
    from bletui.cli.script import follow, parse, read_script
    from bletui.cli.wanted import wanted

    who = reads(wanted(args), args)
    steps = parse(read_script(args.file))
    keyboard = None if args.file == "-" else Keyboard()
    return at_device(who, lambda device: follow(device, steps, keep_going=args.keep_going), keyboard=keyboard)
