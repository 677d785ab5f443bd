"""The person's own structs in a console: read at the start, again when they change, kept when they are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bletui.config.structs import beside
from bletui.console.settings import Settings, Source
from bletui.decode import lenses
from bletui.decode.lenses import Lenses
from bletui.testing.virtual_time import in_virtual_time
from tests.console.real import Play
from tests.console.trees import answer, back, known, on, opened

TWO = "[structs.two]\nlayout = 'low: u8; high: u8 %'\nattributes = ['2a6e']\n"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    lenses.adopt(Lenses())


def source(folder: Path) -> Source:
    return Source(folder / "config.toml", Settings)


def test_it_is_in_force_from_the_start_and_a_change_is_seen(tmp_path: Path) -> None:
    path = beside(tmp_path / "config.toml")
    path.write_text(TWO)

    @in_virtual_time
    async def story() -> None:
        async with opened("thermometer", source=source(tmp_path)) as play:
            one = await on(play, "Temperature")
            await play.press("enter")
            await play.until(lambda: known(play, one).value is not None)
            await play.until_said("through two", "#value")
            await play.until_said("low ")
            path.write_text(TWO.replace("low", "little"))
            await play.until(lambda: "structs.toml was read again: 1 struct" in play.everything())
            await play.until_said("little ")
            path.write_text(TWO.replace("u8", "u0"))
            await said_refused(play)
            await play.until_said("little ")
            await answer(play, "v", "two")  # by its name
            await play.until_said("now: little ", "#dialogue-check")
            await play.press("ctrl+u", *"typed: u16")
            await back(play)  # it goes before the file
            await play.until_said("through typed: u16", "#value")
            await answer(play, "v", "")
            await back(play)
            await play.until_said("through two", "#value")
            path.unlink()
            await play.until_said("°C")
            await play.until(lambda: "REFUSED" not in play.everything())

    story()


async def said_refused(play: Play) -> None:
    await play.until(lambda: "REFUSED structs.toml:2:1: structs.two.layout: field 1" in play.everything())
