"""The console's application: modes, the session they look at, and the beat of data frames."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events, messages
from textual.filter import LineFilter

from bletui.clock import Clock
from bletui.console import terminal
from bletui.console.app_keys import AppKeys
from bletui.console.configured import Configured
from bletui.console.frames import Frames
from bletui.console.glyphs import ASCII, UNICODE
from bletui.console.holding import HoldsSession, Opener
from bletui.console.palette import PLACES, CommandProvider
from bletui.console.screens import MODES
from bletui.console.screens.dialogue import Dialogue
from bletui.console.screens.mode import ModeScreen
from bletui.console.screens.start import StartScreen
from bletui.console.settings import Look, Settings
from bletui.console.themes import PALETTES, Palette, themes
from bletui.rate import Rate
from bletui.target import Target

if TYPE_CHECKING:  # the first frame waits for none of these imports
    from bletui.console.listing import Listing
    from bletui.console.prompting import Prompts
    from bletui.session import Session


class Console(AppKeys, HoldsSession):
    """Shows one session; `run` it, then look at `return_code`."""

    CSS_PATH = "bletui.tcss"
    MODES = MODES  # type: ignore[assignment]  # Textual's type lists no mapping of classes
    COMMANDS = {CommandProvider, *PLACES}  # noqa: RUF012  Textual's declaration

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

    def start(self) -> None:
        """Once the first frame stands: everything that takes time."""
        self.configured.start()
        self.switch_mode("scan")
        self.open(self.targets)
        gc.freeze()  # what start-up made stays; collecting over it would stall keys
        gc.enable()

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

    # -- a bug

    def _fatal_error(self) -> None:
        """Instead of Textual's traceback, which prints local variables: a sentence, and a report without them."""
        if self.session is not None:
            self.session.going()
        self._return_code, words = terminal.farewell(self._exception)
        self._exit_renderables.append(words)
        self._close_messages_no_wait()
