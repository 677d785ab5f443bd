"""The session that the console looks at: opened, held while it lasts, left for another one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from rich.console import RenderableType
from rich.text import Text
from textual import work
from textual.app import App

from bletui.clock import Clock
from bletui.failure import BleError
from bletui.target import Target

if TYPE_CHECKING:  # the first frame waits for none of these imports
    from bletui.console.app import Console
    from bletui.console.configured import Configured
    from bletui.console.frames import Frames
    from bletui.console.listing import Listing
    from bletui.console.prompting import Prompts
    from bletui.session import Session

Opener = Callable[[Sequence[Target], Clock], "Session"]


class HoldsSession(App[None]):
    """`session` and what hangs on it are None until it is open."""

    clock: Clock
    targets: tuple[Target, ...]
    session: Session | None
    listing: Listing | None
    prompts: Prompts | None
    active: bool
    since: float
    configured: Configured
    frames: Frames
    _opener: Opener

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Textual cancels every worker then; what they asked a bridge for is not taken back with them."""
        if self.session is not None:
            self.session.going()
        super().exit(result, return_code, message)

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
            self.prompts = Prompts(cast("Console", self))
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
