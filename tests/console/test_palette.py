"""The palette leads anywhere: to a characteristic, a kind of failure, a radio that is open or is not."""

from __future__ import annotations

from textual.command import CommandInput, CommandList, SearchIcon

from bletui.console.palette_kinds import likeness
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.explanation import ExplanationScreen
from bletui.console.screens.gatt import GattScreen
from bletui.failure import ErrorKind
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import LAB
from tests.console.real import Play, console
from tests.console.trees import opened, pane


async def chosen(play: Play, typed: str, wanted: str) -> None:
    """Types it into the palette, and takes the one hit that says what is wanted."""
    await play.press("ctrl+p", *typed)
    hits = play.app.screen.query_one(CommandList)
    await play.until(lambda: wanted in "\n".join(str(one.prompt) for one in hits.options))
    await play.until(lambda: hits.highlighted is not None)
    at = next(n for n, one in enumerate(hits.options) if wanted in str(one.prompt))
    await play.press(*["down"] * at, "enter")


@in_virtual_time
async def test_to_a_characteristic_from_anywhere() -> None:
    async with opened("thermometer") as play:
        await play.press("1")
        await chosen(play, "firmware rev", "Firmware Revision String")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        await play.until(lambda: pane(play).attribute is not None)
        at = pane(play).attribute
        assert at is not None
        assert at.name == "Firmware Revision String"


@in_virtual_time
async def test_to_a_kind_of_failure_by_code_name_and_title() -> None:
    async with console(LAB) as play:
        for typed in ("e0601", "busy.chip", "already doing a connect"):
            await chosen(play, typed, "E0601 busy.chip")
            await play.until(lambda: isinstance(play.app.screen, ExplanationScreen))
            await play.until_said("What to try")
            await play.press("escape")


def test_a_whole_code_is_liker_than_a_start_and_that_than_a_word() -> None:
    kind = ErrorKind.BUSY_CHIP
    found = [likeness(kind, wanted) for wanted in ("e0601", "busy.", "chip", "nothing of it")]
    assert found == sorted(found, reverse=True)
    assert found[0] == 1.0
    assert found[-1] == 0.0


@in_virtual_time
async def test_to_an_open_radio_and_to_one_more() -> None:
    async with console(LAB) as play:
        await chosen(play, "sim:lab", "sim:lab")
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        await chosen(play, "sim:crowd?devices=3", "open sim:crowd?devices=3")
        await play.until(lambda: len(play.session.radios) == 2)
        assert [str(joined.target) for joined in play.session.radios.values()][1] == "sim:crowd?devices=3"
        await play.press("ctrl+p", *"nonsense:x")
        await play.until(lambda: play.app.screen.query_one(CommandInput).value == "nonsense:x")
        hits = play.app.screen.query_one(CommandList)
        assert not any("open nonsense" in str(one.prompt) for one in hits.options)


@in_virtual_time
async def test_it_says_what_it_finds_and_is_drawn_with_letters() -> None:
    async with console(LAB) as play:
        await play.press("ctrl+p")
        assert play.app.screen.query_one(CommandInput).placeholder == "a command, device, attribute, failure or radio"
        assert play.app.screen.query_one(SearchIcon).icon == ">"
        assert not play.app.screen.query_one(CommandInput).cursor_blink


@in_virtual_time
async def test_a_second_simulator_is_refused_in_words() -> None:
    async with console(LAB) as play:
        await play.press("o")
        await play.until_said("a simulator is open already", "#notice")
        assert len(play.session.radios) == 1
