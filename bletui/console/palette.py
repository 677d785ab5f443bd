"""The command palette: every command of the place in sight, by its label."""

from __future__ import annotations

from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.dom import DOMNode

from bletui.console.commands import FOCUS, Command, action_of, of
from bletui.console.screens.mode import ModeScreen


class Palette(CommandPalette):
    """Drawn with what every terminal has: no frame, no pictograms."""

    def __init__(self) -> None:
        super().__init__(placeholder="a command, device, attribute, failure or radio")

    def on_mount(self) -> None:
        self.query_one(SearchIcon).icon = ">"
        self.query_one(CommandInput).cursor_blink = False  # a slow link has other things to carry


class CommandProvider(Provider):
    """Finds commands of what has the focus below the palette, of its mode and of the app."""

    async def discover(self) -> Hits:
        for command in self._commands():
            yield DiscoveryHit(self._title(command), lambda c=command: self._run(c), help=self._help(command))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(f"{command.label} {command.help}")
            if score > 0:
                yield Hit(score, self._title(command), lambda c=command: self._run(c), help=self._help(command))

    def _commands(self) -> list[Command]:
        places = FOCUS[self.screen.focus_name] if isinstance(self.screen, ModeScreen) else ("app",)
        return [command for place in places for command in of(place) if command.palette]

    def _title(self, command: Command) -> str:
        title = f"{command.label}  {command.shown_key}"
        return f"({title})" if self._barred(command) else title

    def _help(self, command: Command) -> str:
        why = self._barred(command)
        return f"not here: {why}" if why else command.help

    def _barred(self, command: Command) -> str:
        from bletui.console.barred import bar

        here = self.screen.here() if isinstance(self.screen, ModeScreen) else None
        why = bar(command, here) if here is not None else None
        return why.short if why is not None else ""

    async def _run(self, command: Command) -> None:
        """By the innermost that knows the command, as its key would."""
        action = action_of(command)
        method = f"action_{action.partition('(')[0]}"
        inner: DOMNode = self.screen.focused or self.screen
        owners = (node for node in inner.ancestors_with_self if hasattr(node, method))
        await self.app.run_action(action, self.app if command.place == "app" else next(owners, self.screen))


def _devices() -> type[Provider]:
    from bletui.console.palette_devices import DeviceProvider

    return DeviceProvider


def _attributes() -> type[Provider]:
    from bletui.console.palette_attributes import AttributeProvider

    return AttributeProvider


def _kinds() -> type[Provider]:
    from bletui.console.palette_kinds import KindProvider

    return KindProvider


def _radios() -> type[Provider]:
    from bletui.console.palette_radios import RadioProvider

    return RadioProvider


PLACES = (_devices, _attributes, _kinds, _radios)  # imported when the palette opens: the first frame waits for none
