"""What a lane can't do: marked before it is pressed, said in the lane's own words when it is, and never asked for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bletui.connections import verb
from bletui.console.barred import Here, bar
from bletui.console.commands import BY_ID, COMMANDS
from bletui.console.screens.mode import ModeScreen
from bletui.console.widgets.link_keys import LinkKeys
from bletui.model import Lane, LaneChanged, LinkChanged, Peer
from tests.console.asked_for import ASKS
from tests.console.stage import LANE, NOW, SCANNING, Stage, stage

OTHER = "tiny/hci1"
DEVICE = "C0:00:00:00:00:01"
WHY = "BlueZ has no call for it"
NOTHING = {"set_phy": WHY, "connect": "it only listens", "pair": "nothing here\x1b[2J pairs"}


def lanes(here: Mapping[str, str], there: Mapping[str, str]) -> tuple[LaneChanged, ...]:
    return LaneChanged(NOW, Lane(LANE, "hci0", cannot=here)), LaneChanged(NOW, Lane(OTHER, "hci1", cannot=there))


def link(lane: str) -> LinkChanged:
    return LinkChanged(NOW, Peer(lane, DEVICE), "up", None, 247, None, False, None, False)


def marked(on: Stage) -> set[str]:
    assert isinstance(on.app.screen, ModeScreen)
    return set(on.app.screen.barred()) - {"card.scheme"}


def notice(on: Stage) -> str:
    shown = on.app.configured.notices.first(on.app.clock.monotonic())
    return shown.words if shown is not None else ""


async def at(on: Stage, key: object) -> LinkKeys:
    await on.press("2")
    await on.beat()
    pane = on.app.screen.query_one(LinkKeys)
    await on.until(lambda: pane.select(key))
    await on.beat()
    return pane


def test_a_command_does_what_its_request_is_called() -> None:
    asked = {name: verb(request) for name, request in ASKS.items() if name != "problems.again"}
    assert {one.id: one.does for one in COMMANDS if one.does} == asked | {"scan.active": "active scan"}


async def test_keys_are_marked_where_the_lane_of_the_link_cannot_do_it_and_say_why() -> None:
    async with stage(*SCANNING, *lanes({"set_phy": WHY}, {}), link(LANE), link(OTHER)) as on:
        await at(on, Peer(LANE, DEVICE))
        assert marked(on) == {"links.phy"}
        await on.press("P")
        assert notice(on) == f"E1402 op.unsupported: phy on hci0: {WHY}"
        assert isinstance(on.app.screen, ModeScreen), "no question after what can't be had"
        await on.press("question_mark")
        assert "(P)           PHY             not here: hci0 can't" in on.text("#body")
        await on.press("escape")
        await at(on, Peer(OTHER, DEVICE))
        assert marked(on) == set()
        on.app.gatt("tiny", Peer(LANE, DEVICE))
        await on.until(lambda: on.app.current_mode == "gatt" and marked(on) == {"tree.phy"})


async def test_what_goes_through_any_lane_is_marked_where_none_can() -> None:
    async with stage(*SCANNING, *lanes(NOTHING, {})) as on:
        assert marked(on) == set()
        await at(on, f"lane {LANE}")
        assert marked(on) == {"links.phy", "links.pair", "card.pair"}, "another lane connects"
        await on.say(*lanes(NOTHING, NOTHING))
        assert marked(on) == {"links.connect", "links.phy", "links.pair", "card.pair"}
        await on.press("1")
        await on.beat()
        assert marked(on) == {"scan.connect"}
        assert "(c Connect)" in on.text("#footer")
        await on.press("c")
        assert notice(on) == "E1402 op.unsupported: connect: no lane can: it only listens"
        assert on.app.current_mode == "scan"


async def test_the_words_of_a_lane_are_harmless_and_its_role_comes_first() -> None:
    async with stage(*SCANNING, *lanes(NOTHING, {})) as on:
        await at(on, f"lane {LANE}")
        await on.press("p")
        assert notice(on) == "E1402 op.unsupported: pair on hci0: nothing here\\x1b[2J pairs"


@pytest.mark.parametrize("lane", ["", "tiny/gone"])
async def test_without_a_lane_under_the_cursor_every_lane_counts(lane: str) -> None:
    async with stage(*SCANNING, *lanes({"set_phy": WHY}, {"pair": WHY})) as on:
        assert bar(BY_ID["links.phy"], Here(on.session, "tiny", lane=lane)) is None
        await on.say(*lanes({"set_phy": WHY}, {"set_phy": WHY}))
        why = bar(BY_ID["links.phy"], Here(on.session, "tiny", lane=lane))
        assert why is not None
        assert why.short == "no lane can"
