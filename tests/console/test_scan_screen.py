"""Scan mode: every key, on a running console."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest
from textual import events

from bletui.console.listing import SLICE, Sort
from bletui.console.screens.scan import FROZEN
from bletui.console.settings import Settings
from bletui.console.spans import words
from bletui.console.widgets.device_table import DeviceTable
from bletui.devices import Device
from bletui.failure import ErrorKind, Failure
from bletui.model import Advertisement, Lane, LaneChanged, Shed, StreamChanged
from tests.console.stage import LANE, NOW, SCANNING, Stage, heard, stage
from tests.tiny import TinyBackend

APPLE = bytes.fromhex("1aff4c000215000102030405060708090a0b0c0d0e0f00010002c5")


def names(play: Stage) -> list[str | None]:
    return [device.name for device in play.table.rows]


async def three(play: Stage) -> None:
    await play.say(heard(1, -70, name="one"), heard(2, -50, name="two"), heard(3, -60, raw=APPLE))


async def test_a_report_becomes_a_row() -> None:
    async with stage() as play:
        await play.say(heard(0x2F, -52, name="Thermo"))
        assert "Thermo" in play.text("DeviceTable")
        assert "C0:00:00:00:00:2Fs" in play.text("DeviceTable")
        assert "-52" in play.text("DeviceTable")
        assert "1 of 1" in play.text("#status")
        assert "hci0 -52" in play.text("#strip")


async def test_the_strongest_stand_first_and_s_sorts_by_a_column_in_both_directions() -> None:
    async with stage() as play:
        await three(play)
        assert names(play) == ["two", None, "one"]
        await play.press("s", "n")
        assert names(play) == ["one", "two", None]
        assert "Name▲" in play.text("#heads")
        await play.press("s", "n")
        assert names(play) == ["two", "one", None]
        await play.press("s", "escape", "j")
        assert names(play) == ["two", "one", None]


@pytest.mark.parametrize("key", ["enter", "c", "w", "p", "minus"])
async def test_a_key_for_a_device_says_that_there_is_none(key: str) -> None:
    async with stage() as play:
        await play.press(key)
        assert "no device under the cursor" in play.text("#status")


async def test_ranking_happens_once_a_second_at_most() -> None:
    async with stage() as play:
        await three(play)
        await play.press("s", "r", "s", "r")  # ranked now
        play.backend.say(heard(4, -30, name="four"))
        await play.until(lambda: play.session.store.received == 4)
        await play.beat(0.4)
        assert names(play)[-1] == "four"
        await play.beat(0.4)
        assert names(play)[-1] == "four"
        await play.beat(0.4)
        assert names(play)[0] == "four"


async def test_a_row_does_not_move_for_a_few_decibels() -> None:
    async with stage() as play:
        await play.say(heard(1, -60, name="one"), heard(2, -62, name="two"))
        for rssi in (-63, -58, -64, -59):
            await play.say(heard(1, rssi, name="one"))
            assert names(play) == ["one", "two"]
        for _ in range(12):
            await play.say(heard(2, -40, name="two"))
        assert names(play) == ["two", "one"]


async def test_the_cursor_stays_on_its_device_and_the_console_says_when_its_row_moves() -> None:
    async with stage() as play:
        await three(play)
        await play.press("j", "j")
        assert play.table.selected is not None
        assert play.table.selected.name == "one"
        while names(play)[0] != "one":
            await play.say(heard(1, -30, name="one"))
        assert play.table.selected.name == "one"
        assert play.table.cursor == 0
        assert "moved up" in play.text("#status")


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        (["down"], 1), (["j", "j", "k"], 1), (["down", "up"], 0), (["end"], 39), (["G"], 39), (["G", "home"], 0),
        (["G", "g"], 0), (["pagedown"], 17), (["ctrl+d", "ctrl+u"], 0), (["pagedown", "pageup"], 0),
    ],
)  # fmt: skip
async def test_the_cursor_moves(keys: list[str], row: int) -> None:
    async with stage() as play:
        await play.say(*(heard(n, -40 - n) for n in range(40)))
        await play.beat()
        await play.press(*keys)
        assert play.table.cursor == row
        assert ">" in play.text("DeviceTable")


async def test_enter_shows_the_advertisement_by_structure_and_esc_leads_back() -> None:
    async with stage() as play:
        await three(play)
        await play.press("j", "enter")
        shown = play.text("DetailsPane")
        assert "Manufacturer Specific Data" in shown
        assert "0x004C Apple" in shown
        assert "iBeacon" in shown
        await play.press("right")
        assert "one" in play.text("DetailsPane")
        await play.press("left")
        assert "iBeacon" in play.text("DetailsPane")
        await play.press("escape")
        assert play.scan.focused is play.table


async def test_what_is_malformed_is_marked_in_the_details() -> None:
    async with stage() as play:
        await play.say(heard(1, raw=bytes.fromhex("02010620ffaabb")))
        await play.press("enter")
        assert "malformed" in play.text("DetailsPane")
        assert "!  3 20 FF" in play.text("DetailsPane")
        assert "says 32 bytes, 3 left" in play.text("DetailsPane")


async def test_pause_holds_the_rows_and_their_values_still() -> None:
    async with stage() as play:
        await play.say(heard(1, -50, name="one"))
        await play.press("space")
        assert "PAUSED" in play.text("#status")
        await play.say(heard(1, -90), heard(2, -40, name="two"))
        assert "-50" in play.text("DeviceTable")
        assert "two" not in play.text("DeviceTable")
        await play.press("space")
        await play.beat()
        assert "-90" in play.text("DeviceTable")
        assert "two" in play.text("DeviceTable")


async def test_pause_holds_what_is_out_of_sight_too() -> None:
    async with stage() as play:
        await play.say(*(heard(n, -50, name="still") for n in range(FROZEN + 100)))
        await play.press("space")
        listing = play.app.listing
        assert listing is not None
        await play.until(lambda: set(map(id, play.table.rows)).isdisjoint(map(id, listing.rows)))
        await play.say(*(heard(n, -90, name="moved") for n in range(FROZEN + 100)))
        await play.press("G")
        assert "moved" not in play.text("DeviceTable")
        assert "-90" not in play.text("DeviceTable")


async def test_a_filter_works_while_it_is_typed_and_counts_what_it_hides() -> None:
    async with stage() as play:
        await three(play)
        await play.press("slash", *"name=one")
        assert names(play) == ["one"]
        assert play.text("#filter-count").strip() == "1 of 3"
        await play.press("x")
        assert play.text("#filter-count").strip() == "0 of 3"
        assert "esc   Back" in play.text("#empty")  # x and / are text now
        assert "Clear filter" not in play.text("#empty")
        await play.press("backspace")
        await play.press("enter")
        assert "/ name=one" in play.text("#status")
        assert "2 hidden  1 of 3" in play.text("#status")
        await play.press("x")
        assert len(names(play)) == 3
        assert "no filter" in play.text("#status")


async def test_the_rows_in_sight_do_not_wait_until_all_devices_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage() as play:
        await play.say(*(heard(n, -40 - n % 50, name=f"n{n}") for n in range(2 * SLICE)))
        shown: list[int] = []
        update = play.table.update

        def counted(rows: Sequence[Device], now: float, changed: Collection[Device] | None = None) -> int:
            shown.append(len(rows))
            return update(rows, now, changed)

        monkeypatch.setattr(play.table, "update", counted)
        await play.press("/", "r", "s", "s", "i", "<", "-", "4", "2")
        await play.until(lambda: play.app.listing is not None and not play.app.listing.apply())
        await play.press("enter")
        all_of_them = sum(40 + n % 50 > 42 for n in range(2 * SLICE))
        assert f"{all_of_them} of {2 * SLICE}" in play.text("#status")
        assert any(play.table.size.height <= count <= SLICE for count in shown)
        assert shown[-1] == all_of_them


async def test_the_list_gets_the_keys_back_with_all_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage() as play:
        await play.say(*(heard(n, -40 - n % 50) for n in range(2 * SLICE)))
        await play.press("slash")
        monkeypatch.setattr(play.scan, "apply", lambda: None)  # its turn of the loop does not come before the next key
        await play.press("c")
        assert len(play.table.rows) == SLICE
        await play.press("enter", "G")
        assert (play.table.cursor, len(play.table.rows)) == (2 * SLICE - 1, 2 * SLICE)


async def test_a_wrong_filter_is_pointed_at_and_the_last_good_one_stays() -> None:
    async with stage() as play:
        await three(play)
        await play.press("slash", *"rssi", "greater_than_sign", "=", "-", "6", "0")
        assert names(play) == ["two", None]
        await play.press(")")
        says = play.text("#filter-says")
        assert says.index("^") == len(" / rssi>=-60")
        assert names(play) == ["two", None]
        await play.press("escape")
        assert len(names(play)) == 3


async def test_rows_for_which_the_filter_cannot_tell_are_counted_apart() -> None:
    async with stage() as play:
        silent = Advertisement(NOW, LANE, "C0:00:00:00:00:09", None, None)
        await play.say(heard(1, -50), silent)
        await play.press("slash", *"rssi", "greater_than_sign", "-", "9", "0", "enter")
        assert "1 can't tell" in play.text("#status")
        assert "1 of 2" in play.text("#status")
        assert "hidden" not in play.text("#status")


async def test_an_initial_filter_is_in_force_from_the_start() -> None:
    async with stage(settings=Settings(filter="name=one")) as play:
        await three(play)
        assert names(play) == ["one"]


async def test_a_asks_for_scan_responses_and_r_restarts() -> None:
    async with stage() as play:
        await play.until(lambda: play.backend.wishes)
        await play.press("a")
        await play.until(lambda: getattr(play.backend.wishes[-1], "active", False))
        assert "active scan" in play.text("#status")
        await play.press("r")
        await play.until(lambda: len(play.backend.wishes) == 5)
        first, *_, stopped, last = play.backend.wishes
        assert first is not None
        assert stopped is None
        assert last is not None
        assert last.active


async def test_what_was_not_understood_is_counted_apart_from_what_was_dropped() -> None:
    async with stage() as play:
        await play.say(Shed(NOW, LANE, "malformed events", 15), Shed(NOW, None, "advertisements", 2))
        assert "shed 2" in play.text("#counters")
        assert "malformed 15" in play.text("#counters")


async def test_the_titles_stand_above_the_first_rows_in_the_same_frame() -> None:
    async with stage() as play:
        assert play.scan.has_class("-empty")
        await play.say(heard(1, name="one"))
        assert "one" in play.text("DeviceTable")
        assert "Name" in play.text("#heads")


async def test_enter_on_a_wrong_filter_keeps_the_box_and_says_where() -> None:
    async with stage() as play:
        await three(play)
        await play.press("slash", *"rssi", "greater_than_sign", "=", "-", "6", "0", "space", *"and", "enter")
        assert play.scan.has_class("-filtering")
        assert "expected a condition" in play.text("#filter-says")
        await play.press("escape")
        assert not play.scan.has_class("-filtering")


async def test_the_header_counts_what_was_shed() -> None:
    async with stage() as play:
        await play.say(Shed(NOW, LANE, "advertisements", 7))
        assert "shed 7" in play.text("#counters")


async def test_two_radios_that_hear_one_device_give_one_row_with_both_levels() -> None:
    one = TinyBackend(LaneChanged(NOW, Lane("tiny:one/0", "left")), StreamChanged(NOW, "tiny:one/0", "scan", "live"))
    two = TinyBackend(LaneChanged(NOW, Lane("tiny:two/0", "right")), StreamChanged(NOW, "tiny:two/0", "scan", "live"))
    async with stage(backends={"one": one, "two": two}) as play:
        one.say(heard(1, -50, lane="tiny:one/0"))
        two.say(heard(1, -71, lane="tiny:two/0"))
        await play.until(lambda: play.session.store.received == 2)
        await play.beat()
        assert len(play.table.rows) == 1
        assert "left -50" in play.text("#strip")
        assert "right -71" in play.text("#strip")
        assert play.text("#header").count("scanning") == 2


async def test_simulated_data_carries_a_banner() -> None:
    lane = LaneChanged(NOW, Lane(LANE, "hci0", info={"simulated": "scripted"}))
    async with stage(lane, SCANNING[1]) as play:
        assert "SIMULATED DATA" in play.text("#header")


async def test_a_radio_that_is_off_is_named_where_the_list_would_be() -> None:
    off = LaneChanged(NOW, Lane(LANE, "hci0", usable=Failure(kind=ErrorKind.ADAPTER_OFF)))
    async with stage(off) as play:
        assert "No radio can scan" in play.text("#empty")
        assert "E0102 adapter.off" in play.text("#empty")
        assert "o Open simulator" in play.text("#empty")
        assert "adapter.off" in play.text("#header")


async def test_keys_that_arrive_all_at_once_go_where_they_were_meant() -> None:
    async with stage() as play:
        await three(play)
        for key in ("s", "n", "slash", *"name=one", "enter", "j"):  # no pause between them, as after a stalled link
            play.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await play.until(lambda: names(play) == ["one"])
        assert "Name▲" in play.text("#heads")
        assert not any(getattr(wish, "active", False) for wish in play.backend.wishes)


async def test_the_columns_fit_also_where_no_resize_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine one of fifteen starts at 120 columns got none for the list beside the details."""
    monkeypatch.setattr(DeviceTable, "on_resize", lambda self: None)
    async with stage(size=(120, 40)) as play:
        await play.say(heard(1))
        await play.until(lambda: play.table.size.width < 120)
        play.app.paint()
        heads = words(play.table.heads(Sort())).rstrip()
        assert heads.endswith("Age")
        assert len(heads) <= play.table.size.width
