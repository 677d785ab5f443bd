"""Adapters, bluetoothd and the bus come and go: each is named at once and recovered from."""

from __future__ import annotations

import asyncio

import pytest

from bletui.backends.local.patience import Patience
from bletui.failure import ErrorKind
from bletui.model import LaneDown, StreamChanged
from bletui.testing.fakebluez import AdapterSpec, Advert, FakeBluez
from tests.backends.local.told import LANE, SOON, Told, opened

ONE = "C0:00:00:00:00:01"


async def hears(fake: FakeBluez, told: Told) -> None:
    """The scan is live again, and each packet comes once."""
    await told.stream("live")
    before = len(await told.adverts(0))
    fake.adapters["hci0"].hear(Advert(address=ONE))
    fake.adapters["hci0"].hear(Advert(address=ONE))
    assert len(await told.adverts(before + 2)) == before + 2
    assert (await told.stream("live")).failure is None


async def test_powered_off_and_on(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        fake.adapters["hci0"].set_powered(False)
        failure = await told.broken()
        assert failure.kind is ErrorKind.ADAPTER_OFF
        assert "hci0 is switched off" in failure.detail
        assert dict(failure.evidence) == {"adapter": "hci0", "was_on": "yes"}
        lane = told.lanes[LANE]
        assert lane.usable is not None
        assert lane.usable.kind is ErrorKind.ADAPTER_OFF
        fake.adapters["hci0"].set_powered(True)
        await hears(fake, told)
        assert told.lanes[LANE].usable is None


async def test_whoever_switches_it_off_is_not_told_to_stop_the_scan(fake: FakeBluez) -> None:
    """bluetoothd does that first when it is stopped, and a call that comes after its end has the bus start it again."""
    async with opened() as (_, told):
        await told.stream("live")
        fake.adapters["hci0"].set_powered(False)
        await told.broken()
        assert "StopDiscovery" not in [call.member for call in fake.calls]
        fake.adapters["hci0"].set_powered(True)
        await hears(fake, told)


@pytest.mark.parametrize("how", ["off", "unplugged"])
async def test_at_the_end_only_an_adapter_that_can_scan_is_told_to_stop(fake: FakeBluez, how: str) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        if how == "off":
            fake.adapters["hci0"].set_powered(False)
        else:
            fake.unplug("hci0")
        await told.broken()
    assert "StopDiscovery" not in [call.member for call in fake.calls]


async def test_blocked_by_rfkill(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        fake.adapters["hci0"].block(True)
        failure = await told.broken()
        assert failure.kind is ErrorKind.ADAPTER_OFF
        assert (failure.message, failure.detail) == ("off-blocked", "hci0 is blocked by rfkill")
        fake.adapters["hci0"].block(False)
        await told.until(lambda: (lane := told.lanes[LANE]).usable is not None and lane.usable.message == "false")
        fake.adapters["hci0"].set_powered(True)
        await hears(fake, told)


async def test_off_from_the_start(fake: FakeBluez) -> None:
    fake.adapters["hci0"].set_powered(False)
    async with opened() as (_, told):
        assert (await told.broken()).kind is ErrorKind.ADAPTER_OFF
        fake.adapters["hci0"].set_powered(True)
        await hears(fake, told)


async def test_unplugged_and_plugged_in_again(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        fake.unplug("hci0")
        failure = await told.broken(None)
        assert failure.kind is ErrorKind.ADAPTER_MISSING
        assert failure.detail == "BlueZ knows no adapter"
        assert (await told.broken()).kind is ErrorKind.ADAPTER_MISSING
        assert [down.lane for down in told.of(LaneDown)] == [LANE]
        fake.plug(AdapterSpec())
        await hears(fake, told)
        assert (await told.stream("off", None)).failure is None


async def test_a_replugged_adapter_keeps_its_lane_under_another_name(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        fake.unplug("hci0")
        fake.plug(AdapterSpec(name="hci3"))
        await told.until(lambda: LANE in told.lanes and told.lanes[LANE].name == "hci3")
        await told.stream("live")
        fake.adapters["hci3"].hear(Advert(address=ONE))
        assert [one.lane for one in await told.adverts(1)] == [LANE]


async def test_the_other_adapters_go_on(fake: FakeBluez) -> None:
    fake.plug(AdapterSpec(name="hci1", address="00:1A:7D:DA:71:14"))
    async with opened() as (_, told):
        await told.stream("live")
        other = "local/00:1A:7D:DA:71:14"
        await told.stream("live", other)
        fake.unplug("hci1")
        await told.broken(other)
        await hears(fake, told)
        assert told.last(None) is None


async def test_clones_that_share_an_address_are_two_lanes(fake: FakeBluez) -> None:
    fake.plug(AdapterSpec(name="hci1"))
    async with opened() as (_, told):
        await told.stream("live", LANE)
        await told.stream("live", f"{LANE}#hci1")
        assert {lane.name for lane in told.lanes.values()} == {"hci0", "hci1"}


async def test_bluetoothd_killed_and_started(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        await fake.crash()
        failure = await told.broken(None)
        assert failure.kind is ErrorKind.ADAPTER_MISSING
        assert failure.code == "org.freedesktop.DBus.Error.NameHasNoOwner"
        assert (await told.broken()).kind is ErrorKind.ADAPTER_MISSING
        await fake.start()
        await hears(fake, told)


async def test_bluetoothd_replaced_without_a_gap(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        for gone in range(1, 4):
            await fake.replace()
            await told.until(lambda gone=gone: len(told.of(LaneDown)) == gone)  # type: ignore[misc]
            await hears(fake, told)
        assert {down.reason.message for down in told.of(LaneDown)} == {"bluetoothd was restarted"}


async def test_a_bluetoothd_that_was_stopped_is_not_started_by_us(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeBluez(startable=True) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        async with opened() as (_, told):
            await told.stream("live")
            await fake.stop()
            assert (await told.broken(None)).kind is ErrorKind.ADAPTER_MISSING
            await fake.start()
            await hears(fake, told)
            await fake.stop()
            await told.stream("broken", None)
        assert not fake.bus.started.exists()


async def test_a_bluetoothd_that_was_never_started_is_started_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeBluez(startable=True) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        await fake.crash()
        async with opened() as (_, told):
            assert (await told.broken(None)).code == "org.freedesktop.DBus.Error.Spawn.ChildExited"
            assert fake.bus.started.exists()


async def test_no_bluetoothd_at_first(fake: FakeBluez) -> None:
    await fake.crash()
    async with opened() as (_, told):
        failure = await told.broken(None)
        assert failure.kind is ErrorKind.ADAPTER_MISSING
        assert failure.code == "org.freedesktop.DBus.Error.ServiceUnknown"
        await fake.start()
        await hears(fake, told)


async def test_no_bus_at_first(fake: FakeBluez) -> None:
    await fake.crash()
    await fake.bus.stop()
    fake.bus.socket.unlink()
    async with opened() as (_, told):
        changed = await told.stream("broken", None)
        assert changed.failure is not None
        assert changed.failure.kind is ErrorKind.ADAPTER_MISSING
        assert changed.failure.code == "FileNotFoundError"
        assert changed.retry_at is not None
        await fake.bus.start()
        await fake.start()
        await hears(fake, told)


async def test_the_bus_dies_and_comes_back(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        await fake.bus.stop()
        await told.until(lambda: bool(told.of(LaneDown)))
        assert told.of(LaneDown)[0].reason.kind is ErrorKind.ADAPTER_FAULT
        await fake.crash()
        await fake.bus.start()
        await fake.start()
        await hears(fake, told)


async def test_an_adapter_that_is_not_there_is_waited_for(fake: FakeBluez) -> None:
    async with opened("local:hci9") as (_, told):
        failure = await told.broken(None)
        assert failure.kind is ErrorKind.ADAPTER_MISSING
        assert failure.detail == "there is no adapter hci9; there are: hci0 (00:1A:7D:DA:71:13)"
        assert failure.evidence == (("adapter", "hci9"),)
        fake.plug(AdapterSpec(name="hci9", address="00:1A:7D:DA:71:99"))
        await told.stream("live", "local/00:1A:7D:DA:71:99")


async def test_an_adapter_without_low_energy(fake: FakeBluez) -> None:
    fake.unplug("hci0")
    fake.plug(AdapterSpec(roles=("peripheral",)))
    async with opened() as (_, told):
        failure = await told.broken()
        assert failure.kind is ErrorKind.ADAPTER_MISSING
        assert failure.detail == "hci0 does not do LE as a central"


async def test_open_returns_in_time_though_bluetoothd_hangs(fake: FakeBluez) -> None:
    from bletui.testing.fakebluez import Fault

    fake.inject(Fault(member="GetManagedObjects", hang=True, times=1))
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with opened(patience=Patience(look=0.2, answer=0.4)) as (_, told):
        assert loop.time() - began < SOON
        failure = await told.broken(None)
        assert failure.kind is ErrorKind.ADAPTER_FAULT
        assert failure.code == "org.freedesktop.DBus.Error.NoReply"
        await hears(fake, told)


@pytest.mark.parametrize("moment", ["live", "off"])
async def test_nothing_is_said_after_closing(fake: FakeBluez, moment: str) -> None:
    async with opened() as (backend, told):
        await told.stream("live")
        if moment == "off":
            backend.scan(None)
            await told.stream("off")
    said = len(told.events)
    assert not fake.adapters["hci0"].scanners
    fake.adapters["hci0"].set_powered(False)
    await fake.drained()
    await fake.crash()
    assert len(told.events) == said


@pytest.mark.parametrize("loss", ["power", "plug", "daemon", "bus"])
async def test_a_loss_is_seen_at_once(fake: FakeBluez, loss: str) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        loop = asyncio.get_running_loop()
        began = loop.time()
        match loss:
            case "power":
                fake.adapters["hci0"].set_powered(False)
            case "plug":
                fake.unplug("hci0")
            case "daemon":
                await fake.crash()
            case _:
                await fake.bus.stop()
        await told.broken()
        assert loop.time() - began < SOON


async def test_what_has_not_changed_is_not_told_again(fake: FakeBluez) -> None:
    async with opened("local:hci9") as (_, told):
        await told.broken(None)
        fake.adapters["hci0"].set_powered(False)
        fake.adapters["hci0"].set_powered(True)
        fake.plug(AdapterSpec(name="hci9", address="00:1A:7D:DA:71:99"))
        await told.stream("off", None)
    assert [changed.state for changed in told.of(StreamChanged) if changed.lane is None] == ["broken", "off"]
