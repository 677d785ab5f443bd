"""What a command goes by besides its arguments: the configuration file, the environment, and which of them counts."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bletui.cli.commands import SUMMARIES
from bletui.config.file import Config, load
from bletui.config.places import named, place
from bletui.config.precedence import Resolved, profile, resolve
from bletui.config.settings import SETTINGS, Value
from bletui.kinds import TYPE_CHECKING
from bletui.target import Target, invalid, parse

if TYPE_CHECKING:
    from bletui.backend import Env
    from bletui.config.reading import Finding
    from bletui.decode.keyring import Keyring
    from bletui.failure import Failure


class Configuration(NamedTuple):
    """The file's value and what decides beside it."""

    config: Config
    environ: Mapping[str, str]
    profile: str = ""

    def __repr__(self) -> str:
        return f"Configuration({self.config!r}, profile={self.profile!r})"  # the environment may hold secrets

    def resolve(self, name: str, flag: Value = None) -> Resolved:
        return resolve(name, flag, self.environ, self.config, self.profile)

    def value(self, name: str, flag: Value = None) -> Value:
        return self.resolve(name, flag).value

    def seconds(self, name: str, flag: float | None = None) -> float:
        value = self.value(name, flag)
        assert isinstance(value, float)
        return value

    def target(self, words: str) -> Target:
        """What a name of the file or a target string means; `request.invalid` with the nearest name."""
        named = self.config.targets
        if words in named:
            return named[words]
        if ":" not in words and named:
            from bletui.config.reading import unknown

            raise invalid(unknown(words, named, "target"))
        return parse(words)

    def targets(self, given: Sequence[str]) -> list[Target]:
        """Those given, else the default ones; none where there is neither."""
        words = self.value("default_targets", tuple(given) or None)
        assert isinstance(words, tuple)
        return [self.target(one) for one in words]

    def keyring(self) -> tuple[Keyring, tuple[Failure, ...]]:
        """The keys of sealed broadcasts, and why others can't be had; blocks while commands print them."""
        from bletui.config.unsealing import fetched

        return fetched(self.config.keys, self.env().secret)

    def env(self, radio: str = "") -> Env:
        from bletui.config.environment import env

        return env(radio, environ=self.environ, references=self.config.credentials)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", help="read this configuration (docs/config.md)")
    parser.add_argument("--profile", metavar="NAME", help="with the values that it has under that name")


def flags(args: argparse.Namespace) -> dict[str, Value]:
    """What the command line sets, by the settings' names."""
    given = {setting.name: getattr(args, setting.name, None) for setting in SETTINGS}
    slow = getattr(args, "slow", None)
    pace = None if slow is None else "slow" if slow else "fast"
    return given | {"default_targets": tuple(getattr(args, "targets", ())) or None, "pace": pace}


def configuration(args: argparse.Namespace, environ: Mapping[str, str] | None = None) -> Configuration:
    """Reads the file, if there is one, and learns its own names. `request.invalid`: it is wrong, or asked for and not
    there."""
    where = os.environ if environ is None else environ
    config = load(file(args, where), needed=named(args.config, where) is not None, checks=CHECKS)
    if config.uuids:
        from bletui.decode.names import adopt

        adopt(config.uuids)
    return Configuration(config, where, profile(config, args.profile, where))


def file(args: argparse.Namespace, environ: Mapping[str, str]) -> Path:
    """Where the file is, or would be."""
    return named(args.config, environ) or Path(place(environ))


def no_command_is_hidden(config: Config) -> Iterator[Finding]:
    """`bletui NAME` means the command."""
    from bletui.config.reading import Finding

    for name in config.targets:
        if name in SUMMARIES:
            yield Finding(("targets", name), f"bletui {name} is a command: choose another name")


def keys_fit(config: Config) -> Iterable[Finding]:
    if not config.keymap:
        return ()
    from bletui.console.keymap import findings

    return findings(config.keymap)


CHECKS = (no_command_is_hidden, keys_fit)
