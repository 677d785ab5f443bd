"""Help is one key away wherever the focus is: `?`, or F1 where `?` is text."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from bletui.console.commands import BY_ID, FOCUS, TYPED_IN, key_at
from bletui.console.leaving import LeaveDialogue
from bletui.console.screens.choosing import ChoiceDialogue, Option
from bletui.console.screens.copying import CopyDialogue
from bletui.console.screens.dialogue import Dialogue, NoticeDialogue, TextDialogue, YesNoDialogue
from bletui.console.screens.help import HelpScreen
from bletui.console.snippets import Action
from bletui.console.spans import Line, line
from bletui.console.widgets.device_filter import DeviceFilterBar
from bletui.console.widgets.log_filter import LogFilterBar
from bletui.filters import parse
from bletui.filters.logged import parse_log
from bletui.model import Read
from bletui.target import parse as target
from bletui.testing.virtual_time import in_virtual_time
from tests.console.stage import Stage, heard, stage


def says() -> list[Line]:
    return [line(" What is asked.")]


def dialogues() -> dict[str, Dialogue]:
    return {
        "field": TextDialogue("Text", says, str),
        "question": YesNoDialogue("Question", says),
        "notice": NoticeDialogue("Notice", says),
        "choice": ChoiceDialogue("Choice", lambda: [Option("a", "a")]),
        "leave": LeaveDialogue((), 1, lambda _: None),
    }


async def page(at: Stage, key: str, *expected: str) -> None:
    """The key opens the help that says all of `expected`, and esc leads back to where it was pressed."""
    before = at.app.screen
    await at.press(key)
    await at.until(lambda: isinstance(at.app.screen, HelpScreen))
    await at.until(lambda: "leaves this page" in (text := whole(at)) and all(one in text for one in expected))
    await at.press("escape")
    assert at.app.screen is before


def whole(at: Stage) -> str:
    assert isinstance(at.app.screen, HelpScreen)
    return "\n".join("".join(span.text for span in row) for row in at.app.screen.page_lines(80))


def test_every_place_has_a_key_for_it_that_is_no_text_there() -> None:
    for focus, places in FOCUS.items():
        helps = [one for one in (BY_ID.get(f"{place}.help") for place in places) if one is not None]
        assert helps or focus == "help", focus
        assert focus not in TYPED_IN or key_at(helps[0], focus) == "F1"


@in_virtual_time
async def test_in_every_dialogue() -> None:
    shown = dialogues()
    assert set(shown) | {"copy"} == {focus for focus, places in FOCUS.items() if "dialogue" in places}
    async with stage() as at:
        for place, dialogue in shown.items():
            assert dialogue.place == place
            at.app.push_screen(dialogue)
            await at.until(lambda one=dialogue: at.app.screen is one and one.query("#dialogue-keys"))  # type: ignore[misc]
            at.app.paint()
            assert f"{'F1' if place == 'field' else '?'} Help" in at.text("#dialogue-keys")
            await page(at, "f1", BY_ID[f"{place}.leave"].help, "" if place in ("choice", "leave") else "What is asked.")
            if place != "field":
                await page(at, "question_mark", BY_ID[f"{place}.leave"].help)
            await at.press("escape")
            assert not isinstance(at.app.screen, Dialogue)


@in_virtual_time
async def test_a_question_mark_is_text_in_a_field() -> None:
    async with stage() as at:
        at.app.push_screen(TextDialogue("Text", says, str))
        await at.until(lambda: isinstance(at.app.focused, Input))
        await at.press("question_mark")
        assert isinstance(at.app.focused, Input)
        assert at.app.focused.value == "?"


@in_virtual_time
async def test_in_the_copy_dialogue() -> None:
    action = Action(target("local:"), Read("C0:00:00:00:00:01", "tiny/hci0", handle=3), "2a19")
    async with stage() as at:
        at.app.push_screen(CopyDialogue(action, lambda _: None))
        await at.until(lambda: isinstance(at.app.screen, CopyDialogue))
        await page(at, "question_mark", BY_ID["copy.curl"].help)


@in_virtual_time
async def test_in_every_box_of_every_mode() -> None:
    async with stage() as at:
        await at.say(heard(1))
        await page(at, "question_mark", "Columns")
        await at.press("slash")
        assert "F1 Help" in at.text("#footer")
        assert "ctrl+q Quit" in at.text("#footer")
        await page(at, "f1", *(word for word, _ in DeviceFilterBar.LANGUAGE))
        await at.press("escape", "s")
        await page(at, "question_mark", "leave the order as it is")
        await at.press("enter")
        await page(at, "question_mark", "the row below, taken apart")
        await at.press("escape", "w")
        await page(at, "question_mark", "one lane alone")
        await at.press("escape")
        for mode, words in (("2", "a device by its address"), ("3", "every readable"), ("4", "Log"), ("5", "Card")):
            await at.press(mode)
            await page(at, "question_mark", words)


@pytest.mark.parametrize("word", [word for word, _ in DeviceFilterBar.LANGUAGE])
def test_what_the_help_says_of_the_filter_can_be_typed(word: str) -> None:
    assert str(parse(word, named={"near": "rssi>=-70"}))


@pytest.mark.parametrize("word", [word for word, _ in LogFilterBar.LANGUAGE])
def test_what_the_help_says_of_the_logs_filter_can_be_typed(word: str) -> None:
    assert str(parse_log(word, now=1_700_000_000.0, marked=None))
