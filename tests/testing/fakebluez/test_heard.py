"""The double against a recording of a real bluetoothd: one client's walk through both, line by line.

`heard.txt` is what the walk told of BlueZ 5.66 on Linux 6.1 in the machine of tests/bluez_vm. Lines that differ stand
here with the reason.
"""

from __future__ import annotations

from difflib import ndiff
from pathlib import Path

import pytest

from bletui.testing.fakebluez import FakeBluez, Pace
from tests.testing.fakebluez.air import AIR, DISCOVERY, Air
from tests.testing.fakebluez.walk import walk

HEARD = Path(__file__).with_name("heard.txt")
DIFFERENT = {
    "- - 03 [org.bluez.Device1]": "it was not heard for 30 s by then; the double's walk is over sooner",
    "- - 02 [org.bluez.Device1]": "the same",
}
QUIET = 3 * DISCOVERY  # seconds


async def test_the_same_walk_tells_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeBluez(peripherals=AIR, pace=Pace(discovery=DISCOVERY)) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        told = await walk(Air(fake), QUIET)
    differences = [line for line in ndiff(HEARD.read_text().splitlines(), told) if line[0] in "-+"]
    assert differences == list(DIFFERENT), "\n".join(differences)
