"""The terminal's input, made harmless before Textual takes it apart: a driver where there is termios."""

from __future__ import annotations

import os
import selectors

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from bletui.console.typed import Typed

LOOK = 0.1  # seconds after which a lone escape is a key, and an end is seen
HUNG_UP = 129  # exit code: 128 + SIGHUP


class Keyboard(LinuxDriver):
    def size_now(self) -> Size:
        """Cells, as the terminal says at this moment."""
        return Size(*self._get_terminal_size())

    def run_input_thread(self) -> None:
        """Reads until the console ends; keys go to the application as they come."""
        parser, typed = XTermParser(self._debug), Typed()
        with selectors.SelectSelector() as ready:  # macOS: kqueue takes no terminal
            ready.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if ready.select(LOOK):
                    data = os.read(self.fileno, 4096)
                    if not data:
                        self._app.call_later(self._app.exit, None, HUNG_UP)  # also where SIGHUP is ignored (nohup)
                        return  # the hang-up's SIGCONT has Textual start this again, when nobody ends it any more
                    if text := typed.take(data):
                        for event in parser.feed(text):
                            self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
