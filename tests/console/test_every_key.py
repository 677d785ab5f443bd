"""Every key of the command table does something, wherever it acts: on the radio or on the screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bletui.console.columns import COLUMNS
from bletui.console.commands import BY_ID, COMMANDS, FOCUS, bindings
from bletui.console.listing import Sort
from bletui.console.palette import CommandProvider
from bletui.console.widgets.sort_bar import SortBar
from bletui.testing.virtual_time import in_virtual_time, run
from tests.console.every_key import cards, dialogues, links, log, scan, tree
from tests.console.every_key.rows import PRINTED, Row, Scene, becomes, held, keys, missing, places, rows_held
from tests.console.real import Play
from tests.console.screenshots_links import ROUTER, Scripted, dialogue_copy, site
from tests.console.stage import stage

SCENES = (*scan.SCENES, *links.SCENES, *tree.SCENES, *log.SCENES, *cards.SCENES, *dialogues.SCENES)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_command_that_acts_there_has_a_row(scene: Scene) -> None:
    assert missing(scene) == set()
    assert {row.command for row in scene.rows} <= set(keys(scene.focus)), "a row for a key that does not act there"
    assert {name for name, _ in scene.idle} <= set(keys(scene.focus)), "an excuse for a key that does not act there"


def test_every_place_and_every_command_has_a_scene() -> None:
    assert {command.place for command in COMMANDS} <= {place for scene in SCENES for place in places(scene.focus)}
    assert set(FOCUS) <= {scene.focus for scene in SCENES}
    pressed = {row.command for scene in SCENES for row in scene.rows}
    assert set(BY_ID) - pressed == {"copy.curl"}, "which `test_a_router_is_called_by_curl` presses"


def told(scene: Scene) -> list[str]:
    async def pressed() -> list[str]:
        async with held(scene) as play:
            return [wrong async for wrong in rows_held(play, scene)]

    return run(pressed, limit=None)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_key_has_an_effect(scene: Scene) -> None:
    wrong = told(scene)
    assert not wrong, "\n".join(wrong)


def test_a_key_without_effect_is_told() -> None:
    never = Row("sort.leave", becomes(lambda play: "nothing says this"))
    before = Row("sort.leave", becomes(lambda play: play.app.is_running))
    wrong = told(replace(scan.SORT, rows=(never, before)))
    assert [text.partition(";")[0] for text in wrong] == [
        "sort.leave by escape in sort: no effect",
        "sort.leave by escape in sort: what it should bring about was so before",
    ]


@in_virtual_time
async def test_every_letter_sorts_and_turns_the_order_round() -> None:
    async with held(scan.LIST) as play:
        await scan.scan(play)
        for column in COLUMNS:
            if column.letter:
                orders = {await sorted_by(play, column.letter) for _ in range(2)}
                assert orders == {Sort(column.id, descending=True), Sort(column.id, descending=False)}
        lanes = scan.screen(play).lane_columns
        assert len(lanes) == 3
        for digit, lane in enumerate(lanes, 1):
            assert (await sorted_by(play, str(digit))).lane == lane.lane


async def sorted_by(play: Play, key: str) -> Sort:
    await play.press("s")
    await play.until(lambda: isinstance(play.app.focused, SortBar))
    await play.press(key)
    await play.until(lambda: not isinstance(play.app.focused, SortBar))
    return scan.listing(play).sort


@pytest.mark.parametrize("scene", [scan.FILTER, dialogues.FIELD, tree.FILTER], ids=lambda scene: scene.name)
def test_what_can_be_printed_is_typed_and_commands_nothing(scene: Scene) -> None:
    """Every printable key that is a command's anywhere."""
    printed = sorted({key for command in BY_ID.values() for key in command.keys} & PRINTED)

    async def types() -> None:
        async with held(scene) as play:
            await scene.arrive(play)
            field, before = play.app.focused, play.app.screen
            await play.press("ctrl+u", *printed)
            assert (play.app.focused, play.app.screen) == (field, before)
            assert len(getattr(field, "value", "")) == len(printed)

    run(types)


@in_virtual_time
async def test_a_router_is_called_by_curl() -> None:
    async with stage(targets=[f"cassia://{ROUTER}"], backends={"router": Scripted(*site())}) as play:
        await dialogue_copy(play)
        assert play.app.clipboard == ""
        await play.press(BY_ID["copy.curl"].keys[0])
        assert play.app.clipboard.startswith("curl ")


@in_virtual_time
async def test_the_palette_has_every_command_that_acts_there() -> None:
    """Also the app's, wherever a mode is in sight, and in parentheses what can't act on what is under the cursor."""
    for scene in (scan.LIST, links.LINKS, tree.TREE, log.LOG, cards.PROBLEMS):
        wanted = {name for name in keys(scene.focus) if BY_ID[name].palette}
        async with held(replace(scene, targets=("sim:lab?lanes=1",))) as play:
            await play.app.switch_mode(MODES[scene.focus])
            await play.until(lambda: play.app.screen.is_mounted and play.app.screen.size.width)
            provider = CommandProvider(play.app.screen)
            listed = [str(hit.text).strip("()") async for hit in provider.discover()]
            for name in wanted:
                title = f"{BY_ID[name].label}  {BY_ID[name].shown_key}"
                assert title in listed, name
                found = [str(hit.prompt).strip("()") async for hit in provider.search(BY_ID[name].label)]
                assert title in found, name


MODES = {"list": "scan", "links": "connections", "tree": "gatt", "log": "log", "problems": "problems"}


def test_the_prefixes_of_tmux_and_screen_are_free_wherever_keys_act() -> None:
    taken = {key for scene in SCENES for each in keys(scene.focus).values() for key in each}
    bound = {getattr(one, "key", "") for place in {command.place for command in COMMANDS} for one in bindings(place)}
    assert not {"ctrl+a", "ctrl+b"} & (taken | {key for each in bound for key in each.split(",")})
