"""The console's application: modes, the session they look at, and the beat of data frames."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events, messages, work
from textual.app import App
from textual.command import Provider
from textual.filter import LineFilter

from bletui.clock import Clock
from bletui.console import terminal
from bletui.console.commands import bindings
from bletui.console.configured import Configured
from bletui.console.frames import Frames
from bletui.console.glyphs import ASCII, UNICODE
from bletui.console.palette import CommandProvider
from bletui.console.screens import MODES
from bletui.console.screens.dialogue import Dialogue
from bletui.console.screens.mode import ModeScreen
from bletui.console.screens.start import StartScreen
from bletui.console.settings import Look, Settings
from bletui.console.themes import PALETTES, Palette, themes
from bletui.failure import BleError
from bletui.rate import Rate
from bletui.target import Target, parse

if TYPE_CHECKING:  # the first frame waits for none of these imports
    from bletui.console.listing import Listing
    from bletui.console.prompting import Prompts
    from bletui.console.values import Values
    from bletui.console.widgets.device_filter import DeviceFilterBar
    from bletui.model import AddressType, Peer
    from bletui.session import Session

Opener = Callable[[Sequence[Target], Clock], "Session"]


def _devices() -> type[Provider]:
    from bletui.console.palette_devices import DeviceProvider

    return DeviceProvider


class Console(App[None], inherit_bindings=False):
    """Shows one session; `run` it, then look at `return_code`."""

    CSS_PATH = "bletui.tcss"
    MODES = MODES  # type: ignore[assignment]  # Textual's type lists no mapping of classes
    BINDINGS = bindings("app")
    COMMANDS = {CommandProvider, _devices}  # noqa: RUF012  Textual's declaration

    def __init__(
        self,
        targets: Sequence[Target],
        settings: Settings,
        look: Look,
        opener: Opener,
        clock: Clock | None = None,
    ) -> None:
        self._harmless = terminal.HarmlessFilter(ascii_only=look.ascii)  # one: lines are cached per filter
        super().__init__(driver_class=terminal.driver(), ansi_color=True)
        self.clock = clock or Clock()
        self._opener = opener
        self.settings = settings
        self.look = look
        self.glyphs = ASCII if look.ascii else UNICODE
        self.session: Session | None = None
        self.listing: Listing | None = None
        self.prompts: Prompts | None = None
        self.active = settings.active  # scan actively: ask for scan responses
        self.since = self.clock.wall()  # of the session: how long has nothing been heard
        self.rate = Rate()
        self.targets = tuple(targets)
        self.frames = Frames(self)
        self.configured = Configured(self)
        for theme in themes():
            self.register_theme(theme)
        self.theme = look.theme

    @property
    def palette(self) -> Palette:
        return PALETTES[self.theme]  # type: ignore[index]

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._harmless]

    def get_default_screen(self) -> StartScreen:
        return StartScreen(self.targets)

    def on_mount(self) -> None:
        terminal.end_on_signals(lambda code: self.exit(return_code=code))
        self.app_resume_signal.subscribe(self, lambda _: self.frames.resumed())
        self.set_interval(1 / self.look.frames, self.beat)
        self.call_after_refresh(self.start)

    # -- the session

    def start(self) -> None:
        """Once the first frame stands: everything that takes time."""
        self.configured.start()
        self.switch_mode("scan")
        self.open(self.targets)
        gc.freeze()  # what start-up made stays; collecting over it would stall keys
        gc.enable()

    def open(self, targets: Sequence[Target]) -> None:
        """Leaves the session there is and opens one on `targets`."""
        self.targets = tuple(targets)
        self.session = self.listing = None
        self.since = self.clock.wall()
        self._hold(self.targets)

    @work(exclusive=True, group="session")
    async def _hold(self, targets: Sequence[Target]) -> None:
        from bletui.console.listing import Listing
        from bletui.console.prompting import Prompts
        from bletui.model import ScanRequest

        try:
            opened = self._opener(targets, self.clock)
        except BleError as refused:  # a target that no backend serves, like any other wrong command line
            self.exit(return_code=refused.failure.kind.exit_code, message=Text(f"bletui: {refused}"))
            return
        async with opened as session:
            self.session, self.listing = session, Listing(session.store)
            self.configured.meet(session, self.listing)
            self.prompts = Prompts(self)
            self.frames.hurry(lambda: bool(session.store.devices))
            await session.scan(ScanRequest(active=self.active))
            await asyncio.Event().wait()  # until the worker is cancelled: another session, or the end

    @work(group="scan")
    async def scan(self) -> None:
        """States the scan wish again from scratch; broken streams are tried at once."""
        from bletui.model import ScanRequest

        if self.session is not None:
            await self.session.scan(None)
            await self.session.scan(ScanRequest(active=self.active))

    # -- frames

    def beat(self) -> None:
        """Takes in what changed, and paints it when the terminal has taken the frame before."""
        if self.listing is not None:
            self.listing.take()
            self.rate.add(self.clock.monotonic(), self.listing.store.received)
        if self.prompts is not None:
            self.prompts.look()
        if self.session is not None:
            self.values.look(self.session)
        self.configured.look(self.clock.monotonic())
        self.frames.beat()

    @cached_property
    def values(self) -> Values:
        from bletui.console.values import Values

        return Values(self)

    def paint(self) -> bool:
        """One data frame on the screen in sight; False where it shows no data."""
        return self.is_running and isinstance(self.screen, ModeScreen | Dialogue) and self.screen.paint()

    def on_terminal_supports_synchronized_output(self, _: messages.TerminalSupportsSynchronizedOutput) -> None:
        self.frames.answered()

    def on_resize(self, event: events.Resize) -> None:
        """Paints all of it: a terminal that was small for a moment has cut off what Textual takes for still there."""
        terminal.tell_size(self, event.size)
        self.refresh(layout=True)

    # -- commands

    def on_key(self, event: events.Key) -> None:
        if isinstance(self.screen, ModeScreen):
            self.screen.late_key(event)

    def action_help(self) -> None:
        from bletui.console.screens.help import HelpScreen, typed_in

        if isinstance(self.screen, ModeScreen):
            self.push_screen(HelpScreen(self.screen.focus_name, typed=typed_in(self.screen.focused)))

    def action_alerts(self) -> None:
        if self.current_mode in MODES and self.current_mode != "alerts":
            self.values.left = self.current_mode
            self.switch_mode("alerts")

    def action_mark(self) -> None:
        from bletui.console.moment import mark_moment

        mark_moment(self)

    def action_theme(self) -> None:
        from bletui.console.screens.choosing import choose_theme

        choose_theme(self)

    def action_radios(self) -> None:
        from bletui.console.radios import choose_radio

        choose_radio(self)

    def action_dismiss(self) -> None:
        self.configured.dismiss()

    def action_reload(self) -> None:
        self.configured.read_again()

    def action_simulator(self) -> None:
        """Beside the other radios, once; their links stay."""
        if self.session is not None and all(j.target.scheme != "sim" for j in self.session.radios.values()):
            self.session.add(parse("sim:"))

    # -- between modes

    @work(group="connect")
    async def connect(self, address: str, address_type: AddressType | None) -> None:
        """To Connections, where it is seen."""
        from bletui.console.screens.connections import ConnectionsScreen
        from bletui.model import Connect

        await self.switch_mode("connections")
        if isinstance(self.screen, ConnectionsScreen):
            self.screen.connect(Connect(address, None, address_type))

    @work(group="gatt")
    async def gatt(self, radio: str, peer: Peer, handle: int | None = None) -> None:
        """To the attributes of one device, or to one of them."""
        from bletui.console.screens.gatt import GattScreen

        await self.switch_mode("gatt")
        if isinstance(self.screen, GattScreen):
            self.screen.open(radio, peer, handle)

    @property
    def scan_filter(self) -> str:
        return next((bar.expression for bar in self._filter_bars()), "")

    def clear_filter(self) -> None:
        for bar in self._filter_bars():
            bar.clear()

    def _filter_bars(self) -> Iterable[DeviceFilterBar]:
        """The one of Scan; none while the console ends."""
        from bletui.console.widgets.device_filter import DeviceFilterBar

        return self.get_screen_stack("scan")[0].query(DeviceFilterBar)

    async def action_quit(self) -> None:
        from bletui.console.leaving import ask_to_leave

        ask_to_leave(self)

    def action_interrupt(self) -> None:
        self.frames.leave(130)  # 128 + SIGINT

    # -- a bug

    def _fatal_error(self) -> None:
        """Instead of Textual's traceback, which prints local variables: a sentence, and a report without them."""
        self._return_code, words = terminal.farewell(self._exception)
        self._exit_renderables.append(words)
        self._close_messages_no_wait()
