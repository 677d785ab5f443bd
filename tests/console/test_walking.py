"""Walk: the large number, what stands below it, and its keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.console.digits import COLUMNS, ROWS, SIGNS, drawn, scale
from bletui.console.glyphs import ASCII, UNICODE
from bletui.console.screens.walk import WalkScreen
from bletui.console.spans import width, words
from bletui.console.walking import Sight, trend_words, walk_lines
from bletui.devices import Device, DeviceStore
from bletui.devices.trail import SPAN, Steps, Trail
from bletui.model import Lane, LaneChanged
from bletui.testing.virtual_time import in_virtual_time
from tests.console.stage import NOW, Stage, heard, stage

LEVELS = st.lists(st.none() | st.integers(-120, 20), max_size=40)


@given(st.integers(1, 5), st.integers(0, 250), st.integers(-3, 80))
def test_a_number_fills_its_room_and_no_more(signs: int, across: int, high: int) -> None:
    dot, down = scale(signs, across, high)
    if not down:
        assert across < signs * (COLUMNS + 1) - 1 or high < ROWS
        return
    rows = drawn("8" * signs, dot, down)
    assert len(rows) == ROWS * down <= high
    assert {len(row) for row in rows} == {(signs * (COLUMNS + 1) - 1) * dot}
    assert len(rows[0]) <= across


def test_every_sign_has_its_dots_and_no_two_are_alike_at_a_glance() -> None:
    for one, dots in SIGNS.items():
        assert [len(row) for row in dots] == [COLUMNS] * ROWS
        for other, others in SIGNS.items():
            if one != other:
                differing = sum(
                    a != b for row, under in zip(dots, others, strict=True) for a, b in zip(row, under, strict=True)
                )
                assert differing >= 3, (one, other)


@given(st.lists(LEVELS, min_size=1, max_size=8))
def test_a_trail_keeps_least_mean_and_greatest_of_every_report_since_it_began(batches: list[list[int | None]]) -> None:
    trail, count = Trail(), 0
    taken: list[int | None] = []
    for second, batch in enumerate(batches):
        count += len(batch)
        if count:
            taken += batch if trail.seen >= 0 else batch[-1:]
            trail.take(count, batch, float(second))
    known = [level for level in taken if level is not None]
    assert list(trail.levels) == taken
    assert (trail.least, trail.most) == ((min(known), max(known)) if known else (None, None))
    assert trail.mean == (sum(known) / len(known) if known else None)


def test_the_level_is_that_of_the_newest_reports_and_not_known_where_the_newest_had_none() -> None:
    trail = Trail()
    for count, rssi in enumerate([-90, -60, -62, -64], 1):
        trail.take(count, [rssi], float(count))
    assert trail.level == -62
    trail.take(5, [None], 5.0)
    assert trail.level is None
    trail.take(6, [-60], 6.0)
    assert trail.level == -62


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(-80, -60, "nearer, +20 dB"), (-60, -80, "farther, -20 dB"), (-60, -61, "= steady")],
)
def test_a_trend_is_said_in_words(before: int, after: int, said: str) -> None:
    trail = Trail()
    trail.take(1, [before], 0.0)
    trail.take(2 * SPAN, [before] * (SPAN - 1) + [after] * SPAN, 1.0)
    assert said in trend_words(trail.trend, UNICODE).text
    assert trend_words(None, UNICODE).text == "listening"


def walked(levels: list[int | None], lanes: int) -> tuple[Device, Steps]:
    store, steps = DeviceStore(), Steps()
    for n, rssi in enumerate(levels):
        store.update(heard(1, at=NOW + n, lane=f"a/{lane}")._replace(rssi=rssi) for lane in range(lanes))
        steps.take(next(iter(store.devices.values())), float(n))
    return next(iter(store.devices.values())), steps


@given(
    LEVELS.filter(bool), st.integers(1, 9), st.integers(20, 200), st.integers(0, 50), st.booleans(), st.floats(0, 99)
)
def test_the_lines_fit_any_terminal(
    levels: list[int | None], lanes: int, across: int, high: int, plain: bool, silent: float
) -> None:
    device, steps = walked(levels, lanes)
    sight = Sight({}, NOW + len(levels) - 1 + silent, ASCII if plain else UNICODE, across, high)
    lines = walk_lines(device, steps, sight)
    assert len(lines) <= max(1, high)
    assert all(width(line) <= across for line in lines)
    assert not plain or all(words(line).isascii() for line in lines)


@pytest.mark.parametrize(
    ("across", "high", "down"),
    [(40, 9, 1), (60, 17, 2), (80, 21, 2), (120, 37, 4), (200, 47, 5)],
)
def test_the_number_is_large_on_every_terminal_and_every_lane_is_told(across: int, high: int, down: int) -> None:
    device, steps = walked([-60], 3)
    sight = Sight({}, NOW, UNICODE, across, high)
    lines = [words(line) for line in walk_lines(device, steps, sight)]
    assert sum("█" in line for line in lines if "min" not in line and len(line) > 10) >= ROWS * down - 3 * down
    below = "\n".join(lines)
    if high > 9:
        assert below.count("-60") >= 3
    assert "min  -60 mean  -60 max  -60" in below


def test_silence_is_said() -> None:
    device, steps = walked([-60], 1)
    lines = walk_lines(device, steps, Sight({}, NOW + 12, UNICODE, 80, 21))
    assert any("not heard for 12 s" in words(line) for line in lines)


def test_the_lane_that_is_followed_goes_round() -> None:
    device, steps = walked([-60], 2)
    assert [steps.follow_next(device) for _ in range(3)] == ["a/0", "a/1", None]


def walk(play: Stage) -> WalkScreen:
    assert isinstance(play.app.screen, WalkScreen)
    return play.app.screen


@in_virtual_time
async def test_walk_shows_one_device_follows_a_lane_begins_again_and_leads_back() -> None:
    first = LaneChanged(NOW, Lane("tiny/0", "left"))
    async with stage(first, LaneChanged(NOW, Lane("tiny/1", "right"))) as play:
        await play.say(heard(1, -80, name="door", lane="tiny/0"), heard(1, -60, name="door", lane="tiny/1"))
        await play.press("w")
        assert "door  C0:00:00:00:00:01" in play.text("#walk-title")
        assert "dBm on right" in play.text("#walk")
        await play.press("tab")
        assert "only left" in play.text("#walk-title")
        assert "dBm on left" in play.text("#walk")
        await play.press("b")
        assert "bell on" in play.text("#walk-title")
        await play.say(*(heard(1, -40, name="door", lane="tiny/0") for _ in range(3)))
        assert walk(play).rings == 1
        assert "min  -80 mean  -50 max  -40" in play.text("#walk")
        await play.press("r")
        assert "min  -40 mean  -40 max  -40" in play.text("#walk")
        await play.press("escape")
        assert play.scan.focused is play.table


@in_virtual_time
async def test_a_device_that_was_given_up_is_said_to_be_unheard() -> None:
    async with stage() as play:
        await play.say(heard(1))
        await play.press("w")
        play.session.store.devices.clear()
        await play.beat()
        assert "Not heard" in play.text("#walk")
