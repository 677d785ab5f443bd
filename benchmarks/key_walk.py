"""A person who presses any key, at a busy site: what the console was led to, and what must hold all the while.

python -m benchmarks.key_walk [--seed N] [--steps N]; exit 1 where something was never reached
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom

from textual import events
from textual.actions import ActionParseResult
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from bletui.backends.simulator.lab import PASSKEY, ROLES, address
from bletui.console import app as app_module
from bletui.console.app import Console
from bletui.console.commands import COMMANDS
from bletui.console.leaving import LeaveDialogue
from bletui.console.screens.dialogue import Dialogue
from bletui.console.settings import Look, Settings
from bletui.console.widgets.rows import Rows
from bletui.model import Connect, Pair, Snapshot
from bletui.session import Session
from bletui.target import parse
from bletui.testing import virtual_time
from bletui.testing.virtual_time import clock
from bletui.text import is_clean

SITE = "sim:lab?lanes=3&devices=20&seed={}&fault=connect:busy:20%,connect:failed:10%,read:timeout:5%"
FAULTS = ",drop:timeout:5%,stream:broken[router/0]@10s-20s/1m"
RARE = frozenset(map(address, ("someone else's", "stale bond", f"passkey {PASSKEY}", "types a passkey", "compares")))
NEVER = ("far away", "beacon", "mute")  # whose connects would only hold up the others
ALL = " ".join(address(role) for role, _, _ in ROLES if role not in NEVER)
MEANT = {  # by what stands over the field
    "Connect": (ALL, *sorted(RARE) * 3, *(address(role) for role, _, _ in ROLES)), "Pairing": (PASSKEY, "000000"),
    "Open a radio": ("sim:", "nowhere:", "sim"),
    "Write": ("0a0b", "text:x", "u16:500", "01"), "Lens": ("u8 i16be", "i16le x3 /1000 g", ""),
    "Alert": ("change", "above 3", ""), "": ("rssi>=-70", "@nobody", "2a19", "uart", "battery", ""),
}  # fmt: skip
ODD = ("text:\x1b[2Jx", "u16:70000", "rssi>=", "\x1b]52;c;x\x07", "\u202eabc", "é\u200b", "9" * 90, ALL)
STRAY = ("a", "z", "Z", "tab", "shift+tab", "backspace", "delete", "f1", "f12", "alt+x", "ctrl+t", "left", "right", "0")
LIFE = 250  # steps of one console
LAST = ("app.quit", "app.interrupt", "leave.accept")  # they end a life: each presses one of them at its end
TITLES = frozenset(("Connect", "Disconnect a foreign link", "Disconnect mine", "Adopt a foreign link", "Unpair",
                    "Pairing", "Write", "Lens", "Alert", "Copy", "Leave", "Theme", "Radios",
                    "Open a radio"))  # fmt: skip
PAGES = frozenset(("HelpScreen", "ExplanationScreen", "DoctorScreen", "CommandPalette"))
MODES = frozenset(("scan", "connections", "gatt", "log", "problems"))
WAYS = {  # what is reached only by chance, and the commands that may lead there
    "Pairing": ("links.pair", "tree.pair"), "notice.leave": ("links.pair", "tree.pair"), "Write": ("tree.write",),
    "Adopt a foreign link": ("links.adopt",), "Disconnect a foreign link": ("links.disconnect",),
    "Unpair": ("links.unpair",), "Lens": ("tree.lens",), "Alert": ("tree.alert",), "Copy": ("tree.copy",),
    "copy.curl": ("tree.copy",), "copy.bleak": ("tree.copy",), "copy.command": ("tree.copy",),
    "copy.leave": ("tree.copy",), "DoctorScreen": ("card.doctor",), "ExplanationScreen": ("card.explain",),
    "walk.bell": ("scan.walk",), "walk.lane": ("scan.walk",), "walk.again": ("scan.walk",),
    "details.next": ("scan.details",), "details.previous": ("scan.details",), "sort.leave": ("scan.sort",),
}  # fmt: skip
GAP = frozenset(("Pairing", "notice.leave"))  # not reached yet: a pairing seldom gets its turn among so many keys
PLACES = ("app.scan", "app.connections", "app.gatt")
GOALS = frozenset(command.id for command in COMMANDS) | TITLES | PAGES | MODES


class Watched(Console):
    CSS_PATH = str(Path(app_module.__file__).with_name("bletui.tcss"))  # Textual looks beside the subclass

    """Tells which commands were run, whatever key or palette they came by."""

    def __init__(self, reached: Counter[str], seed: int) -> None:
        look = Look(theme="bletui", ascii=False, slow=False, forced=True)
        target = parse(SITE.format(seed) + FAULTS)
        super().__init__([target], Settings(), look, lambda opened, given: Session(opened, clock=given), clock())
        self.reached = reached

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
        if isinstance(field, Rows) and field.lines and self._chance.random() < 0.5:
            self._aim(field)
        key = self.key(app)
        self._note(key)
        await pilot.press(key)
        await asyncio.sleep(self._chance.choice((0.01, 0.1, 0.3, 3.0)))
        app.beat()
        await pilot.pause()
        self.look(app)

    def _note(self, done: str) -> None:
        self.trail = [*self.trail[-40:], done]

    def _aim(self, field: Rows) -> None:
        """Puts the cursor somewhere, as many presses of j and k would; rather where something rare can be done."""
        keys = [row.key for row in field._rows if row.key is not None]
        rare = [key for key in keys if any(each in str(key) for each in RARE)]
        field.select(self._chance.choice(rare if rare and self._chance.random() < 0.6 else keys or [None]))

    def _weight(self, name: str) -> float:
        wanted = any(name in ways and title not in self.reached for title, ways in WAYS.items())
        return 4.0 if wanted else max(1 / (1 + self.reached[name]), 0.5 if name in PLACES else 0.0)

    def text(self, app: Watched) -> str:
        """Mostly what may stand in the field."""
        title = app.screen._title if isinstance(app.screen, Dialogue) else ""
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
        weights = [self._weight(name) for _, name in known]
        return self._chance.choices([key for key, _ in known], weights)[0]

    def look(self, app: Watched) -> None:
        """What holds after every key."""
        screen = app.screen
        self.reached.update({app.current_mode, type(screen).__name__} & GOALS)
        if isinstance(screen, Dialogue):
            self.reached.update({title for title in TITLES if screen._title.startswith(title)})
        assert app._exception is None, repr(app._exception)
        held = app.focused is not None and app.focused.is_attached
        assert held or not any(one.focusable for one in screen.query("*")), f"nothing has the focus on {screen!r}"
        for line in screen._compositor.render_strips(app.size):
            assert all(is_clean(part.text) for part in line if not part.control), f"raw on the screen: {line.text!r}"
        for joined in app.session.radios.values() if app.session else ():
            for wrong in broken_rules(joined.state):
                raise AssertionError(wrong)


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
    try:
        while walk.steps < least or (walk.missed - GAP and walk.steps < most):
            await walk.life(LIFE)
    except AssertionError as wrong:
        wrong.add_note(f"seed {seed}, step {walk.steps}, the newest keys: {' '.join(walk.trail)}")
        raise
    return walk


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10_000))
    parser.add_argument("--steps", type=int, default=10_000)
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    walk = virtual_time.run(lambda: walked(asked.seed, least=asked.steps, most=asked.steps), limit=None)
    print(f"{walk.steps:,} steps; never reached: {', '.join(sorted(walk.missed)) or 'nothing'}")
    return 1 if walk.missed - GAP else 0


if __name__ == "__main__":
    sys.exit(main())
