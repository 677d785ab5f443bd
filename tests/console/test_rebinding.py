"""Other keys while the console runs: every place goes by them, and giving them back leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.dom import DOMNode

from bletui.console import commands
from bletui.console.commands import BY_ID
from bletui.console.keymap import remapped
from bletui.console.rebinding import rebind
from bletui.console.screens.scan import ScanScreen
from bletui.console.widgets.tree_keys import TreeKeys
from bletui.testing.virtual_time import in_virtual_time
from tests.console.stage import Stage, heard, stage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    commands.remap(remapped({}))


def ids(node: type[DOMNode] | DOMNode, key: str) -> list[str | None]:
    """The commands that a key calls there, the first that acts first."""
    bindings = node._bindings if isinstance(node, DOMNode) else node._merged_bindings
    assert bindings is not None
    return [binding.id for binding in bindings.key_to_bindings.get(key, [])]


def every(at: Stage) -> dict[str, list[str | None]]:
    nodes = [at.app, at.app.screen, *at.app.screen.walk_children()]
    return {f"{n} {key}": ids(node, key) for n, node in enumerate(nodes) for key in node._bindings.key_to_bindings}


def remap(at: Stage, **keys: tuple[str, ...]) -> None:
    commands.remap(remapped({name.replace("_", ".", 1): wanted for name, wanted in keys.items()}))
    rebind(at.app)


@in_virtual_time
async def test_classes_and_what_is_open_change_and_come_back() -> None:
    async with stage() as at:
        await at.say(heard(1))
        before, classes = every(at), (ids(ScanScreen, "p"), ids(TreeKeys, "enter"))
        remap(at, scan_pin=("z", "ctrl+y"), app_theme=("p",))
        assert ids(ScanScreen, "p") == []
        assert ids(ScanScreen, "z") == ids(at.scan, "ctrl+y") == ["scan.pin"]
        assert ids(at.app, "p") == ["app.theme"]
        await at.press("z")
        assert "stays on top" in at.text("#status")
        await at.beat()
        assert BY_ID["scan.pin"].shown_key == "z"
        remap(at)
        assert every(at) == before
        assert (ids(ScanScreen, "p"), ids(TreeKeys, "enter")) == classes


@in_virtual_time
async def test_a_key_that_an_inner_command_gives_up_is_the_outer_ones_again() -> None:
    async with stage() as at:
        assert ids(TreeKeys, "enter") == ["tree.read"]
        remap(at, tree_read=("z",))
        assert ids(TreeKeys, "enter") == ["card.unfold"]
        assert ids(TreeKeys, "z") == ["tree.read"]
        remap(at)
        assert ids(TreeKeys, "enter") == ["tree.read"]


@in_virtual_time
async def test_two_commands_may_change_places() -> None:
    async with stage() as at:
        remap(at, scan_pin=("w",), scan_walk=("p",))
        assert (ids(at.scan, "w"), ids(at.scan, "p")) == (["scan.pin"], ["scan.walk"])
        remap(at)


@in_virtual_time
async def test_the_letters_that_sort_stay() -> None:
    async with stage() as at:
        await at.say(heard(1))
        remap(at, scan_sort=("z",))
        await at.press("z", "n")
        assert "sorted by Name" in at.text("#status")
        remap(at)
