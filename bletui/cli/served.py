"""The radios that a bridge serves: opened at the start, and after a reload those that are asked for then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bletui import registry
from bletui.bridge.log import LogFile
from bletui.cli import bridging
from bletui.cli.narration import say
from bletui.clock import Clock
from bletui.failure import BleError
from bletui.session import named
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.cli.configured import Configuration
    from bletui.config.credentials import Reference
    from bletui.radio import Radio
    from bletui.target import Target


class Wanted(NamedTuple):
    """What makes a radio another one: its target, and where its secret is."""

    target: Target
    secret: Reference | None


class Served:
    """`bridge`: the bridge's name, which qualifies the radios' and whose journals they have; "" for neither."""

    def __init__(self, bridge: str, speed: float) -> None:
        self._bridge = bridge
        self._speed = speed
        self.joined: Callable[[Radio], None] = lambda _: None  # is told of each radio that comes later
        self.parted: Callable[[str], None] = lambda _: None  # and of each one that has gone
        self.log = LogFile(bridging.log_file(), Clock().wall, troubled=_say_that_the_log_is_lost)
        self._open: dict[str, tuple[Wanted, AsyncExitStack]] = {}
        self.began = 0.0  # wall seconds

    async def start(self, targets: Sequence[Target], here: Configuration) -> list[Radio]:
        self.began = Clock().wall()
        return [await self._opened(name, wanted, here) for name, wanted in self._named(targets, here).items()]

    async def close(self) -> None:
        """Side by side: each has its time to release what it opened, and all of them no more than that."""
        async with asyncio.TaskGroup() as closing:
            for name in list(self._open):
                closing.create_task(self._closed(name))

    async def change(
        self,
        targets: Sequence[Target],
        here: Configuration,
        join: Callable[[Radio], Awaitable[None]],
        part: Callable[[str, Callable[[], Awaitable[None]]], Awaitable[None]],
    ) -> tuple[list[str], list[str]]:
        """Parts with radios that are not asked for any more, or otherwise, and joins the new ones; nothing else is
        touched. What was done, and what could not be, in words."""
        wanted = self._named(targets, here)
        changed: list[str] = []
        failed: list[str] = []
        for name in [name for name, (had, _) in self._open.items() if wanted.get(name) != had]:
            await part(name, lambda name=name: self._closed(name))  # type: ignore[misc]
            self.parted(name)
            changed.append(f"removed {name}")
        for name in [name for name in wanted if name not in self._open]:
            try:
                radio = await self._opened(name, wanted[name], here)
                try:
                    await join(radio)
                except BleError:
                    await self._closed(name)
                    raise
            except BleError as refused:
                failed.append(f"{name}: {refused.failure.detail or refused.failure.kind.title}")
            else:
                self.joined(radio)
                changed.append(f"added {name}")
        return changed, failed

    def _named(self, targets: Sequence[Target], here: Configuration) -> dict[str, Wanted]:
        before = f"{self._bridge}." if self._bridge else ""
        credentials = here.config.credentials
        return {f"{before}{name}": Wanted(target, credentials.get(target.key)) for name, target in named(targets)}

    async def _opened(self, name: str, wanted: Wanted, here: Configuration) -> Radio:
        async with AsyncExitStack() as stack:
            journal = stack.enter_context(bridging.journal(name, self.log.record)) if self._bridge else None
            radio = await registry.open_radio(wanted.target, replace(here.env(name), speed=self._speed), journal)
            stack.push_async_callback(radio.aclose)
            self._open[name] = wanted, stack.pop_all()
        return radio

    async def _closed(self, name: str) -> None:
        _, stack = self._open.pop(name)
        await stack.aclose()


def _say_that_the_log_is_lost(failed: OSError) -> None:
    say(f"bletui: the log can't be written: {visible(str(bridging.log_file()))}: {failed.strerror}", {}, json=False)
