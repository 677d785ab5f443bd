"""The contract for backends, over the local one on the private bus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.options import Options
from bletui.testing.contract import BackendContract, Subject
from bletui.testing.fakebluez import Advert, FakeBluez
from tests.backends.local.told import BARE, ENV


class TestLocal(BackendContract):
    subject = Subject(open=lambda: LinuxBackend(Options(), ENV, BARE))

    @pytest.fixture(autouse=True)
    async def air(self, fake: FakeBluez) -> AsyncIterator[None]:
        """Three devices that advertise whenever the loop turns."""
        loop = asyncio.get_running_loop()
        handle: asyncio.TimerHandle
        turn = 0

        def packet() -> None:
            nonlocal handle, turn
            for adapter in fake.adapters.values():
                adapter.hear(Advert(address=f"C0:00:00:00:00:0{turn % 3}", name="Thermo\x1b"))
            turn += 1
            handle = loop.call_later(0.01, packet)

        packet()
        yield
        handle.cancel()
