"""The doctor's round: every ladder climbed, printed as it goes, and the exit code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path

from bletui import doctor, registry, target
from bletui.cli import signals
from bletui.cli.configured import Configuration
from bletui.cli.narration import object_line
from bletui.cli.outlet import Outlet
from bletui.cli.records import rung_object
from bletui.doctor import Ladder
from bletui.errors.card import card
from bletui.model import Rung

HERE = "surroundings"


def examine_targets(texts: Sequence[str], configuration: Configuration, file: Path, *, json: bool) -> int:
    """The exit code. `file`: where the configuration is, or would be. `BleError` (`request.invalid`) for no target."""
    targets = configuration.targets(texts) or [target.parse("local:")]
    registry.refuse_unknown(targets)
    return signals.run(lambda: _examine(targets, configuration, json=json, file=None if texts else file))


async def _examine(
    targets: Sequence[target.Target], configuration: Configuration, *, json: bool, file: Path | None
) -> int:
    outlet = Outlet()
    ladders = []
    if file is not None:
        ladders.append(await _climbed(HERE, _as_they_come(_surroundings(configuration, file)), outlet, json=json))
    for one in targets:
        ladders.append(await _climbed(str(one), doctor.climb(one, configuration.env(one.scheme)), outlet, json=json))
    return doctor.exit_code(ladders)


def _surroundings(configuration: Configuration, file: Path) -> Iterator[Rung]:
    yield from doctor.examine(doctor.surroundings())
    yield from doctor.examine_configuration(file, configuration.config, configuration.environ)


async def _climbed(name: str, rungs: AsyncIterator[Rung], outlet: Outlet, *, json: bool) -> Ladder:
    if not json:
        await outlet.write(f"{name}\n")
    seen = []
    async for rung in rungs:
        seen.append(rung)
        await outlet.write((object_line(rung_object(name, rung)) if json else doctor.rung_line(rung)) + "\n")
    ladder = Ladder(name, tuple(seen))
    if json:
        await outlet.write(object_line(_verdict(ladder)) + "\n")
    else:
        lines = doctor.ladder_lines(ladder, lambda failure: card(failure, keys=False, besides=doctor.ACTION))
        await outlet.write("\n".join(lines) + "\n\n")
    return ladder


def _verdict(ladder: Ladder) -> dict[str, object]:
    return {
        "schema": "bletui.ladder/1",
        "target": ladder.target,
        "holds": ladder.broken is None,
        "first_broken": ladder.broken and ladder.broken.name,
        "exit_code": doctor.exit_code([ladder]),
    }


async def _as_they_come(rungs: Iterable[Rung]) -> AsyncIterator[Rung]:
    for rung in rungs:
        yield rung
