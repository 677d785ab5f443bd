"""The keys that act everywhere, and the ways from one mode to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, cast

from textual import work
from textual.actions import ActionParseResult
from textual.app import App
from textual.dom import DOMNode

from bletui.console.commands import bindings, command_of
from bletui.console.screens import MODES
from bletui.console.screens.mode import ModeScreen
from bletui.target import parse

if TYPE_CHECKING:  # the first frame waits for none of these imports
    from bletui.console.app import Console
    from bletui.console.barred import Bar
    from bletui.console.configured import Configured
    from bletui.console.frames import Frames
    from bletui.console.troubles import Unseen
    from bletui.console.values import Values
    from bletui.console.widgets.device_filter import DeviceFilterBar
    from bletui.model import AddressType, Peer
    from bletui.session import Session


class AppKeys(App[None], inherit_bindings=False):
    BINDINGS = bindings("app")

    session: Session | None
    configured: Configured
    frames: Frames

    @property
    def _console(self) -> Console:
        return cast("Console", self)

    @cached_property
    def values(self) -> Values:
        from bletui.console.values import Values

        return Values(self._console)

    @cached_property
    def unseen(self) -> Unseen:
        from bletui.console.troubles import Unseen

        return Unseen()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """By key or palette: what can't be done here is not begun, and why not is said."""
        why = self._barred(action, default_namespace or self) if isinstance(action, str) else None
        if why is None:
            if isinstance(self.screen, ModeScreen):
                self.screen.settle()
            return await super().run_action(action, default_namespace, namespaces)
        self.configured.refuse(why.full)
        return True

    def _barred(self, action: str, namespace: DOMNode) -> Bar | None:
        command = command_of(type(namespace), action)
        here = self.screen.here() if command is not None and isinstance(self.screen, ModeScreen) else None
        if command is None or here is None:
            return None
        from bletui.console.barred import bar

        return bar(command, here)

    def action_help(self) -> None:
        from bletui.console.screens.help import HelpScreen, typed_in

        screen = self.screen
        if isinstance(screen, ModeScreen):
            why = {id_: one.short for id_, one in screen.barred().items()}
            self.push_screen(HelpScreen(screen.focus_name, typed=typed_in(screen.focused), barred=why))

    def action_command_palette(self) -> None:
        from bletui.console.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def action_alerts(self) -> None:
        if self.current_mode in MODES and self.current_mode != "alerts":
            self.values.left = self.current_mode
            self.switch_mode("alerts")

    def action_answer(self) -> None:
        if self._console.prompts is None or not self._console.prompts.answer():
            self.configured.refuse("no pairing question waits for an answer")

    def action_mark(self) -> None:
        from bletui.console.moment import mark_moment

        mark_moment(self._console)

    def action_theme(self) -> None:
        from bletui.console.screens.choosing import choose_theme

        choose_theme(self._console)

    def action_radios(self) -> None:
        from bletui.console.radios import choose_radio

        choose_radio(self._console)

    def action_dismiss(self) -> None:
        self.configured.dismiss()

    def action_reload(self) -> None:
        self.configured.read_again()

    def action_simulator(self) -> None:
        """Beside the other radios, once; their links stay."""
        radios = self.session.radios.values() if self.session is not None else ()
        if any(joined.target.scheme == "sim" for joined in radios):
            self.configured.refuse("a simulator is open already; its data is marked")
        elif self.session is not None:
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

        ask_to_leave(self._console)

    def action_interrupt(self) -> None:
        self.frames.leave(130)  # 128 + SIGINT
