"""The command palette: every command of the place in sight, by its label."""

from __future__ import annotations

from textual.command import DiscoveryHit, Hit, Hits, Provider

from bletui.console.commands import Command, action_of, of


class CommandProvider(Provider):
    """Finds commands of the app and of the screen below the palette."""

    async def discover(self) -> Hits:
        for command in self._commands():
            yield DiscoveryHit(self._title(command), lambda c=command: self._run(c), help=command.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(f"{command.label} {command.help}")
            if score > 0:
                yield Hit(score, self._title(command), lambda c=command: self._run(c), help=command.help)

    def _commands(self) -> list[Command]:
        place = self.screen.name or ""
        return [command for name in (place, "app") for command in of(name) if command.palette]

    def _title(self, command: Command) -> str:
        return f"{command.label}  {command.shown_key}"

    async def _run(self, command: Command) -> None:
        owner = self.app if command.place == "app" else self.screen
        await self.app.run_action(action_of(command), owner)
