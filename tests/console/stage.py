"""A console on a tiny backend, with a clock that only a test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual.pilot import Pilot

from bletui.backend import Env
from bletui.clock import Clock
from bletui.console.app import Console
from bletui.console.screens.scan import ScanScreen
from bletui.console.settings import Look, Settings, ThemeName
from bletui.console.spans import Line, words
from bletui.console.widgets.device_table import DeviceTable
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.scroll import ScrollLines
from bletui.model import Advertisement, Event, Lane, LaneChanged, Pdu, StreamChanged
from bletui.radio import QueuedRadio, Radio
from bletui.session import Session
from bletui.target import Target, parse
from tests.console.piloted import piloted
from tests.tiny import TinyBackend

NOW = 1_700_000_000.0
LANE = "tiny/hci0"
SCANNING = (LaneChanged(NOW, Lane(LANE, "hci0")), StreamChanged(NOW, LANE, "scan", "live"))


def heard(
    n: int, rssi: int = -60, *, at: float = NOW, name: str | None = None, raw: bytes = b"", **more: object
) -> Advertisement:
    """A report of device `n`."""
    pdu: Pdu = "ADV_IND"
    lane = str(more.get("lane", LANE))
    return Advertisement(at, lane, f"C0:00:00:00:{n >> 8:02X}:{n & 255:02X}", "random", rssi, pdu, raw, name)


@dataclass
class Stage:
    """What a test holds: the app, its pilot, the backends by target name, and the time."""

    app: Console
    pilot: Pilot[None]
    backends: dict[str, TinyBackend]
    clock: list[float]

    @property
    def backend(self) -> TinyBackend:
        return next(iter(self.backends.values()))

    @property
    def session(self) -> Session:
        assert self.app.session is not None
        return self.app.session

    @property
    def table(self) -> DeviceTable:
        return self.scan.table

    @property
    def scan(self) -> ScanScreen:
        assert isinstance(self.app.screen, ScanScreen)
        return self.app.screen

    async def say(self, *events: Event, seconds: float = 1.0) -> None:
        """Lets the backend emit, waits until the session has taken it, and lets time pass."""
        store, log = self.session.store, self.session.log
        adverts = sum(isinstance(event, Advertisement) for event in events)
        received, logged = store.received + adverts, len(log) + len(events) - adverts
        self.backend.say(*events)
        await self.until(lambda: store.received >= received and len(log) >= logged)
        await self.beat(seconds)

    async def beat(self, seconds: float = 1.0) -> None:
        """Lets time pass, and one data frame be painted."""
        self.clock[0] += seconds
        self.app.beat()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not true():
                await self.pilot.pause()

    def text(self, selector: str) -> str:
        """The words of a widget of lines, as they stand on the screen."""
        widget = self.app.screen.query_one(selector)
        if isinstance(widget, Lines):
            lines: Sequence[Line] = widget.lines
        elif isinstance(widget, DeviceTable):
            return "\n".join(widget.row_text(y).rstrip() for y in range(widget.size.height)).strip("\n")
        elif isinstance(widget, ScrollLines):
            lines = [widget.line_at(y) for y in range(widget.size.height)]
        else:
            raise TypeError(type(widget))
        return "\n".join(words(line).rstrip() for line in lines).strip("\n")


@asynccontextmanager
async def stage(
    *at_open: Event,
    size: tuple[int, int] = (80, 24),
    settings: Settings | None = None,
    theme: ThemeName = "bletui",
    ascii_only: bool = False,
    backends: dict[str, TinyBackend] | None = None,
    targets: Sequence[str] = (),
    simulator: TinyBackend | None = None,
) -> AsyncIterator[Stage]:
    """A running console; without `at_open` its one lane scans."""
    doubles = backends or {"": TinyBackend(*(at_open or SCANNING))}
    site = simulator or TinyBackend()
    clock = [0.0]

    async def open_radio(target: Target, env: Env) -> Radio:
        name = "router" if target.host else target.name
        radio = QueuedRadio(site if target.scheme == "sim" else doubles[name], env.radio)
        await radio.open()
        return radio

    def session(opened: Sequence[Target], given: Clock) -> Session:
        return Session(opened, clock=given, names=app.settings.config.addresses, open_radio=open_radio)

    app = Console(
        [parse(target) for target in targets or [f"tiny:{name}" for name in doubles]],
        settings or Settings(),
        Look(theme=theme, ascii=ascii_only, slow=False, forced=True),
        session,
        Clock(wall=lambda: NOW + clock[0], monotonic=lambda: clock[0]),
    )
    async with piloted(app, size) as pilot:
        made = Stage(app, pilot, doubles if simulator is None else {"sim": simulator}, clock)
        await made.until(lambda: app.session is not None)
        await made.until(
            lambda: all(j.attachment is not None or j.failure is not None for j in made.session.radios.values())
        )
        await made.beat()
        yield made
