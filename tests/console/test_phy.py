"""The PHY of a link: what may be typed, and asking for it on a running console."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.simulator.lab import address
from bletui.console.phy import PHYS, Wish, came, parse, phy_check
from bletui.console.screens.dialogue import TextDialogue
from bletui.console.screens.gatt import GattScreen
from bletui.failure import BleError
from bletui.model import Phy
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import LAB, linked
from tests.console.real import Play, console


@pytest.mark.parametrize(
    ("text", "wish", "said"),
    [
        ("2M", Wish(("2M",), ("2M",)), "asks for 2M to the device, 2M from it"),
        ("2m,1m", Wish(("2M", "1M"), ("2M", "1M")), "asks for 2M or 1M to the device, 2M or 1M from it"),
        ("rx=CODED", Wish((), ("CODED",)), "asks for CODED from it"),
        (" tx=2M  RX=1M ", Wish(("2M",), ("1M",)), "asks for 2M to the device, 1M from it"),
    ],
)
def test_what_may_be_typed(text: str, wish: Wish, said: str) -> None:
    assert parse(text) == wish
    assert phy_check(text) == said


@pytest.mark.parametrize("text", ["", "3M", "tx=", "up=2M", "2M 1M", "tx=2M 1M", "2M,,1M", "tx=rx=2M"])
def test_what_means_nothing(text: str) -> None:
    with pytest.raises(BleError):
        parse(text)


@given(st.text(max_size=30))
def test_any_text_is_a_wish_or_refused(text: str) -> None:
    try:
        wish = parse(text)
    except BleError as refused:
        assert refused.failure.detail
    else:
        assert wish.tx or wish.rx
        assert set(wish.tx + wish.rx) <= set(PHYS)


def test_what_came_of_it_is_said_where_it_is_not_what_was_asked_for() -> None:
    assert came(parse("2M"), Phy("2M", "2M")) == "PHY 2M/2M"
    assert came(parse("rx=2M"), Phy("1M", "1M")).startswith("PHY 1M/1M; not as asked")


async def ask(play: Play, text: str) -> None:
    await play.press("P")
    await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
    await play.press(*text, "enter")
    await play.until(lambda: not isinstance(play.app.screen, TextDialogue))


@in_virtual_time
async def test_the_link_takes_it_or_keeps_its_own_in_connections_and_in_gatt() -> None:
    async with console(LAB) as play:
        peer = await linked(play, address("counter"))
        await ask(play, "2M")
        await play.until_said("PHY 2M/2M", "#status")
        assert play.radio.state.links[peer].phy == ("2M", "2M")
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        await ask(play, "tx=CODED")
        await play.until_said("PHY CODED/2M", "#status")
        await play.until_said("phy CODED/2M", "#status")
        await linked(play, address("public address"))
        await ask(play, "2M")
        await play.until_said("not as asked", "#status")
