"""The configuration as rungs: what the file says, and whether credentials are where they should be; none is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bletui.config.credentials import configured_elsewhere, missing, words
from bletui.config.file import Config, located
from bletui.model import Rung


def examine_configuration(file: Path, config: Config, environ: Mapping[str, str]) -> Iterator[Rung]:
    """`file`: where the configuration is, or would be."""
    if config.path is None:
        yield Rung("config", "skipped", f"none at {file} (bletui config init)")
        return
    warned = [located(None, problem).partition(":")[2] for problem in config.warnings]
    told = f"{file}: {_contents(config)}"
    yield Rung("config", "warn", f"{told}; {'; '.join(warned)}") if warned else Rung("config", "ok", told)
    for name, reference in config.credentials.items():
        why = missing(reference, environ)
        yield Rung(f"credential {name}", "warn", why) if why else Rung(f"credential {name}", "ok", words(reference))
    for name in dict.fromkeys(wanted for wanted in _named(config) if wanted not in config.credentials):
        if not configured_elsewhere(name, environ):
            yield Rung(f"credential {name}", "warn", "it is named, and neither the file nor the environment has it")


def _contents(config: Config) -> str:
    own = len(config.addresses) + len(config.uuids)
    counts = (
        (len(config.targets), "target"), (len(config.filters), "filter"), (own, "own name"),
        (len(config.keys), "sealed device"), (len(config.keymap), "key"), (len(config.profiles), "profile"),
    )  # fmt: skip
    told = [f"{count} {what}{'s' * (count != 1)}" for count, what in counts if count]
    return ", ".join(told) or "values only"


def _named(config: Config) -> Iterator[str]:
    """The credentials that targets and keys mention."""
    yield from (target.key for target in config.targets.values() if target.key)
    yield from config.keys.values()
