"""Bonds and link signals in Connections, over the simulator's lab."""

from __future__ import annotations

from bletui.backends.simulator.lab import address
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.dialogue import YesNoDialogue
from bletui.console.widgets.link_keys import LinkKeys
from bletui.model import Pair
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import LAB, connections, linked, on
from tests.console.real import console
from tests.console.stage import stage

FORGETFUL = address("stale bond")


@in_virtual_time
async def test_bonds_are_listed_and_removed_after_a_confirmation_that_names_the_device() -> None:
    async with console(LAB) as play:
        await connections(play)
        await play.press("u")
        await play.until_said("no bond under the cursor", "#status")
        await play.press("b")
        await play.until_said("1 kept at this radio")
        await play.until_said("bonded on hci0")
        await on(play, f"bond sim:lab/hci0 {FORGETFUL}")
        for answer, kept in (("escape", "1 kept"), ("y", "0 kept")):
            await play.press("u")
            await play.until(lambda: isinstance(play.app.screen, YesNoDialogue))
            await play.until_said(FORGETFUL, "#dialogue-says")
            await play.press(answer)
            await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
            await play.until_said(kept)
        await play.press("b")
        await play.until(lambda: "kept at this radio" not in play.text())


@in_virtual_time
async def test_what_failed_there_has_its_bond_removed_by_the_same_key() -> None:
    async with console("sim:lab?lanes=1&speed=20") as play:
        await connections(play)
        await play.until(lambda: FORGETFUL in play.session.store.devices)
        play.app.screen.query_one(LinkKeys).ask(play.radio, Pair(FORGETFUL))
        pane = play.app.screen.query_one(LinkKeys)
        await play.until(lambda: any(one.operation.state == "failed" for one in play.radio.state.operations.values()))
        await play.until(lambda: any(map(pane.select, play.radio.state.operations)))
        await play.press("e")
        await play.until_said("[u delete the bond]")
        await play.press("u")
        await play.until_said(FORGETFUL, "#dialogue-says")
        await play.press("y", "b")
        await play.until_said("0 kept at this radio")


@in_virtual_time
async def test_a_radio_that_can_not_list_bonds_says_so_there() -> None:
    async with stage() as play:
        await play.press("2", "b")
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        await play.until(lambda: play.app.paint() and "op.unsupported" in play.text("#body"))


@in_virtual_time
async def test_the_signal_of_a_link_is_asked_for_and_its_age_said() -> None:
    async with console(LAB) as play:
        await linked(play)
        await play.press("s")
        await play.until_said(" dBm ")
        await play.until_said(" ago")
        await play.press("home", "s")
        await play.until_said("no link under the cursor", "#status")
