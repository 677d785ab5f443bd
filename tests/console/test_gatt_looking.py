"""Lens, alert and copying by key, on a running console."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.lab import address
from bletui.console.screens.copying import CopyDialogue
from bletui.console.screens.gatt import GattScreen
from bletui.testing.virtual_time import in_virtual_time
from tests.console.trees import answer, back, known, on, opened, pane


@in_virtual_time
async def test_a_lens_is_previewed_and_reads_every_value_of_its_type() -> None:
    async with opened("thermometer") as play:
        one = await on(play, "Temperature")
        await play.press("enter")
        await play.until(lambda: known(play, one).value is not None)
        await answer(play, "v", "low: u8; high: u8 %")
        await play.until_said("now: low ", "#dialogue-check")
        await back(play)
        await play.until_said("through low: u8; high: u8 %", "#value")
        await play.until_said("low ")
        await answer(play, "v", "u8; nonsense")
        await play.press("enter")
        await play.until_said("field 2", "#dialogue-check")
        await play.press("ctrl+u")
        await back(play)
        await play.until_said("°C")
        assert not pane(play).lenses


@in_virtual_time
async def test_a_value_out_of_bounds_is_marked_said_and_rings() -> None:
    async with opened("thermometer") as play:
        one = await on(play, "Temperature")
        await play.press("enter")
        await play.until(lambda: known(play, one).value is not None)
        await answer(play, "b", "<60")
        await play.until_said("alerts when value is under 60", "#dialogue-check")
        await back(play)
        await play.until_said("ALERT")
        await play.until_said("is under 60", "#header")
        assert known(play, one).alert
        await answer(play, "b", "")
        await back(play)
        await play.until(lambda: "ALERT" not in play.text())


@in_virtual_time
async def test_notifications_draw_a_curve_of_the_picked_field() -> None:
    async with opened("heart rate", size=(100, 40)) as play:
        one = await on(play, "Heart Rate Measurement")
        await play.press("n")
        await play.until(lambda: known(play, one).count >= 4)
        first = known(play, one).picked
        await play.until_said("..", "#value")
        await play.press("x")
        await play.until(lambda: known(play, one).picked == first + 1)


@in_virtual_time
async def test_each_form_is_copied_by_its_key_and_the_way_is_not_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    async with opened("thermometer") as play:
        await on(play, "Battery Level")
        for key, begins in (("b", "bletui read "), ("p", "import asyncio")):
            await play.press("y")
            await play.until(
                lambda: isinstance(play.app.screen, CopyDialogue) and play.app.screen.query("#dialogue-says")
            )
            await play.until_said(address("thermometer"), "#dialogue-says")
            await play.press("c")  # no router: nothing to copy, the question stays
            assert isinstance(play.app.screen, CopyDialogue)
            await play.press(key)
            await play.until_said("set-clipboard", "#status")
            assert play.app.clipboard.startswith(begins)
        await play.press("y", "escape")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))


@in_virtual_time
async def test_an_alert_strikes_in_every_mode_and_is_listed_and_removed() -> None:
    async with opened("heart rate") as play:
        one = await on(play, "Heart Rate Measurement")
        values = known(play, one)
        await play.press("n")
        await play.until(lambda: values.count >= 1)
        await answer(play, "b", "change")
        await back(play)
        await play.press("1")
        before = values.count
        await play.until(lambda: values.count > before)  # GATT is out of sight
        await play.until_said("ALERT changed", "#header")
        assert any("ALERT changed" in str(entry.event) for entry in play.session.log)
        await play.press("!")
        await play.until_said("1 watched", "#status")
        await play.until_said("Heart Rate", "#body")
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        assert pane(play).attribute == one
        await play.press("!")
        await play.press("4")  # another mode, and back to the list
        await play.until_said("Log", "#status")
        await play.press("!")
        await play.until_said("Heart Rate", "#body")
        await play.press("escape")
        await play.until_said("Log", "#status")
        await play.press("3", "!")
        await play.until_said("Heart Rate", "#body")
        await play.press("d")
        await play.until_said("No value is watched", "#body")
        await play.press("escape")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        assert values.alarm is None
