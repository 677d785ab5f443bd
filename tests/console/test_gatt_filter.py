"""Finding an attribute among many, and a device among several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.simulator.lab import address
from bletui.console.spans import width, words
from bletui.console.tabs import Tab, tabs_line
from bletui.console.widgets.filter_input import FilterInput
from bletui.console.widgets.tree_filter import matching
from bletui.testing.virtual_time import in_virtual_time
from tests.console.trees import opened, pane
from tests.console.two_services import TREE


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("battery level", {1, 3, 4}),
        ("180f", {1, 3, 4}),  # a service, whole
        ("0x000c", {10, 12}),
        ("2902", {1, 3, 4, 10, 14, 15}),  # descriptors under what they describe
        ("notify 6e40", {10, 14, 15}),
        ("WRITE", {10, 12}),
        ("nothing like it", set()),
        ("", {1, 3, 4, 10, 12, 14, 15}),
    ],
)
def test_what_a_filter_shows(text: str, handles: set[int]) -> None:
    assert matching(TREE, text) == handles


@given(st.lists(st.text(max_size=30), min_size=1, max_size=12), st.integers(0, 11), st.sampled_from([60, 80, 120]))
def test_the_open_tab_is_always_in_sight_and_the_line_fits(names: list[str], at: int, size: int) -> None:
    tabs = [Tab(name.replace("\n", " "), n == at % len(names)) for n, name in enumerate(names)]
    said = words(tabs_line(tabs, size))
    assert tabs[at % len(names)].words in said
    assert width(tabs_line(tabs, size)) <= size


def test_tabs_that_do_not_fit_are_counted() -> None:
    tabs = [Tab(f"thermometer number {n}", n == 4, foreign=n == 5) for n in range(9)]
    assert words(tabs_line(tabs, 80)) == " +4 [thermometer numbe…] thermometer numbe… (foreign)  +3  tab"


@in_virtual_time
async def test_the_tree_is_filtered_while_it_is_typed() -> None:
    async with opened("thermometer") as play:
        every = pane(play).count
        await play.press("slash", *"batt")
        await play.until(lambda: isinstance(play.app.screen.focused, FilterInput))
        await play.until(lambda: 0 < pane(play).count < every)
        await play.until_said(f"{pane(play).count} of {every}", "#tree-filter-hint")
        await play.press("enter")
        await play.until(lambda: play.app.screen.focused is pane(play))
        await play.until_said("/ batt", "#status")
        await play.until_said(f"{pane(play).count} of {every}", "#status")
        assert "Temperature" not in play.text()
        await play.press("slash", *" zzz")
        await play.until_said("None of ")
        assert "esc goes back" in play.text()  # / is text now
        await play.press("escape")
        await play.until_said("Battery Level")
        await play.press("slash", "ctrl+u", "enter")
        await play.until(lambda: pane(play).count == every)


@in_virtual_time
async def test_what_is_found_has_the_cursor_and_not_the_service_around_it() -> None:
    async with opened("heart rate") as play:
        every = pane(play).count
        await play.press("slash", *"heart rate", "enter")
        await play.until(lambda: 0 < pane(play).count < every)
        await play.until(lambda: getattr(pane(play).attribute, "name", "") == "Heart Rate Measurement")
        await play.press("n")
        await play.until(lambda: bool(play.radio.state.subscriptions))
        await play.press("end", "slash", "ctrl+u", *"configuration", "enter")
        await play.until(lambda: pane(play).filter == "configuration")
        found = pane(play).attribute
        assert found is not None
        assert "Configuration" in found.name  # it was found itself, and keeps the cursor


@in_virtual_time
async def test_tabs_name_the_devices_and_both_ways_lead_to_them() -> None:
    async with opened("thermometer", "heart rate", size=(100, 30)) as play:
        await play.until_said("[", "#tabs")
        names = play.text("#tabs")
        assert "(foreign)" in names
        await play.press("tab")
        await play.until(lambda: play.text("#tabs") != names)
        await play.press("shift+tab")
        await play.until(lambda: play.text("#tabs") == names)
        await play.until_said(address("thermometer"), "#status")


@in_virtual_time
async def test_the_status_says_what_is_known_of_the_link() -> None:
    async with opened("thermometer") as play:
        await play.until_said("mtu 247  phy 1M/1M", "#status")
        await play.press("s")
        await play.until_said(" dBm ", "#status")
        await play.press("p")
        await play.until_said("bonded", "#status")


@in_virtual_time
async def test_indications_have_a_key_of_their_own() -> None:
    async with opened("vault", size=(100, 50)) as play:
        one = next(one for one in pane(play).attributes.values() if one.letters.endswith("i") and one.name == "")
        await play.until(lambda: pane(play).select(one.handle))
        for on in (True, False):
            await play.press("i")
            await play.until(lambda on=on: bool(play.radio.state.subscriptions) is on)  # type: ignore[misc]
            modes = [changed.mode for changed in play.radio.state.subscriptions.values()]
            assert modes == ["indicate"] * on
        plain = next(one for one in pane(play).attributes.values() if one.name == "Device Name")
        await play.until(lambda: pane(play).select(plain.handle))
        await play.press("i")
        await play.until_said("it does not indicate", "#status")


@in_virtual_time
async def test_esc_shows_what_find_hides_and_a_jump_to_what_it_hides_does_too() -> None:
    async with opened("thermometer") as play:
        every = pane(play).count
        await play.press("slash", *"batt", "enter")
        await play.until(lambda: 0 < pane(play).count < every)
        await play.press("escape")
        await play.until(lambda: pane(play).count == every)
        await play.press("slash", *"batt", "enter")
        await play.until(lambda: 0 < pane(play).count < every)
        hidden = next(one for one in pane(play).attributes.values() if one.name == "Temperature")
        peer = pane(play).peer
        assert peer is not None
        play.app.gatt(play.radio.name, peer, hidden.handle)
        await play.until(lambda: pane(play).attribute == hidden)
