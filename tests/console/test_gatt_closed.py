"""GATT when the radio of its device has been closed, or is opened again from there."""

from __future__ import annotations

from bletui.console.screens.gatt import GattScreen
from bletui.target import parse
from bletui.testing.virtual_time import in_virtual_time
from tests.console.screenshots_links import ROUTER, Scripted, gatt, site, tree
from tests.console.stage import stage
from tests.console.trees import opened


@in_virtual_time
async def test_a_key_says_that_the_radio_is_not_open_any_more() -> None:
    async with opened("thermometer") as play:
        gone = play.radio.name
        play.session.add(parse("sim:lab?lanes=1&seed=2"))
        await play.session.remove(gone)
        await play.until(lambda: any(link.foreign for link in play.radio.state.links.values()))
        for key in ("f", "s", "p"):
            screen = play.app.screen
            assert isinstance(screen, GattScreen)
            screen.say("")
            await play.press(key)
            await play.until_said("link.not-connected", "#status")
        assert not any(link.bonded for link in play.radio.state.links.values()), "that of somebody else was never meant"


@in_virtual_time
async def test_the_other_scheme_is_tried_from_a_failure_at_a_routers_node() -> None:
    async with stage(targets=[f"cassia://{ROUTER}"], backends={"router": Scripted(*site())}) as at:
        await gatt(at)
        assert tree(at).select(0x12), "nothing failed here"
        await at.press("t")
        assert "no failure of a Cassia router" in at.text("#notice")
        assert tree(at).select(0x23)
        await at.press("t")
        await at.until(lambda: [str(one.target) for one in at.session.radios.values()] == [f"cassia+https://{ROUTER}"])
