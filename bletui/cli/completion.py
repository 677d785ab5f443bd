"""`bletui completion`: commands, options, targets and filter names, completed by the shell."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

_ABOUT = """\
Prints what makes a shell complete bletui's commands, options, targets,
profiles, filter names, structs and addresses with a name; those of the
configuration are looked up as you type.

  eval "$(bletui completion bash)"       in ~/.bashrc
  eval "$(bletui completion zsh)"        in ~/.zshrc, after compinit
  bletui completion fish | source        in ~/.config/fish/config.fish

words LINE prints what can stand at the end of LINE, a word and its meaning a
line, apart by a tab: this is what these scripts ask.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("completion", description=_ABOUT)
    parser.add_argument("shell", choices=("bash", "zsh", "fish", "words"), help="the shell; or words, and LINE")
    parser.add_argument("line", nargs="?", default="", metavar="LINE", help="with words: the line up to the cursor")


def run(args: argparse.Namespace) -> int:
    if args.shell != "words":
        from bletui.cli.shells import SCRIPTS

        print(SCRIPTS[args.shell], end="")
        return 0
    from bletui.cli.completing import words
    from bletui.cli.grammar import grammar
    from bletui.text import visible

    for word, meaning in words(args.line, grammar, _names):
        print(f"{visible(word)}\t{visible(meaning)}" if meaning else visible(word))
    return 0


def _names(kind: str, config: str | None) -> Mapping[str, str]:
    from bletui.failure import BleError

    if kind == "schemes":
        return _schemes()
    try:
        return _structs(config) if kind == "structs" else _configured(kind, config)
    except BleError:
        return {}  # a wrong file names nothing; a half-typed line is no place to say so, and the command itself will


def _schemes() -> Mapping[str, str]:
    from bletui.installed import plugins

    return {f"{entry.scheme}:": f"{entry.distribution} {entry.version}" for entry in plugins()}


def _structs(config: str | None) -> Mapping[str, str]:
    from bletui.cli.configured import file
    from bletui.config.structs import beside, load

    found = load(beside(file(argparse.Namespace(config=config), os.environ)))
    return {name: ", ".join(one.name for one in lens.layout.fields if one.name) for name, lens in found.named.items()}


def _configured(kind: str, config: str | None) -> Mapping[str, str]:
    from bletui.cli.configured import configuration

    found = configuration(argparse.Namespace(config=config, profile=None)).config
    match kind:
        case "targets":
            return {name: str(target) for name, target in found.targets.items()}
        case "filters":
            return found.filters
        case "addresses":
            return found.addresses
        case _:
            return dict.fromkeys(found.profiles, "")
