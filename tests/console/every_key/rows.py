"""One row per command and place of the focus: what its keys do there, on a running console over the simulator."""

from __future__ import annotations

import string
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual._callback import invoke

from bletui.console import app as app_module
from bletui.console.app import Console
from bletui.console.commands import BY_ID, FOCUS, Command, of
from bletui.console.frames import Frames
from bletui.console.keymap import key_of
from bletui.console.palette import CommandProvider
from bletui.console.settings import Look, Settings
from bletui.session import Session
from bletui.target import parse
from bletui.testing.virtual_time import clock
from tests.console.piloted import piloted
from tests.console.real import Play

INTERRUPT = "app.interrupt"  # acts with any focus
PRINTED = frozenset((*map(key_of, string.printable.strip()), "space"))
EDITING = frozenset(("backspace", "delete", "left", "right", "home", "end"))
TEXT = frozenset(("filter", "field"))  # where a printable key is typed

Step = Callable[[Play], Awaitable[None]]
Effect = Callable[[Play], Callable[[], object]]  # asked before the key is pressed, for what has to hold after it


async def nothing(play: Play) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Row:
    """`first` brings about what the key needs; what `effect` gives must not hold before the key, and must after."""

    command: str
    effect: Effect
    first: Step = nothing


@dataclass(frozen=True, slots=True)
class Scene:
    """A place of the focus on one screen; `arrive` brings the console there from anywhere.

    `idle`: commands that can do nothing there, each with the reason.
    """

    name: str
    focus: str
    targets: tuple[str, ...]
    arrive: Step
    rows: tuple[Row, ...]
    idle: tuple[tuple[str, str], ...] = ()
    size: tuple[int, int] = (80, 24)


# -- what has to be pressed


def places(focus: str) -> tuple[str, ...]:
    return FOCUS.get(focus, (focus,))


def keys(focus: str) -> dict[str, tuple[str, ...]]:
    """The keys of every command that acts with this focus, but those that an inner place takes from it."""
    taken: set[str] = {*PRINTED, *EDITING} if focus in TEXT else set()
    acting: dict[str, tuple[str, ...]] = {}
    for place in places(focus):
        here = list(of(place))
        acting |= {command.id: tuple(key for key in command.keys if key not in taken) for command in here}
        taken |= {key for command in here for key in command.keys}
    acting[INTERRUPT] = BY_ID[INTERRUPT].keys
    return {name: left for name, left in acting.items() if left}


def missing(scene: Scene) -> set[str]:
    """Commands that act there and have no row."""
    return set(keys(scene.focus)) - {row.command for row in scene.rows} - {name for name, _ in scene.idle}


# -- effects


def turns(what: Callable[[Play], object]) -> Effect:
    """Another value than before."""

    def effect(play: Play) -> Callable[[], object]:
        before = what(play)
        return lambda: what(play) != before

    return effect


def becomes(what: Callable[[Play], object], wanted: object = True) -> Effect:
    return lambda play: lambda: what(play) == wanted


def compares(what: Callable[[Play], int], sign: int) -> Effect:
    """Less (-1) or more (1) than before."""

    def effect(play: Play) -> Callable[[], object]:
        before = what(play)
        return lambda: (what(play) - before) * sign > 0

    return effect


def screen_is(kind: type) -> Effect:
    return becomes(lambda play: isinstance(play.app.screen, kind))


def mode_is(mode: str) -> Effect:
    return becomes(lambda play: play.app.current_mode, mode)


def has_class(name: str) -> Callable[[Play], object]:
    return lambda play: play.app.screen.has_class(name)


def says(words: str, selector: str = "#body") -> Effect:
    return becomes(lambda play: words in play.text(selector))


# -- a console that can be left and goes on


class Held(Console):
    """Keeps what ended it or sent it to the shell; `test_leaving` and the pty tests end it for good."""

    CSS_PATH = str(Path(app_module.__file__).with_name("bletui.tcss"))  # Textual looks beside the subclass

    def __init__(self, targets: tuple[str, ...]) -> None:
        look = Look(theme="bletui", ascii=False, slow=False, forced=True)
        wanted = [parse(target) for target in targets]
        super().__init__(wanted, Settings(), look, lambda opened, given: Session(opened, clock=given), clock())
        self.left: list[int] = []
        self.suspended = 0
        self.held = True

    def exit(self, result: None = None, return_code: int = 0, message: object = None) -> None:
        if self.held:
            self.left.append(return_code)
        else:
            super().exit(return_code=return_code)

    def action_suspend_process(self) -> None:
        self.suspended += 1


@asynccontextmanager
async def held(scene: Scene) -> AsyncIterator[Play]:
    app = Held(scene.targets)
    async with piloted(app, scene.size) as pilot:
        play = Play(app, pilot)
        await play.until(lambda: app.session is not None and app.listing is not None)
        await play.until(lambda: all(j.attachment or j.failure for j in play.session.radios.values()))
        yield play
        app.held = False


def own(play: Play) -> Held:
    assert isinstance(play.app, Held)
    return play.app


async def plain(play: Play, mode: str) -> None:
    """That mode alone, nothing over it."""
    app = own(play)
    app.left.clear()
    app.frames = Frames(app)  # after `q`: its beat has ended
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    if app.current_mode != mode:
        await app.switch_mode(mode)
        while len(app.screen_stack) > 1:
            await app.pop_screen()
    await play.until(lambda: app.screen.is_mounted and app.screen.size.width)


# -- pressing


async def rows_held(play: Play, scene: Scene) -> AsyncIterator[str]:
    """Presses every key of every row; gives what had no effect."""
    acting = keys(scene.focus)
    for row in scene.rows:
        command = BY_ID[row.command]
        ways = [*acting.get(row.command, ()), *(["palette"] if from_palette(scene, command) else [])]
        for way in ways:
            wrong = await _pressed(play, scene, row, way)
            if wrong:
                yield f"{row.command} by {way} in {scene.name}: {wrong}"


def from_palette(scene: Scene, command: Command) -> bool:
    """Once per command, where its own keys act; the app's in Scan."""
    return command.palette and (command.place == scene.focus or (command.place, scene.name) in PALETTE_HOMES)


PALETTE_HOMES = {("scan", "list"), ("app", "list"), ("links", "links")}


async def _pressed(play: Play, scene: Scene, row: Row, way: str) -> str:
    try:
        await scene.arrive(play)
        await row.first(play)
    except TimeoutError as late:
        return f"never got there, but to {play.app.screen!r} {traceback.extract_tb(late.__traceback__)[1].line}"
    done = row.effect(play)
    if done():
        return "what it should bring about was so before"
    try:
        if way == "palette":
            await choose(play, BY_ID[row.command])
        else:
            await play.press(way)
        await play.until(done)
    except TimeoutError:
        return f"no effect; {play.app.screen!r}, {play.app.focused!r}:\n{play.everything()}"
    return "" if done() else "the next frame undoes it"


async def choose(play: Play, command: Command) -> None:
    """As the palette does: what was typed is searched for, and what was found is run over the screen below."""
    found = CommandProvider(play.app.screen).search(command.label)
    wanted = f"{command.label}  {command.shown_key}"
    runs = [hit.command async for hit in found if hit.prompt == wanted]
    for run in runs[:1]:
        await invoke(run)
    await play.pilot.pause()
