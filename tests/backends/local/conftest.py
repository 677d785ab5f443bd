"""The private bus that local tests run on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import DESK


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBluez]:
    async with FakeBluez() as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        yield fake


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBluez]:
    """With a desk full of peripherals in the air."""
    async with FakeBluez(peripherals=DESK) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        yield fake
