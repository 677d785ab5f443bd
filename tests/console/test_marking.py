"""Scan: what a person does to rows, on a running console."""

from __future__ import annotations

import pytest
from textual.command import CommandList

from bletui.console.columns import BY_ID, best_lanes, lane_column, layout
from bletui.console.glyphs import UNICODE
from bletui.console.palette_devices import likeness
from bletui.console.screens.scan import ScanScreen
from bletui.console.spans import words
from bletui.console.widgets.device_filter import echo
from bletui.devices import DeviceStore
from bletui.filters import parse
from bletui.model import Lane, LaneChanged, StreamChanged
from bletui.testing.virtual_time import in_virtual_time
from tests.console.stage import NOW, Stage, heard, stage

APPLE = bytes.fromhex("04ff4c0001")
TWO = (
    LaneChanged(NOW, Lane("tiny/0", "left")),
    LaneChanged(NOW, Lane("tiny/1", "router/1")),
    StreamChanged(NOW, "tiny/0", "scan", "live"),
)


def names(play: Stage) -> list[str | None]:
    return [device.name for device in play.table.rows]


async def three(play: Stage) -> None:
    await play.say(heard(1, -70, name="one"), heard(2, -50, name="two"), heard(3, -60, name="three"))
    await play.beat()


@in_virtual_time
async def test_a_pinned_row_stays_on_top_and_is_marked_by_a_sign() -> None:
    async with stage() as play:
        await three(play)
        await play.press("G", "p")
        assert names(play) == ["one", "two", "three"]
        assert "pinned" in play.text("#strip")
        await play.press("j")
        assert play.text("DeviceTable").splitlines()[0].startswith("◆one")
        await play.say(*(heard(2, -30, name="two") for _ in range(9)))
        assert names(play)[0] == "one"
        await play.press("s", "n")
        assert names(play) == ["one", "three", "two"]
        await play.press("g", "p")
        assert names(play) == ["one", "three", "two"]
        await play.press("j")
        assert "◆" not in play.text("DeviceTable")


@in_virtual_time
async def test_a_device_is_hidden_by_key_counted_shown_and_brought_back() -> None:
    async with stage() as play:
        await three(play)
        await play.press("minus")
        assert names(play) == ["three", "one"]
        assert "hidden (u brings it back, + shows the hidden): two" in play.text("#status")
        await play.beat(5)
        assert "1 by hand  2 of 3" in play.text("#status")
        assert " hidden" not in play.text("#status")
        await play.say(heard(2, -50, name="two"))
        assert "two" not in names(play)
        await play.press("plus")
        assert names(play) == ["two"]
        assert "ONLY HIDDEN" in play.text("#status")
        assert "hidden by hand" in play.text("#strip")
        await play.press("minus")
        assert "No device is hidden by hand" in play.text("#empty")
        await play.press("plus")
        assert sorted(map(str, names(play))) == ["one", "three", "two"]
        await play.press("minus", "minus", "u")
        assert len(names(play)) == 2


@in_virtual_time
async def test_all_hidden_by_hand_says_so_with_the_keys() -> None:
    async with stage() as play:
        await play.say(heard(1))
        await play.press("u", "minus")
        assert "All 1 devices are hidden by hand" in play.text("#empty")
        assert "+ Hidden" in play.text("#empty")
        await play.press("u")
        assert len(play.table.rows) == 1
        await play.press("plus")
        assert "nothing was hidden" in play.text("#status")


@in_virtual_time
async def test_a_baseline_marks_what_is_new_gone_or_changed_and_shows_only_that() -> None:
    async with stage() as play:
        await three(play)
        await play.press("n")
        assert "no baseline yet" in play.text("#status")
        await play.press("b", "n")
        assert "None of 3 devices differs" in play.text("#empty")
        await play.say(heard(4, -40, at=NOW + play.clock[0], name="four"), seconds=4)
        assert names(play) == ["four"]
        assert "since baseline 00:04" in play.text("#status")
        for _ in range(4):
            keep = [heard(n, -60, at=NOW + play.clock[0], name=name) for n, name in ((2, "2!"), (3, "three"))]
            await play.say(*keep, heard(4, -40, at=NOW + play.clock[0], name="four"), seconds=3)
        await play.beat()
        assert set(names(play)) == {"four", "2!", "one"}
        await play.press("n", "j")
        signs = {row[1:].split(" ")[0]: row[0] for row in play.text("DeviceTable").splitlines()}
        told = {"four": "+", "2!": "~", "one": "-", "three": " "}
        under = play.table.selected
        assert under is not None
        assert signs == told | {str(under.name): ">"}
        assert {"+": "new", "~": "changed", "-": "gone"}[told[str(under.name)]] in play.text("#strip")
        await play.press("slash", *"new", "enter")
        assert names(play) == ["four"]
        await play.press("x", "b")
        assert not any(row[0] in "+-~" for row in play.text("DeviceTable").splitlines())


@in_virtual_time
async def test_lanes_stand_side_by_side_and_a_digit_sorts_by_one() -> None:
    async with stage(*TWO[:1], simulator=None) as play:
        play.backend.say(*TWO[1:])
        await play.say(
            heard(1, -50, lane="tiny/0", name="one"), heard(1, -90, lane="tiny/1", name="one"),
            heard(2, -70, lane="tiny/0", name="two"), heard(2, -60, lane="tiny/1", name="two"),
            heard(3, -80, lane="tiny/0", name="three"),
        )  # fmt: skip
        await play.beat()
        assert "left" not in play.text("#heads")
        await play.press("L")
        heads = play.text("#heads").split()
        assert heads[-3:] == ["left", "…ter/1", "Age"]
        row = next(row for row in play.text("DeviceTable").splitlines() if "one" in row)
        assert row.split()[-4:-1] == ["-50", "-50", "-90"]
        await play.press("s", "2")
        assert names(play) == ["two", "one", "three"]
        assert "sorted by …ter/1" in play.text("#status")
        await play.press("s", "2")
        assert names(play) == ["one", "two", "three"]
        await play.press("L")
        assert "left" not in play.text("#heads")


@in_virtual_time
async def test_with_one_lane_there_is_nothing_to_set_side_by_side() -> None:
    async with stage() as play:
        await three(play)
        await play.press("L")
        assert "there is one lane" in play.text("#status")
        await play.press("s", "2")
        await play.until(lambda: play.app.current_mode == "connections")


@pytest.mark.parametrize("letter", ["n", "a", "c", "l", "p", "i", "r", "s", "g", "f"])
@in_virtual_time
async def test_every_column_sorts(letter: str) -> None:
    async with stage() as play:
        await three(play)
        await play.press("s", letter)
        column = next(column for column in BY_ID.values() if column.letter == letter)
        assert f"sorted by {column.title}" in play.text("#status")


@in_virtual_time
async def test_details_tell_how_the_payload_changed() -> None:
    async with stage(size=(120, 40)) as play:
        await play.say(heard(1, raw=APPLE))
        assert "Payload changes" not in play.text("#details")
        await play.say(heard(1, raw=bytes.fromhex("04ff4c0002")))
        shown = play.text("#details").splitlines()
        at = next(n for n, row in enumerate(shown) if "04 FF 4C 00 02" in row and row.strip().startswith("0"))
        assert shown[at + 1].index("^^") == shown[at].rindex("02")


@in_virtual_time
async def test_the_palette_jumps_to_a_device_by_name_or_address() -> None:
    async with stage() as play:
        await three(play)
        await play.press("2")
        await play.until(lambda: play.app.current_mode == "connections")
        await play.press("ctrl+p", *"00:00:03")
        hits = play.app.screen.query_one(CommandList)
        await play.until(lambda: hits.option_count == 1 and hits.highlighted is not None)
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, ScanScreen))
        await play.until(lambda: play.table.selected is not None and play.table.selected.name == "three")


@in_virtual_time
async def test_a_jump_to_a_device_that_is_not_listed_says_why() -> None:
    async with stage() as play:
        await three(play)
        await play.press("minus", "slash", *"name=one", "enter")
        for address, why in (("C0:00:00:00:00:02", "hidden by hand"), ("C0:00:00:00:00:03", "filter"), ("X", "heard")):
            play.scan.jump(address)
            assert why in play.text("#status")


def test_a_whole_name_is_liker_than_its_start_and_that_than_a_part() -> None:
    store = DeviceStore()
    store.update([heard(1, name="Door 4")])
    (device,) = store.devices.values()
    found = [
        likeness(device.name or "", device.address, wanted) for wanted in ("door 4", "door", "oor", "c0:00", "nope")
    ]
    assert found == [*sorted(found[:3], reverse=True), found[1], 0.0]


def test_the_best_lanes_come_first_and_ties_in_the_order_of_their_ids() -> None:
    store = DeviceStore()
    store.update(
        [heard(1, -50, lane="b/0"), heard(1, -60, lane="a/0"), heard(2, -50, lane="b/0"), heard(3, lane="c/0")]
    )
    assert best_lanes(list(store.devices.values()), 9) == ("b/0", "c/0", "a/0")
    assert best_lanes(list(store.devices.values()), 1) == ("b/0",)


def test_a_lane_cell_tells_now_from_then_and_never_guesses() -> None:
    store = DeviceStore()
    store.update([heard(1, -50, lane="a/0"), heard(1, lane="b/0")._replace(rssi=None)])
    (device,) = store.devices.values()
    cells = [lane_column(lane).text(device, NOW + 1, UNICODE).strip() for lane in ("a/0", "b/0", "c/0")]
    assert cells == ["-50", "·", ""]
    assert lane_column("a/0").text(device, NOW + 11, UNICODE) == "(-50)"


@pytest.mark.parametrize(
    ("size", "first", "shown"),
    [(80, False, 0), (154, False, 3), (80, True, 3), (60, True, 2), (54, True, 1), (50, True, 0)],
)
def test_lanes_are_dropped_before_what_every_row_needs(size: int, first: bool, shown: int) -> None:
    lanes = [lane_column(f"a/{n}") for n in range(3)]
    placed = layout(size, lanes, lanes_first=first)
    assert [place.column.lane for place in placed if place.column.lane] == [f"a/{n}" for n in range(shown)]
    assert {"name", "address", "rssi"} <= {place.column.id for place in placed}
    assert placed[-1].x + placed[-1].width + 1 == size


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("company=0x004C", "0x004C Apple = bytes 4C 00"), ("rssi>-60 and not company=0x0B1B", " = bytes 1B 0B"),
        ("company=0x59 or company=0x4c", " = bytes 59 00; 0x004C Apple"), ("rssi>-60", ""),
    ],
)  # fmt: skip
def test_a_company_is_echoed_with_its_bytes(expression: str, said: str) -> None:
    told = echo(parse(expression))
    assert said in told
    assert bool(told) == bool(said)


@in_virtual_time
async def test_the_bar_echoes_a_company_while_it_is_typed() -> None:
    async with stage() as play:
        await play.press("slash")
        assert "and or not ( )" in play.text("#filter-says")
        await play.press(*"company=apple")
        assert "0x004C Apple = bytes 4C 00" in play.text("#filter-says")


@in_virtual_time
async def test_the_sort_bar_names_every_column_on_a_narrow_terminal() -> None:
    async with stage(size=(60, 20)) as play:
        await three(play)
        await play.press("s")
        bar = "\n".join(words(line) for line in play.scan.query_one("SortBar").lines)  # type: ignore[attr-defined]
        assert all(column.title in bar for column in BY_ID.values() if column.letter)
        assert len(bar.splitlines()) == 2


@in_virtual_time
async def test_the_palette_runs_the_commands_of_the_place_that_has_the_focus() -> None:
    async with stage() as play:
        await three(play)
        for mode, typed in ((None, "keep the device on top"), ("2", "start nothing new")):
            if mode:
                await play.press(mode)
                await play.until(lambda: play.app.current_mode == "connections")
            await play.press("ctrl+p", *typed)
            hits = play.app.screen.query_one(CommandList)
            await play.until(lambda shown=hits: shown.option_count == 1 and shown.highlighted is not None)  # type: ignore[misc]
            await play.press("enter")
            await play.until(lambda: play.app.screen.query("#status, #body"))
            if not mode:
                assert "two stays on top" in play.text("#status")
            else:
                await play.press("j")
                assert "paused" in play.text("#body").lower()
