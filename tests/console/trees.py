"""The attributes of devices of the simulator's lab, come to by keys on a running console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bletui.backends.simulator.lab import address
from bletui.console.known import Known
from bletui.console.screens.dialogue import TextDialogue
from bletui.console.screens.gatt import GattScreen
from bletui.console.settings import Source
from bletui.console.widgets.tree_keys import TreeKeys
from bletui.decode.attributes import Attribute
from tests.console.linking import LAB, linked
from tests.console.real import Play, console


def pane(play: Play) -> TreeKeys:
    return play.app.screen.query_one(TreeKeys)


@asynccontextmanager
async def opened(
    *roles: str, size: tuple[int, int] = (80, 24), target: str = LAB, source: Source | None = None
) -> AsyncIterator[Play]:
    """The tree of the first role's device; all of them are connected."""
    async with console(target, size=size, source=source) as play:
        for role in reversed(roles):
            await linked(play, address(role))
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, GattScreen) and pane(play).attributes)
        yield play


async def on(play: Play, name: str) -> Attribute:
    """Puts the cursor on the attribute of that name."""
    one = next(one for one in pane(play).attributes.values() if one.name == name and one.kind != "service")
    await play.until(lambda: pane(play).select(one.handle))
    return one


def known(play: Play, one: Attribute) -> Known:
    return pane(play).known(one.handle)


async def answer(play: Play, key: str, text: str) -> None:
    await play.press(key)
    await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
    await play.press("ctrl+u", *text)
    play.app.paint()


async def back(play: Play) -> None:
    await play.press("enter")
    await play.until(lambda: isinstance(play.app.screen, GattScreen))
