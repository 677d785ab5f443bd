"""The modes, and the keys that act everywhere."""

from __future__ import annotations

import pytest
from textual.command import CommandList

from bletui.console.screens.mode import ModeScreen
from bletui.console.widgets.failures import other_scheme
from bletui.failure import ErrorKind, Failure
from bletui.model import Lane, LaneChanged, LinkChanged, Peer, StreamChanged
from bletui.target import parse
from tests.console.stage import LANE, NOW, SCANNING, heard, stage
from tests.tiny import TinyBackend

BROKEN = Failure(kind=ErrorKind.NET_REFUSED, operation="scan", lane=LANE, message="Connection refused", source="os")


async def test_every_mode_is_reached_by_its_number() -> None:
    async with stage() as play:
        for number, mode in (("2", "connections"), ("3", "gatt"), ("4", "log"), ("5", "problems"), ("1", "scan")):
            await play.press(number)
            await play.until(lambda wanted=mode: play.app.current_mode == wanted)  # type: ignore[misc]
            assert "bletui" in play.text("#header")


async def test_the_footer_names_whole_keys_and_help_whatever_the_width() -> None:
    for columns in (40, 60, 80):
        async with stage(size=(columns, 20)) as play:
            for mode in "12345":
                await play.press(mode)
                said = play.text("#footer")
                assert "…" not in said
                assert said.endswith(("? Help", "? Help  q Quit"))


async def test_the_palette_finds_a_command_and_runs_it() -> None:
    async with stage() as play:
        await play.press("ctrl+p")
        await play.press(*"wrong now, and")
        hits = play.app.screen.query_one(CommandList)
        await play.until(lambda: hits.option_count == 1 and hits.highlighted is not None)
        await play.press("enter")
        await play.until(lambda: play.app.current_mode == "problems" and isinstance(play.app.screen, ModeScreen))


async def test_connections_and_gatt_say_what_is_there() -> None:
    lane = LaneChanged(NOW, Lane(LANE, "hci0", slots_used=2, slots_max=7))
    link = LinkChanged(NOW, Peer(LANE, "A4:C1:38:0B:7F:2A"), "up")
    async with stage(lane, SCANNING[1], link) as play:
        await play.press("2")
        assert "2/7 slots" in play.text("#body")
        assert "A4:C1:38:0B:7F:2A  up 1 s" in play.text("#body")
        assert "FOREIGN" in play.text("#body")
        await play.press("3")
        assert "No device is open here" in play.text("#body")


async def test_the_log_follows_until_it_is_scrolled() -> None:
    async with stage() as play:
        for n in range(40):
            await play.say(StreamChanged(NOW + n, LANE, f"s{n}", "live"))
        await play.press("4")
        assert "s39" in play.text("#body")
        await play.press("k")
        assert "held" in play.text("#status")
        await play.say(StreamChanged(NOW, LANE, "later", "live"))
        assert "later" not in play.text("#body")
        assert "1 new below, f follows" in play.text("#status")
        await play.press("f")
        assert "later" in play.text("#body")


async def test_problems_fold_and_unfold() -> None:
    async with stage(SCANNING[0], StreamChanged(NOW, LANE, "scan", "broken", BROKEN, NOW + 4)) as play:
        assert "stream is down, retry in" in play.text("#empty")
        await play.press("5")
        assert "E0702 net.refused" in play.text("#body")
        assert "Connection refused" not in play.text("#body")
        await play.press("e")
        assert "Connection refused" in play.text("#body")
        await play.press("e")
        assert "Connection refused" not in play.text("#body")
        await play.press("r")
        await play.until(lambda: len(play.backend.wishes) == 3)


async def test_the_countdown_of_a_broken_stream_runs() -> None:
    async with stage(SCANNING[0], StreamChanged(NOW, LANE, "scan", "broken", BROKEN, NOW + 10)) as play:
        assert "retry in 9 s" in play.text("#header")
        await play.beat(5)
        assert "retry in 4 s" in play.text("#header")


async def test_help_lists_the_keys_of_the_place_and_leaves_with_esc() -> None:
    async with stage(size=(80, 70)) as play:
        await play.press("question_mark")
        shown = play.text("#body")
        assert "show only what an expression matches" in shown
        assert "advertising interval" in shown
        await play.press("escape")
        assert play.scan.focused is play.table


async def test_each_theme_is_chosen_from_the_list_and_the_session_goes_on() -> None:
    async with stage() as play:
        await play.say(heard(1, name="one"))
        seen = [play.app.theme]
        for _ in range(4):
            await play.press("T", "down", "enter")
            seen.append(play.app.theme)
        assert seen == ["bletui", "ansi", "colour-blind", "mono", "mono"]
        assert "one" in play.text("DeviceTable")


async def test_o_opens_the_simulator_beside_the_radios() -> None:
    off = LaneChanged(NOW, Lane(LANE, "hci0", usable=Failure(kind=ErrorKind.ADAPTER_OFF)))
    async with stage(off) as play:
        await play.press("o", "o")
        await play.until(lambda: len(play.session.radios) == 2)
        assert [str(joined.target) for joined in play.session.radios.values()] == ["tiny:", "sim:"]
        assert play.backend.closed == 0


@pytest.mark.parametrize(("key", "code"), [("q", None), ("ctrl+q", None), ("ctrl+c", 130)])
async def test_leaving_closes_every_radio(key: str, code: int | None) -> None:
    async with stage() as play:
        await play.press(key)
        await play.until(lambda: play.backend.closed)
        assert play.app.return_code in (code, 0 if code is None else code)
        assert not play.app.is_running


async def test_an_unfolded_card_names_its_remedies_with_the_keys_that_act() -> None:
    refused = Failure(
        kind=ErrorKind.NET_REFUSED, source="os", message="Connection refused", operation="scan", radio="tiny",
        evidence=(("host", "192.168.1.20"), ("port", "80")),
    )  # fmt: skip
    routers = {"router": TinyBackend(refuses=refused)}
    async with stage(backends=routers, targets=["cassia://192.168.1.20"]) as play:
        assert "No radio can scan" in play.text("#empty")
        await play.press("5", "enter")
        card = play.text("#body")
        assert 'the system said: "Connection refused"' in card
        assert "[t switch http/https]" in card
        assert "[r retry now]" in card
        before = play.session.radios["192.168.1.20"]
        await play.press("R")
        await play.until(lambda: play.session.radios["192.168.1.20"] is not before)
    async with stage(backends={"": TinyBackend(refuses=refused)}) as play:
        await play.press("5", "enter")
        assert "(t switch http/https)" in play.text("#body"), "that radio has no other scheme"


async def test_the_other_scheme_is_the_same_router() -> None:
    assert str(other_scheme(parse("cassia://KEY@10.0.0.1:8443?x=1"))) == "cassia+https://KEY@10.0.0.1:8443?x=1"
    assert str(other_scheme(parse("cassia+https://10.0.0.1"))) == "cassia://10.0.0.1"
    assert other_scheme(parse("sim:")) is None
