"""`bletui [TARGET...]`: the console."""

from __future__ import annotations

import argparse

from bletui.cli.arguments import nearest
from bletui.cli.commands import SCHEMES, SUMMARIES


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("console", prog="bletui", usage=argparse.SUPPRESS)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    pace = parser.add_mutually_exclusive_group()
    pace.add_argument("--slow", dest="slow", action="store_true", default=None)
    pace.add_argument("--fast", dest="slow", action="store_false", default=None)
    parser.add_argument("--ascii", action="store_true", default=None)
    parser.add_argument("--theme", choices=("bletui", "ansi", "colour-blind", "mono"))
    parser.add_argument("--no-mouse", dest="mouse", action="store_false")
    parser.add_argument("--active", action="store_true")
    parser.add_argument("--filter", default="", metavar="EXPR")


def run(args: argparse.Namespace) -> int:
    from bletui import target
    from bletui.console import Settings, run

    for word in args.targets:
        _refuse_command(word)
    targets = [target.parse(text) for text in args.targets]
    if not all(one.scheme in SCHEMES for one in targets):  # asking the registry would hold up the first paint
        from bletui.registry import refuse_unknown

        refuse_unknown(targets)
    return run(
        targets,
        Settings(
            theme=args.theme,
            ascii=args.ascii,
            slow=args.slow,
            mouse=args.mouse,
            active=args.active,
            filter=args.filter,
        ),
    )


def _refuse_command(word: str) -> None:
    """A word without a colon is no target; it may have been meant as a command."""
    from bletui.target import invalid

    if word in SUMMARIES:
        raise invalid(f"the command comes first: bletui {word} …")
    if ":" not in word:
        near = nearest(word, SUMMARIES)
        hint = f"did you mean bletui {near}?" if near else "bletui --help lists both"
        raise invalid(f"{word!r} is neither a command nor a target; {hint}")
