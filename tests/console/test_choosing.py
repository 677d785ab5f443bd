"""Lists to choose from: themes, and the radios of a session."""

from __future__ import annotations

from functools import partial

from bletui.backends.simulator.lab import address
from bletui.config.file import Config
from bletui.console.radios import options
from bletui.console.screens.choosing import ChoiceDialogue, Option
from bletui.console.screens.dialogue import TextDialogue, YesNoDialogue
from bletui.console.settings import THEMES, Settings
from bletui.session import Joined
from bletui.target import parse
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import LAB, linked
from tests.console.real import Play, console
from tests.console.stage import stage


async def test_a_theme_is_seen_before_it_is_chosen() -> None:
    async with stage() as play:
        await play.press("T")
        assert [option.split()[0] for option in play.text("#dialogue-says").replace(">", " ").splitlines()] == [*THEMES]
        await play.press("down", "down")
        assert play.app.theme == "colour-blind"
        await play.press("enter")
        assert play.app.theme == "colour-blind"
        assert not isinstance(play.app.screen, ChoiceDialogue)


async def test_esc_brings_the_theme_back() -> None:
    async with stage() as play:
        await play.press("T", "j", "j", "j", "j", "k")
        assert play.app.theme == "colour-blind"
        await play.press("escape")
        assert play.app.theme == "bletui"


async def test_more_options_than_lines_scroll_with_the_cursor() -> None:
    async with stage(size=(60, 20)) as play:
        many = [Option(str(n), f"number {n}", "x" * 100) for n in range(100)]
        play.app.push_screen(ChoiceDialogue("Many", lambda: many))
        await play.pilot.pause()
        await play.press(*["down"] * 50)
        shown = play.text("#dialogue-says").splitlines()
        assert len(shown) == 15
        assert any(one.startswith("> number 50") for one in shown)
        assert all(len(one) <= 58 for one in shown)


def test_what_can_be_opened_is_what_is_not_open() -> None:
    open_now = {"sim:lab": Joined("sim:lab", parse("sim:lab"))}
    known = {"office": parse("cassia://10.0.0.4"), "lab": parse("sim:lab")}
    told = options(open_now, known, 0.0)
    assert [one.label for one in told] == ["sim:lab", "local:", "sim:", "bridge:", "office", "another …"]
    assert "which stays" in told[0].dim
    both = {**open_now, "local": Joined("local", parse("local:"))}
    assert "closes" in options(both, known, 0.0)[0].dim
    assert "local:" not in [one.label for one in options(both, known, 0.0)]
    assert options(both, known, 0.0, ("acme:",))[-1].dim == "cassia://HOST, local:hci1, sim:crowd, acme:"


def _are_open(play: Play, count: int) -> bool:
    return len(play.session.radios) == count


async def chosen(play: Play, label: str) -> None:
    await play.until(lambda: isinstance(play.app.screen, ChoiceDialogue) and label in play.text("#dialogue-says"))
    for _ in range(20):
        if f"> {label}" in play.text("#dialogue-says"):
            break
        await play.press("down")
    await play.press("enter")


@in_virtual_time
async def test_a_radio_is_opened_beside_and_closed_again() -> None:
    async with console(LAB) as play:
        await linked(play, address("thermometer"))
        await play.press("O")
        await chosen(play, "another …")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue))
        await play.press(*"nowhere:", "enter")
        assert isinstance(play.app.screen, TextDialogue), "no such scheme"
        await play.press("ctrl+u", *"sim:crowd")
        assert "beside 1 other" in play.text("#dialogue-check")
        await play.press("enter")
        await play.until(lambda: len(play.session.radios) == 2)
        await play.press("O")
        await chosen(play, "sim:crowd")
        await play.until(lambda: len(play.session.radios) == 1)
        assert play.radio.state.links, "the other radio's link stays"


@in_virtual_time
async def test_closing_a_radio_with_links_asks_first() -> None:
    async with console(LAB) as play:
        await linked(play, address("thermometer"))
        name = play.radio.name
        play.session.add(parse("sim:crowd"))
        for answer, left in (("n", 2), ("y", 1)):
            await play.press("O")
            await chosen(play, name)
            await play.until(lambda: isinstance(play.app.screen, YesNoDialogue))
            assert address("thermometer") in play.text("#dialogue-says")
            await play.press(answer)
            await play.until(partial(_are_open, play, left))
        assert name not in play.session.radios


async def test_a_target_of_the_configuration_is_opened_by_its_name() -> None:
    known = Config(targets={"crowd": parse("sim:crowd")})
    async with stage(settings=Settings(config=known)) as play:
        await play.press("O")
        assert "crowd" in play.text("#dialogue-says")
