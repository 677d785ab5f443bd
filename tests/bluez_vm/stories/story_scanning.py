"""Scans of the real thing: two adapters, fifty advertisers, power, unplugging, another scanner, a dead daemon."""

from __future__ import annotations

from bletui.failure import ErrorKind
from bletui.model import Advertisement
from tests.backends.local.told import Told, opened
from tests.bluez_vm.steer import steer
from tests.bluez_vm.stories.bluetoothd import another_scan, kill, power, start
from tests.bluez_vm.stories.conftest import Saw

HCI0, HCI1 = "local/00:1A:7D:00:00:01", "local/00:1A:7D:00:00:02"
EVERYBODY = 50 + 9  # advertisers and peripherals
SEEN_WITHIN = 0.5  # seconds in which a loss is told


def heard(told: Told, lane: str) -> set[str]:
    return {one.address for one in told.of(Advertisement) if one.lane == lane}


async def test_two_adapters_hear_everybody() -> None:
    async with opened("local:") as (_, told):
        await told.until(lambda: all(len(heard(told, lane)) >= EVERYBODY for lane in (HCI0, HCI1)), within=20)


async def test_power_off_while_scanning(saw: Saw) -> None:
    async with opened("local:hci0") as (_, told):
        await told.stream("live", HCI0)
        await power("hci0", on=False)
        await told.until(lambda: told.lanes[HCI0].usable is not None, within=SEEN_WITHIN)
        assert saw(await told.broken(HCI0)).kind is ErrorKind.ADAPTER_OFF
        await power("hci0", on=True)
        await told.stream("live", HCI0)


async def test_unplugged_while_scanning(saw: Saw) -> None:
    async with opened("local:hci0") as (_, told):
        await told.stream("live", HCI0)
        await steer("unplug", adapter=0)
        await told.until(lambda: HCI0 not in told.lanes, within=SEEN_WITHIN)
        assert saw(await told.broken(None)).kind is ErrorKind.ADAPTER_MISSING
        await steer("plug", adapter=0)
        await told.stream("live", HCI0)


async def test_another_program_scans_too() -> None:
    with another_scan() as other:
        async with opened("local:hci0") as (_, told):
            await told.until(lambda: len(heard(told, HCI0)) >= EVERYBODY, within=20)
        other.terminate()


async def test_bluetoothd_dies_while_scanning(saw: Saw) -> None:
    async with opened("local:hci0") as (_, told):
        await told.stream("live", HCI0)
        kill()
        await told.until(lambda: HCI0 not in told.lanes, within=SEEN_WITHIN)
        assert saw(await told.broken(None)).kind is ErrorKind.ADAPTER_MISSING
        start()
        await told.until(lambda: HCI0 in told.lanes, within=10)
        before = len(told.of(Advertisement))
        await told.until(lambda: len(told.of(Advertisement)) > before + 10, within=20)
