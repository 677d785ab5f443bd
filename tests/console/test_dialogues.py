"""Every dialogue on an ordinary and on a small terminal: all of its words are there, and inside the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bletui.backends.simulator.lab import PASSKEY, address
from bletui.console.app import Console
from bletui.console.prompting import dialogue_for, said
from bletui.console.screens.dialogue import Dialogue, TextDialogue
from bletui.console.screens.gatt import GattScreen
from bletui.console.settings import ThemeName
from bletui.console.spans import words
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.tree_keys import TreeKeys
from bletui.model import LinkChanged, Peer, Prompt, PromptWhat
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import LAB, connections, linked, on
from tests.console.real import Play, console
from tests.console.stage import LANE, NOW, stage

Opening = Callable[[Play], Awaitable[None]]


async def connect(play: Play) -> None:
    await connections(play)
    await play.press("c")


async def foreign(play: Play) -> None:
    await at_foreign(play)
    await play.press("d")


async def adopt(play: Play) -> None:
    await at_foreign(play)
    await play.press("a")


async def at_foreign(play: Play) -> None:
    await connections(play)
    await play.until(lambda: play.radio.state.links)
    await on(play, next(iter(play.radio.state.links)))


async def mine(play: Play) -> None:
    for role in ("thermometer", "heart rate", "counter"):
        await linked(play, address(role))
    await play.press("M")


async def unpair(play: Play) -> None:
    await connections(play)
    await play.press("b")
    await on(play, f"bond sim:lab/hci0 {address('stale bond')}")
    await play.press("u")


async def passkey(play: Play) -> None:
    await linked(play, address(f"passkey {PASSKEY}"))
    await play.press("p")


async def write(play: Play) -> None:
    await at_value(play, "thermometer")
    await play.press("w")


async def at_value(play: Play, role: str) -> None:
    await linked(play, address(role))
    await play.press("enter")
    await play.until(lambda: isinstance(play.app.screen, GattScreen) and tree(play).attributes)
    battery = next(one for one in tree(play).attributes.values() if one.name == "Battery Level")
    await play.until(lambda: tree(play).select(battery.handle))
    await play.press("enter")
    await play.until(lambda: tree(play).known(battery.handle).value is not None)


def tree(play: Play) -> TreeKeys:
    return play.app.screen.query_one(TreeKeys)


async def lens(play: Play) -> None:
    await at_value(play, "thermometer")
    await play.press("v")


async def alert(play: Play) -> None:
    await at_value(play, "thermometer")
    await play.press("b")


async def copy(play: Play) -> None:
    await at_value(play, "thermometer")
    await play.press("y")


OPENINGS: tuple[Opening, ...] = (connect, foreign, adopt, mine, unpair, passkey, write, lens, alert, copy)
SIZES = [(80, 24), (60, 20)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("opening", OPENINGS, ids=lambda opening: opening.__name__)
@in_virtual_time
async def test_a_dialogue_fits(opening: Opening, size: tuple[int, int]) -> None:
    async with console(LAB, size=size) as play:
        await opening(play)
        await play.until(lambda: isinstance(play.app.screen, Dialogue) and play.app.screen.query(Lines))
        play.app.paint()
        await play.pilot.pause()
        assert_whole(play.app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["ansi", "mono"])
@pytest.mark.parametrize("what", ["enter-passkey", "show-passkey", "compare", "confirm", "oob-legacy", "oob-sc"])
@in_virtual_time
async def test_each_pairing_question_fits_and_answers_keys_are_named(
    what: PromptWhat, theme: ThemeName, size: tuple[int, int]
) -> None:
    prompt = Prompt(NOW, 1, Peer("a-router-of-some-name/CC:1B:E0:E0:F1:E8/0", "C0:00:00:00:00:01"), what, NOW + 30)
    async with stage(size=size, theme=theme) as play:
        dialogue = dialogue_for(prompt, lambda: said(prompt, NOW))
        play.app.push_screen(dialogue)
        await play.until(lambda: play.app.screen is dialogue and dialogue.paint())
        assert_whole(play.app)
        assert "esc" in play.text("#dialogue-keys")


def assert_whole(app: Console) -> None:
    """Everything that the dialogue says stands on the screen, unbroken but at blanks."""
    dialogue = app.screen
    assert isinstance(dialogue, Dialogue)
    shown = [pane for pane in dialogue.query(Lines) if pane.lines]
    for pane in shown:
        assert dialogue.region.contains_region(pane.region), pane.id
        assert pane.size.height >= len(pane.lines), pane.id
        assert all(len(words(one)) <= pane.size.width for one in pane.lines), pane.id
    told = "".join("".join(map(words, pane.lines)) for pane in shown).replace(" ", "")
    for one in dialogue.says():
        assert words(one).replace(" ", "") in told
    assert "…" not in told.replace("reading…", "")
    for field in dialogue.query("Field"):
        assert dialogue.region.contains_region(field.region)
        assert isinstance(dialogue, TextDialogue)


@in_virtual_time
async def test_a_dialogue_that_has_more_to_say_than_fits_counts_the_rest() -> None:
    link = LinkChanged(NOW, Peer(LANE, "C0:00:00:00:00:01"), "up")
    prompt = Prompt(NOW, 1, link.peer, "confirm", NOW + 30)
    async with stage(size=(60, 20)) as play:
        dialogue = dialogue_for(prompt, lambda: said(prompt, NOW) * 10)
        play.app.push_screen(dialogue)
        await play.until(lambda: play.app.screen is dialogue and dialogue.paint())
        assert "more lines" in play.text("#dialogue-says")
        assert dialogue.region.contains_region(dialogue.query_one("#dialogue-keys").region)
