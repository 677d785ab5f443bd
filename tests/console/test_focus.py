"""The focus is where keys can act, whatever hides what had it."""

from __future__ import annotations

import pytest

from bletui.console.commands import BY_ID, FOCUS, of
from bletui.console.screens import MODES
from bletui.console.screens.mode import ModeScreen
from bletui.console.widgets.card_list import Cards
from bletui.console.widgets.details_pane import DetailsPane
from bletui.failure import ErrorKind, Failure
from bletui.model import StreamChanged
from tests.console.stage import LANE, NOW, SCANNING, heard, stage


async def test_a_filter_that_hides_everything_leaves_the_list_its_keys() -> None:
    async with stage() as play:
        await play.say(heard(1, -50), heard(2, -60))
        await play.press("slash", *"rssi>0", "enter")
        await play.until(lambda: play.scan.has_class("-empty"))
        await play.press("escape")
        assert play.scan.focused is play.table
        await play.press("x")
        await play.until(lambda: not play.scan.has_class("-empty"))
        await play.press("G")
        assert play.table.selected is not None
        assert play.table.selected.address.endswith(":02")


async def test_another_key_of_the_screen_closes_the_sort_bar() -> None:
    async with stage() as play:
        await play.say(heard(1))
        await play.press("s", "slash")
        await play.until(lambda: play.scan.has_class("-filtering"))
        await play.press("escape")
        await play.until(lambda: play.scan.focused is play.table)
        assert not play.scan.has_class("-sorting")


async def test_details_stay_in_sight_while_they_have_the_focus() -> None:
    async with stage(size=(120, 40)) as play:
        await play.say(heard(1, -50))
        await play.press("enter")
        await play.until(lambda: play.scan.has_class("-details"))
        play.scan.add_class("-empty")
        await play.pilot.pause()
        assert play.scan.focused is not None
        assert play.scan.focused.display


async def test_details_that_hide_the_list_have_the_focus_again_when_a_filter_is_left() -> None:
    async with stage() as play:
        await play.say(heard(1, -50))
        await play.press("enter")
        await play.until(lambda: play.scan.has_class("-details"))
        await play.press("slash")
        await play.until(lambda: play.scan.has_class("-filtering"))
        await play.press("escape")
        await play.until(lambda: not play.scan.has_class("-filtering"))
        assert play.scan.focused is not None
        assert play.scan.focused.id == "details"


async def test_cards_that_hide_the_list_have_the_focus_again_and_give_it_to_what_they_hid() -> None:
    refused = Failure(kind=ErrorKind.NET_REFUSED)
    async with stage(SCANNING[0], StreamChanged(NOW, LANE, "scan", "broken", refused, NOW + 60)) as play:
        await play.say(heard(1, -50))
        await play.press("enter")
        await play.until(lambda: play.scan.has_class("-details"))
        await play.press("e")
        await play.until(lambda: play.scan.has_class("-cards"))
        for box in ("slash", "s"):
            await play.press(box, "escape")
            await play.until(lambda: isinstance(play.scan.focused, Cards))
        await play.press("escape")
        await play.until(lambda: play.scan.focused is not None and play.scan.focused.id == "details")


async def test_details_beside_a_list_that_empties_give_the_focus_back() -> None:
    async with stage(size=(120, 40)) as play:
        await play.say(heard(1, name="one"))
        play.scan.set_focus(play.scan.query_one(DetailsPane))  # as tab does
        await play.press("minus")
        await play.until(lambda: play.scan.has_class("-empty"))
        assert play.scan.focused is play.table
        await play.press("u")
        await play.until(lambda: not play.scan.has_class("-empty"))
        assert "one" in play.text("DeviceTable")


async def test_the_keys_that_act_are_those_of_the_places_that_the_focus_names() -> None:
    async with stage() as play:
        await play.say(heard(1))
        for mode in MODES:
            play.app.switch_mode(mode)
            await play.until(lambda mode=mode: play.app.current_mode == mode)  # type: ignore[misc]
            await play.pilot.pause()
            screen = play.app.screen
            assert isinstance(screen, ModeScreen)
            named = {command.id for place in FOCUS[screen.focus_name] for command in of(place)}
            acting = {one.binding.id for one in screen.active_bindings.values() if one.binding.id in BY_ID}
            assert acting <= named, mode
            assert acting, mode


@pytest.mark.parametrize("mode", ["1", "2", "3", "4", "5", "exclamation_mark"])
async def test_the_keys_of_a_card_end_nothing_where_no_failure_stands(mode: str) -> None:
    async with stage() as play:
        await play.say(heard(1))
        await play.press(mode, "e", "E", "D", "l", "R", "r", "t")
        assert play.app.is_running
        assert play.app.return_code is None
