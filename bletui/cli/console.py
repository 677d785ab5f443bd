"""`bletui [TARGET...]`: the console."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bletui.cli.arguments import nearest
from bletui.cli.commands import SCHEMES, SUMMARIES
from bletui.kinds import TYPE_CHECKING

if TYPE_CHECKING:
    from bletui.cli.configured import Configuration
    from bletui.console import Settings
    from bletui.console.settings import Found


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bletui.cli.configured import add_options

    parser = subparsers.add_parser("console", prog="bletui", usage=argparse.SUPPRESS)
    add_settings(parser)
    parser.add_argument("--plain", action="store_true", help="one line per change, commands typed (docs/plain.md)")
    parser.add_argument("--json", action="store_true", help="with --plain: one object per line")
    add_options(parser)


def add_settings(parser: argparse.ArgumentParser) -> None:
    """The settings that the console goes by."""
    from bletui.config.settings import THEMES

    parser.add_argument("targets", nargs="*", metavar="TARGET", help="what to open; several are one session")
    pace = parser.add_mutually_exclusive_group()
    pace.add_argument(
        "--slow", dest="slow", action="store_true", default=None, help="for a thin link (default: by SSH)"
    )
    pace.add_argument("--fast", dest="slow", action="store_false", default=None, help="for a thick link")
    parser.add_argument(
        "--ascii", action="store_true", default=None, help="draw with ASCII only (default: by the encoding)"
    )
    parser.add_argument("--theme", choices=THEMES, help="colours (default: by TERM)")
    parser.add_argument(
        "--no-mouse", dest="mouse", action="store_false", default=None, help="leave the mouse to the terminal"
    )
    parser.add_argument("--active", action="store_true", default=None, help="ask devices for their scan responses")
    parser.add_argument(
        "--read-only", action="store_true", default=None, help="change no device: the radio refuses what would"
    )
    parser.add_argument("--filter", metavar="EXPR", help="e.g. 'rssi>=-70 and company=apple', or @NAME")


def run(args: argparse.Namespace) -> int:
    from bletui.cli.configured import configuration

    here = configuration(args)
    for word in args.targets:
        _refuse_command(word, here)
    targets = here.targets(args.targets)
    if not all(one.scheme in SCHEMES for one in targets):  # asking the registry would hold up the first paint
        from bletui.registry import refuse_unknown

        refuse_unknown(targets)
    settings = _settings(args, here)
    if not targets:
        settings = replace(settings, found=_first_run(args, here))
    if args.plain:
        from bletui.cli.plain.running import run as run_plain
        from bletui.config.structs import beside

        return run_plain(
            targets,
            here,
            json=args.json,
            ascii_only=bool(settings.ascii),
            active=settings.active,
            read_only=settings.read_only,
            filter_=settings.filter,
            structs=beside(settings.source.path) if settings.source is not None else None,
            again=lambda: configuration(args),
            found=settings.found,
            state=settings.state,
        )
    if args.json:
        from bletui.target import invalid

        raise invalid("--json goes with --plain, or with a command")
    from bletui.console import run

    return run(targets, settings)


def _first_run(args: argparse.Namespace, here: Configuration) -> Found:
    from bletui.cli.configured import file
    from bletui.cli.firstrun import FirstRun, found

    return FirstRun(lambda lanes: found(file(args, here.environ), here.config, here.environ, lanes))


def _settings(args: argparse.Namespace, here: Configuration) -> Settings:
    from bletui.cli.configured import configuration, file, flags
    from bletui.config.settings import SETTINGS
    from bletui.console import Settings
    from bletui.console.settings import Source

    given = flags(args)
    values = {setting.name: here.value(setting.name, given.get(setting.name)) for setting in SETTINGS}
    return Settings(
        theme=values["theme"],  # type: ignore[arg-type] # one of the names
        ascii=None if values["ascii"] is None else bool(values["ascii"]),
        slow=None if values["pace"] == "auto" else values["pace"] == "slow",
        mouse=bool(values["mouse"]),
        active=bool(values["active"]),
        read_only=bool(values["read_only"]),
        filter=str(values["filter"]),
        config=here.config,
        source=Source(file(args, here.environ), lambda: _settings(args, configuration(args))),
        state=lambda: _state(here.environ),
    )


def _state(environ: Mapping[str, str]) -> Path:
    """Asked for when the first frame stands, which waits for none of these imports."""
    from bletui.config.remembered import FILE
    from bletui.crash import state_folder

    return state_folder(environ) / FILE


def _refuse_command(word: str, here: Configuration) -> None:
    """A word without a colon is no target; it may have been meant as a command."""
    from bletui.target import invalid, meant

    if word in SUMMARIES:
        raise invalid(f"the command comes first: bletui {word} …")
    if ":" not in word and word not in here.config.targets:
        named = nearest(word, here.config.targets)
        if named:
            raise invalid(f"{word!r} is neither a command nor a target; did you mean {named}?")
        near = nearest(word, SUMMARIES)
        hint = meant(word) or (f"did you mean bletui {near}?" if near else "bletui --help lists both")
        raise invalid(f"{word!r} is neither a command nor a target; {hint}")
