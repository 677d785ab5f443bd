"""Passive scans of the double, through bleak itself."""

from __future__ import annotations

import asyncio

import pytest
from bleak import BleakScanner
from bleak.assigned_numbers import AdvertisementDataType
from bleak.exc import BleakError

from bletui.testing.fakebluez import AdapterSpec, Advert, FakeBluez
from bletui.testing.fakebluez.monitors import matches
from tests.waiting import until

FLAGS = [(0, AdvertisementDataType.FLAGS, b"\x06")]
ONE, TWO = "C0:00:00:00:00:01", "C0:00:00:00:00:02"


def test_patterns_are_held_against_whole_structures() -> None:
    advert = Advert(
        address=ONE, manufacturer={0x004C: b"\x02\x15\xaa"}, uuids=("0000180f-0000-1000-8000-00805f9b34fb",)
    )
    assert matches([(0, 0x01, b"\x06")], advert)
    assert matches([(2, 0xFF, b"\x02\x15")], advert)
    assert matches([(0, 0x03, b"\x0f\x18")], advert)
    assert not matches([(1, 0x01, b"\x06")], advert)
    assert not matches([(0, 0x09, b"T")], advert)


async def test_a_monitor_hears_what_its_patterns_match(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: asyncio.Queue[tuple[str, str | None]] = asyncio.Queue()
    async with FakeBluez() as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        scanner = BleakScanner(
            lambda device, data: heard.put_nowait((device.address, data.local_name)),
            scanning_mode="passive",
            bluez={"adapter": "hci0", "or_patterns": FLAGS},
        )
        async with asyncio.timeout(5), scanner:
            monitors = fake.adapters["hci0"].monitors
            await until(lambda: any(monitors.patterns.values()))
            assert not fake.adapters["hci0"].hear(Advert(address=TWO, flags=0x1A))
            assert fake.adapters["hci0"].hear(Advert(address=ONE, name="Thermo", name_in_response=True))
            assert await heard.get() == (ONE, None)
        assert not monitors.patterns


async def test_a_daemon_without_experimental_features_has_no_monitors(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeBluez(AdapterSpec(experimental=False)) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        scanner = BleakScanner(scanning_mode="passive", bluez={"adapter": "hci0", "or_patterns": FLAGS})
        with pytest.raises(BleakError, match="--experimental"):
            await scanner.start()
