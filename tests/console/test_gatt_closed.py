"""GATT when the radio of its device has been closed."""

from __future__ import annotations

from bletui.target import parse
from bletui.testing.virtual_time import in_virtual_time
from tests.console.test_gatt import opened


@in_virtual_time
async def test_a_key_says_that_the_radio_is_not_open_any_more() -> None:
    async with opened("thermometer") as play:
        gone = play.radio.name
        play.session.add(parse("sim:lab?lanes=1&seed=2"))
        await play.session.remove(gone)
        for key in ("f", "s", "p"):
            await play.press(key)
            await play.until_said("link.not-connected", "#status")
