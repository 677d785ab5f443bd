"""The palette finds every device by its name or its address, and goes to it in Scan."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import Hit, Hits, Provider

from bletui.console.columns import age_words, name_of

if TYPE_CHECKING:
    from bletui.console.app import Console

SLICE = 2_000  # devices per turn of the loop, so that keys get theirs between them
MOST = 20


def likeness(name: str, address: str, wanted: str) -> float:
    """How well a device fits what is typed, in lower case: 0 not at all, up to 1 for its whole name or address."""
    best = 0.0
    for text in (name.casefold(), address.casefold()):
        if wanted in text:
            best = max(best, 1.0 if text == wanted else 0.9 if text.startswith(wanted) else 0.7)
    return best


class DeviceProvider(Provider):
    """Twenty devices at most, the first that fit; whether the list shows them or not."""

    @property
    def _console(self) -> Console:
        return cast("Console", self.app)

    async def search(self, query: str) -> Hits:
        wanted, session = query.strip().casefold(), self._console.session
        if not wanted or session is None:
            return
        found = 0
        for n, device in enumerate(list(session.store.devices.values())):
            if n % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            score = likeness(device.name or "", device.address, wanted)
            if score:
                age = age_words(self._console.clock.wall() - device.last_at)
                level = "" if device.rssi is None else f"{device.rssi} dBm, "
                go = partial(self._go, device.address)
                yield Hit(score, f"{name_of(device)}  {device.address}", go, help=f"{level}heard {age} ago")
                found += 1
                if found == MOST:
                    return
        for address, name in self._console.settings.config.addresses.items():
            score = likeness(name, address, wanted) if address not in session.store.devices else 0.0
            if score:
                yield Hit(score, f"{name}  {address}", partial(self._go, address), help="not heard in this session")

    async def _go(self, address: str) -> None:
        from bletui.console.screens.scan import ScanScreen

        await self._console.switch_mode("scan")
        while not isinstance(self._console.screen, ScanScreen):
            await self._console.pop_screen()
        self._console.screen.jump(address)
