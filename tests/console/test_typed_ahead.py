"""Letters typed right behind the key that opens a filter are text, however late the console gets to them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual import events

from bletui.console import listing
from bletui.console.keymap import key_of
from bletui.console.screens.mode import ModeScreen
from bletui.console.widgets.filter_input import FilterInput
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import LAB, linked
from tests.console.real import Play, console
from tests.console.stage import heard, stage

MODES = {"1": "scan", "3": "gatt", "4": "log"}
TEXT = "wnmdxevpa"  # each of them a command somewhere


def burst(play: Play, text: str) -> None:
    """All at once, as a terminal on a slow link hands it over."""
    for char in text:
        play.app.post_message(events.Key(key_of(char), char))


@pytest.mark.parametrize("mode", MODES)
@in_virtual_time
async def test_nothing_that_is_typed_is_a_command(mode: str) -> None:
    async with console(LAB) as play:
        await linked(play)
        await play.press("enter")
        await play.press(mode)
        await play.until(lambda: play.app.current_mode == MODES[mode] and isinstance(play.app.screen, ModeScreen))
        await play.pilot.pause()
        screen = play.app.screen
        logged, operations = play.session.log.end, len(play.radio.state.operations)
        burst(play, f"/{TEXT}")
        await play.until(lambda: screen.query_one(FilterInput).value == TEXT)
        assert play.app.screen is screen
        assert len(play.radio.state.operations) == operations
        assert play.session.log.end == logged


async def test_what_is_typed_behind_the_filter_acts_on_the_list() -> None:
    async with stage() as play:
        await play.say(*(heard(n, -50 - n) for n in range(1, 6)))
        for key in ("slash", *"rssi>-99", "enter", "j", "j"):
            play.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await play.until(lambda: play.table.has_focus)
        await play.until(lambda: play.table.cursor == 2)
        assert play.scan._bar.expression == "rssi>-99"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("s", "a", "j"), "C0:00:00:00:00:02"),
        (("s", "a", "j", "j"), "C0:00:00:00:00:03"),
        (("s", "a", "s", "a", "j"), "C0:00:00:00:00:04"),
        (("s", "escape", "j"), "C0:00:00:00:00:04"),
    ],
)
async def test_what_is_typed_behind_the_sort_bar_acts_on_the_list_in_its_new_order(
    keys: Sequence[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SLICE", 1)  # as in a list so long that sorting it takes many turns of the loop
    async with stage() as play:
        await play.say(*(heard(n, -60 + n) for n in (3, 1, 5, 2, 4)))
        for key in keys:
            play.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await play.until(lambda: play.table.has_focus and play.table.touched)
        selected = play.table.selected
        assert selected is not None
        assert selected.address == expected
