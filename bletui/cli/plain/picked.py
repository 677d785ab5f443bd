"""Devices that a person picked out: pinned ones come first, at the next start too; of hidden ones nothing is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bletui.config.remembered import change, read


class Picked:
    """Addresses, in the order in which they were picked. `pins` are shared with the console through its state file."""

    def __init__(self) -> None:
        self.pins: dict[str, None] = {}
        self.hidden: dict[str, None] = {}
        self._state: Path | None = None

    def remember(self, state: Path) -> None:
        """From that file, and in it from now on. `request.invalid`: it can't be read, and stays as it is."""
        self._state = state
        self.pins |= dict.fromkeys(read(state).pins)

    async def pin(self, address: str, *, pinned: bool) -> None:
        """At once; `request.invalid`: it will not last, and why."""
        _put(self.pins, address, there=pinned)
        if self._state is not None:
            await asyncio.to_thread(change, self._state, lambda kept: kept.with_pin(address, pinned=pinned))

    def hide(self, address: str, *, hidden: bool) -> None:
        _put(self.hidden, address, there=hidden)


def _put(addresses: dict[str, None], address: str, *, there: bool) -> None:
    addresses.pop(address, None)
    if there:
        addresses[address] = None
