"""The double with a desk of peripherals, where bleak looks for the system bus."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import DESK


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBluez]:
    async with FakeBluez(peripherals=DESK) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        yield fake
