"""macOS and Windows as far as values, a bleak backend of ours and child processes can show them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from bletui.backends.local.desktop import Ask, DesktopBackend, desktop_scanner
from bletui.backends.local.listen import Listened, listen, read
from bletui.backends.local.options import Options
from bletui.backends.local.systems import system
from bletui.errors import Context
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Advertisement, ScanRequest
from bletui.testing.fakebluez import FakeBluez
from tests.backends.local.told import ENV, Told

LANE = "local/adapter"
UUID = "5A3F0C1E-0000-4000-8000-0123456789AB"
OFF = BleakBluetoothNotAvailableError("Bluetooth device is turned off", BleakBluetoothNotAvailableReason.POWERED_OFF)
DENIED = BleakBluetoothNotAvailableError("Bluetooth access is denied", BleakBluetoothNotAvailableReason.DENIED_BY_USER)


class Radio(BaseBleakScanner):
    """A system's radio as bleak would show it: `refusals` come first, then each start brings one packet."""

    refusals: list[Exception]

    def __init__(self, detection_callback: Any, service_uuids: Any, scanning_mode: Any, **_options: Any) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        data = AdvertisementData("Thermo", {76: b"\x02"}, {}, [], None, -50, ())
        self.call_detection_callbacks(self.create_or_update_device("x", UUID.lower(), "Thermo", None, data), data)

    async def stop(self) -> None:
        pass


async def permitted(_seconds: float, _context: Context) -> Listened:
    return Listened(-50)


@asynccontextmanager
async def opened(*refusals: Exception, platform: str = "win32", ask: Ask = permitted) -> AsyncIterator[Told]:
    radio = type("OneRadio", (Radio,), {"refusals": list(refusals)})
    make = partial(desktop_scanner, passive=False, backend=radio)
    backend = DesktopBackend(Options(), ENV, system(platform), make=make, ask=ask)
    told = Told()
    await backend.open(told)
    backend.scan(ScanRequest())
    try:
        yield told
    finally:
        await backend.aclose()


@pytest.mark.parametrize("platform", ["win32", "darwin"])
async def test_it_scans_and_keeps_the_opaque_identifier(platform: str) -> None:
    async with opened(platform=platform) as told:
        await told.stream("live", LANE)
        [heard] = await told.adverts(1)
    assert isinstance(heard, Advertisement)
    assert (heard.address, heard.address_type, heard.rssi, heard.name) == (UUID, None, -50, "Thermo")


async def test_a_radio_that_is_off_is_tried_again() -> None:
    async with opened(OFF) as told:
        changed = await told.stream("broken", LANE)
        assert changed.failure is not None
        assert changed.failure.kind is ErrorKind.ADAPTER_OFF
        assert changed.failure.code == "BleakBluetoothNotAvailableError/POWERED_OFF"
        assert ("system", "windows") in changed.failure.evidence
        assert changed.retry_at is not None


async def test_a_person_who_said_no() -> None:
    async with opened(DENIED) as told:
        assert (await told.broken(LANE)).kind is ErrorKind.ADAPTER_DENIED


async def test_macos_is_asked_by_a_child_that_it_may_kill() -> None:
    ask = partial(listen, command=[sys.executable, "-c", "import os; os.abort()"])
    async with opened(platform="darwin", ask=ask) as told:
        failure = await told.broken(LANE)
        assert (failure.kind, failure.source, failure.code) == (ErrorKind.ADAPTER_DENIED, "signal", "6")
        assert told.lanes[LANE].usable is not None
        assert not told.of(Advertisement)


async def test_a_passive_scan_is_refused() -> None:
    backend = DesktopBackend(Options(passive=True), ENV, system("win32"))
    told = Told()
    await backend.open(told)
    backend.scan(ScanRequest())
    changed = await told.stream("broken", LANE)
    await backend.aclose()
    assert changed.failure is not None
    assert (changed.failure.kind, changed.retry_at) == (ErrorKind.OP_UNSUPPORTED, None)


async def test_the_rung_that_a_child_climbs() -> None:
    answers = iter([Listened(-50), Listened(), Listened(failure=Failure(kind=ErrorKind.ADAPTER_OFF, message="off"))])

    async def ask(_seconds: float, _context: Context) -> Listened:
        return next(answers)

    backend = DesktopBackend(Options(), ENV, system("darwin"), ask=ask)
    rungs = [rung for _ in range(3) async for rung in backend.probe()]
    assert [(rung.state, rung.failure and rung.failure.kind) for rung in rungs] == [
        ("ok", None),
        ("fail", ErrorKind.LINK_NOT_SEEN),
        ("fail", ErrorKind.ADAPTER_OFF),
    ]
    assert rungs[0].evidence == "packets are heard, the first at -50 dBm"


def test_an_adapter_cannot_be_chosen() -> None:
    with pytest.raises(BleError) as refused:
        DesktopBackend(Options("hci0"), ENV, system("darwin"))
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID


def test_what_each_system_cannot_is_said() -> None:
    assert "identifier" in system("darwin").cannot["addresses"]
    assert system("darwin").kills
    assert not system("win32").kills
    assert system("haiku").name == "haiku"


async def test_a_child_listens_for_real(fake: FakeBluez) -> None:
    hears = asyncio.get_running_loop().create_task(listen(0.2, Context()))
    assert await hears == Listened(None)
    fake.unplug("hci0")
    failure = (await listen(0.2, Context())).failure
    assert failure is not None
    assert (failure.kind, failure.code) == (
        ErrorKind.ADAPTER_MISSING,
        "BleakBluetoothNotAvailableError/NO_BLUETOOTH",
    )


@pytest.mark.parametrize("told", [b"", b"\xff\xfe", b"[1]", b'{"failure": 7}', b'{"rssi": "loud"}'])
def test_a_child_that_breaks_down_is_quoted(told: bytes) -> None:
    failure = read(told, Context()).failure
    assert failure is not None
    assert failure.kind is ErrorKind.ADAPTER_FAULT
    assert "the process that listens said" in failure.detail
