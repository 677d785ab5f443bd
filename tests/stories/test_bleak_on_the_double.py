"""bleak's own story on BlueZ's double; `make test-bluez` has the real one tell the same lines."""

from __future__ import annotations

import pytest

from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import DESK as EVERYBODY
from tests.stories.everywhere.bleak_story import SHEET, BleakStory
from tests.stories.everywhere.devices import DESK


async def test_the_double_tells_it_as_the_real_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeBluez(peripherals=EVERYBODY) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        assert await BleakStory(DESK, "hci0").play() == list(SHEET)
