"""A person who presses any key, at a busy site: what the console was led to, and what must hold all the while.

python -m benchmarks.key_walk [--seed N] [--steps N]; exit 1 where something was never reached
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom
from tempfile import TemporaryDirectory

from textual import events
from textual.actions import ActionParseResult
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from benchmarks.key_goals import ASKING, GOALS, MEANT, MODES, ODD, PAGES, RARE, SEEN, STRAY, TITLES, leading
from benchmarks.steady import steady
from bletui import registry
from bletui.backend import Env
from bletui.backends.simulator.backend import Simulator
from bletui.backends.simulator.lab import address
from bletui.clock import Clock
from bletui.console import app as app_module
from bletui.console.app import Console
from bletui.console.commands import BY_ID
from bletui.console.leaving import LeaveDialogue
from bletui.console.links import Row
from bletui.console.screens.dialogue import Dialogue
from bletui.console.settings import Look, Settings
from bletui.console.widgets.device_table import DeviceTable
from bletui.console.widgets.rows import Rows
from bletui.model import Connect, Pair, Snapshot
from bletui.radio import QueuedRadio, Radio
from bletui.session import Session
from bletui.target import Target, parse
from bletui.testing import virtual_time
from bletui.testing.virtual_time import clock
from bletui.text import is_clean

SITE = "sim:lab?lanes=3&devices=20&seed={}&fault=connect:busy:20%,connect:failed:10%,read:timeout:5%"
FAULTS = ",drop:timeout:5%,stream:broken[router/0]@10s-20s/1m"
LIFE = 250  # steps of one console
LAST = ("app.quit", "app.interrupt", "leave.accept")  # they end a life: each presses one of them at its end
HOMES = tuple(f"app.{mode}" for mode in sorted(MODES))


def _questions(row: Row) -> bool:
    """A link whose pairing asks a person."""
    return row.link is not None and row.link.state == "up" and not row.link.bonded and row.address in ASKING


def _attribute(row: Row) -> bool:
    return isinstance(row.key, int)


PURPOSES: tuple[tuple[str, str, Callable[[Row], object]], ...] = (
    ("notice.leave", "links.pair", lambda row: _questions(row) and row.address == address("types a passkey")),
    ("Pairing", "links.pair", _questions),
    ("Disconnect a foreign link", "links.disconnect", lambda row: row.link is not None and row.link.foreign),
    ("Adopt a foreign link", "links.adopt", lambda row: row.link is not None and row.link.foreign),
    ("Unpair", "links.unpair", lambda row: row.bond is not None or (row.link is not None and row.link.bonded)),
    ("tree.read", "links.gatt", lambda row: row.link is not None and row.link.state == "up"),
    *((goal, command, _attribute) for goal, command in (("Copy", "tree.copy"), ("copy.curl", "tree.copy"),
      ("copy.bleak", "tree.copy"), ("copy.command", "tree.copy"), ("copy.leave", "tree.copy"), ("Write", "tree.write"),
      ("Alert", "tree.alert"), ("alerts.remove", "tree.alert"), ("alerts.open", "tree.alert"), ("Lens", "tree.lens"))),
)  # fmt: skip


class Watched(Console):
    CSS_PATH = str(Path(app_module.__file__).with_name("bletui.tcss"))  # Textual looks beside the subclass

    """Tells which commands were run, whatever key or palette they came by."""

    def __init__(self, reached: Counter[str], seed: int) -> None:
        look = Look(theme="bletui", ascii=False, slow=False, forced=True)
        target = parse(SITE.format(seed) + FAULTS)
        super().__init__([target], Settings(), look, self._session, clock())
        self.reached = reached
        self.simulators: list[Simulator] = []

    def _session(self, opened: Sequence[Target], given: Clock) -> Session:
        return Session(opened, clock=given, open_radio=self._open)

    async def _open(self, target: Target, env: Env) -> Radio:
        radio = await registry.open_radio(target, env)
        if isinstance(radio, QueuedRadio) and isinstance(radio.backend, Simulator):
            self.simulators.append(radio.backend)
        return radio

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: object = None,
    ) -> bool:
        for keys in (default_namespace or self)._bindings.key_to_bindings.values():
            self.reached.update({one.id for one in keys if one.id and one.action == action} & GOALS)
        return await super().run_action(action, default_namespace)


@dataclass
class Walk:
    """`reached` counts commands, modes, dialogues and pages; `trail` has the newest keys."""

    seed: int
    reached: Counter[str] = field(default_factory=Counter)
    trail: list[str] = field(default_factory=list)
    steps: int = 0

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)
        self._wanted = GOALS

    @property
    def missed(self) -> frozenset[str]:
        return GOALS - set(self.reached)

    async def life(self, steps: int) -> None:
        """One console from its start to its end, which is one of the keys that end it."""
        app = Watched(self.reached, self._chance.randrange(1000))
        async with app.run_test(size=self._chance.choice(((80, 24), (60, 20), (120, 40)))) as pilot:
            while app.session is None or app.listing is None:
                await pilot.pause(0.1)
            for _ in range(steps):
                await self.step(app, pilot)
            while len(app.screen_stack) > 1:
                app.pop_screen()
            await pilot.press("escape")
            await self._leave(app, pilot)

    async def _leave(self, app: Watched, pilot: Pilot[None]) -> None:
        """By one of the keys that end a life; where links of ours would end, it is asked and answered first."""
        if self.steps // LIFE % 2:
            await pilot.press(self._chance.choice(("q", "ctrl+q")))
            if isinstance(app.screen, LeaveDialogue):
                self.reached.update(("Leave",))
                await pilot.press("n", "q", "q")
        else:
            await pilot.press("ctrl+c")
        while app.is_running:
            await pilot.pause(0.1)

    async def step(self, app: Watched, pilot: Pilot[None]) -> None:
        self.steps += 1
        field = app.focused
        if isinstance(field, Input) and self._chance.random() < 0.7:
            text = self.text(app)
            self._note(f"pasted {text!r}")
            await pilot.press("ctrl+u")
            field.post_message(events.Paste(text))
        key = ""
        if isinstance(field, Rows) and field.lines and self._chance.random() < 0.5:
            key = self._purpose(field)
            if not key:
                self._aim(field)
        key = key or self.key(app)
        self._note(key)
        await pilot.press(key)
        await asyncio.sleep(self._chance.choice((0.01, 0.1, 0.3, 3.0)))
        app.beat()
        await pilot.pause()
        self.look(app)

    def _note(self, done: str) -> None:
        self.trail = [*self.trail[-40:], done]

    def _purpose(self, field: Rows) -> str:
        """The key of something that was never reached and can be done at some row, with the cursor there."""
        for goal, command, fits in PURPOSES:
            there = [row.key for row in field._rows if row.key is not None and fits(row)]
            if goal not in self.reached and there and getattr(field, "place", "") == command.partition(".")[0]:
                field.select(self._chance.choice(there))
                return BY_ID[command].keys[0]
        return ""

    def _aim(self, field: Rows) -> None:
        """Puts the cursor somewhere, as many presses of j and k would; rather where something rare can be done."""
        keys = [row.key for row in field._rows if row.key is not None]
        rare = [key for key in keys if any(each in str(key) for each in RARE)]
        field.select(self._chance.choice(rare if rare and self._chance.random() < 0.6 else keys or [None]))

    def _weight(self, name: str) -> float:
        if name in self._wanted:
            return 1.0 if self.reached[name] else 6.0
        return max(1 / (1 + self.reached[name]), 0.3 if name in HOMES else 0.0)

    def text(self, app: Watched) -> str:
        """Mostly what may stand in the field."""
        title = app.screen._title if isinstance(app.screen, Dialogue) else ""
        if title == "Connect" and {"Pairing", "notice.leave"} - set(self.reached) and self._chance.random() < 0.7:
            return address("types a passkey") if "Pairing" in self.reached else self._chance.choice(sorted(ASKING))
        meant = next(texts for begins, texts in MEANT.items() if title.startswith(begins))
        return self._chance.choice(meant if self._chance.random() < 0.8 else ODD)

    def key(self, app: Watched) -> str:
        """Rather one that was seldom pressed."""
        nodes = [bound for node, bound in app.screen._modal_binding_chain if isinstance(node, Widget | Console)]
        bound = [(key, one.id) for each in nodes for key, many in each.key_to_bindings.items() for one in many]
        known = [(key, name) for key, name in bound if name and name not in LAST]
        if not known:  # the palette, whose keys are Textual's
            return self._chance.choice(("escape", "enter", "down"))
        if self._chance.random() < 0.05:
            return self._chance.choice(STRAY)
        self._wanted = leading(self.missed)
        weights = [self._weight(name) for _, name in known]
        return self._chance.choices([key for key, _ in known], weights)[0]

    def look(self, app: Watched) -> None:
        """What holds after every key."""
        screen = app.screen
        assert app._exception is None, repr(app._exception)
        self.reached.update({app.current_mode, *self._over(screen)} & GOALS)
        focused = app.focused
        if focused is None:
            assert not any(one.focusable for one in screen.query("*")), f"nothing has the focus on {screen!r}"
        else:
            place = focused.region.intersection(screen.region)
            assert focused.is_attached, f"{focused!r} has the focus and is gone"
            assert focused.screen is screen, f"{focused!r} has the focus and is of another screen"
            instead = isinstance(focused, DeviceTable) and screen.has_class("-empty")  # why it has no row stands there
            assert place.area or instead, f"{focused!r} has the focus and is out of sight at {focused.region}"
        for line in screen._compositor.render_strips(app.size):
            assert all(is_clean(part.text) for part in line if not part.control), f"raw on the screen: {line.text!r}"
        for joined in app.session.radios.values() if app.session else ():
            for wrong in broken_rules(joined.state):
                raise AssertionError(wrong)
        for simulator in app.simulators:
            for lane, most in simulator.most_asking.items():
                assert most <= 1, f"{most} connect or pair calls at once came to {lane}"

    def _over(self, screen: Screen[object]) -> Iterator[str]:
        """The dialogue or page in sight; one that is not known of ends the walk."""
        if isinstance(screen, Dialogue):
            found = next((title for title in (*TITLES, *SEEN) if screen._title.startswith(title)), None)
            assert found, f"add the dialogue {screen._title!r} to benchmarks/key_goals.py"
            yield found
        elif type(screen).__module__.rpartition(".")[2] not in MODES:
            assert type(screen).__name__ in PAGES, f"add the page {screen!r} to benchmarks/key_goals.py"
            yield type(screen).__name__


def broken_rules(state: Snapshot) -> Iterator[str]:
    """What the queue promises of every moment, as a viewer at the radio can check it."""
    operations = [changed.operation for changed in state.operations.values()]
    for name, changed in state.lanes.items():
        lane = changed.lane
        busy = [one for one in operations
                if one.state == "running" and one.lane == name and isinstance(one.request, Connect | Pair)]  # fmt: skip
        up = sum(link.peer.lane == name for link in state.links.values())
        if len(busy) > 1:
            yield f"{len(busy)} connect or pair calls at once on {name}: {busy}"
        if lane.slots_max is not None and up > lane.slots_max:
            yield f"{up} links on {name}, which holds {lane.slots_max}"
    places = Counter((one.lane, one.place) for one in operations if one.state == "waiting" and one.place)
    yield from (f"place {place} of {lane} was given {count} times" for (lane, place), count in places.items()
                if count > 1)  # fmt: skip
    yield from (f"{one.id} ended without a failure" for one in operations if one.state == "failed" and not one.failure)
    for peer, handle in state.subscriptions:
        if peer not in state.links:
            yield f"a subscription to {handle:#x} without a link to {peer}"


async def walked(seed: int, *, least: int, most: int) -> Walk:
    """At least so many steps, and on to `most` while something was not reached yet."""
    walk = Walk(seed)
    with TemporaryDirectory() as scratch, chdir(scratch):  # for what the log is written to
        await _walk(walk, least, most)
    return walk


async def _walk(walk: Walk, least: int, most: int) -> None:
    try:
        while walk.steps < least or (walk.missed and walk.steps < most):
            await walk.life(LIFE)
    except AssertionError as wrong:
        wrong.add_note(f"seed {walk.seed}, step {walk.steps}, the newest keys: {' '.join(walk.trail)}")
        raise


def main() -> int:
    steady()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10_000))
    parser.add_argument("--steps", type=int, default=10_000)
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    walk = virtual_time.run(lambda: walked(asked.seed, least=asked.steps, most=asked.steps), limit=None)
    print(f"{walk.steps:,} steps; never reached: {', '.join(sorted(walk.missed)) or 'nothing'}")
    return 1 if walk.missed else 0


if __name__ == "__main__":
    sys.exit(main())
