"""The double as a process of its own."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE

import pytest

from bletui.testing.fakebluez import desk
from tests.testing.fakebluez.client import DEVICE, connected, said
from tests.testing.fakebluez.gatting import path_of

SECOND = path_of(desk.SECOND)


@pytest.mark.parametrize("end", ["input", "signal"])
@pytest.mark.usefixtures("bus_installed")
async def test_it_advertises_until_it_is_told_to_stop(end: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bletui.testing.fakebluez", "--devices=3", "--rate=100", "--adapters=2",
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    async with asyncio.timeout(10):
        name, _, address = (await process.stdout.readline()).decode().strip().partition("=")
        assert name == "DBUS_SYSTEM_BUS_ADDRESS"
        async with connected(address) as client:
            await client.call("StartDiscovery", "/org/bluez/hci1")
            await client.until(lambda: len(client.changed(DEVICE)) > 3)
            numbers = [changed["ManufacturerData"][0xFFFF].value for _, changed, _ in client.changed(DEVICE)]
        counted = [int.from_bytes(number, "big") for number in numbers]
        assert counted == list(range(counted[0], counted[0] + len(counted)))
        process.stdin.close() if end == "input" else process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


@pytest.mark.usefixtures("bus_installed")
async def test_a_desk_of_peripherals_can_be_connected_to() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bletui.testing.fakebluez",
        "--devices=0",
        "--desk",
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    async with asyncio.timeout(10):
        _, _, address = (await process.stdout.readline()).decode().strip().partition("=")
        async with connected(address) as client:
            await client.call("StartDiscovery")
            await client.until(lambda: SECOND in [s.body[0] for s in client.signals if s.member == "InterfacesAdded"])
            assert said(await client.call("Connect", SECOND, DEVICE)) == (None, [])
            await client.until(lambda: any(changed.get("ServicesResolved") for _, changed, _ in client.changed(DEVICE)))
        process.stdin.close()
        assert await process.wait() == 0


@pytest.mark.usefixtures("bus_installed")
async def test_in_a_scripts_background_only_a_signal_ends_it() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bletui.testing.fakebluez", "--devices=0", stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
    )
    assert process.stdout is not None
    async with asyncio.timeout(10):
        _, _, address = (await process.stdout.readline()).decode().strip().partition("=")
        async with connected(address) as client:
            await client.call("StartDiscovery")
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
