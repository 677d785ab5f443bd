"""Passive scans: what they need, what they hear, what is said where they can't be had."""

from __future__ import annotations

from bletui.backends.local.scanner import FLAGS
from bletui.failure import ErrorKind
from bletui.testing.fakebluez import AdapterSpec, Advert, FakeBluez
from tests.backends.local.told import LANE, opened
from tests.waiting import until

ONE = "C0:00:00:00:00:01"


async def test_a_passive_scan_never_starts_a_discovery(fake: FakeBluez) -> None:
    async with opened("local:?scan=passive") as (_, told):
        await told.stream("live")
        monitors = fake.adapters["hci0"].monitors
        await until(lambda: any(monitors.patterns.values()))
        assert fake.adapters["hci0"].hear(Advert(address=ONE, name="Thermo", name_in_response=True, flags=0x1A))
        [heard] = await told.adverts(1)
        assert (heard.address, heard.name) == (ONE, None)
        assert told.lanes[LANE].info["scan"] == "passive"
        assert "scan responses" in told.lanes[LANE].cannot["active scan"]
    called = {call.member for call in fake.calls}
    assert "RegisterMonitor" in called
    assert "UnregisterMonitor" in called
    assert not called & {"StartDiscovery", "SetDiscoveryFilter"}


def test_bluetoothd_is_given_few_patterns() -> None:
    assert len(FLAGS) == len(set(FLAGS)) <= 5  # more were seen to kill BlueZ 5.66


async def test_a_passive_scan_tells_changes_only_and_says_so(fake: FakeBluez) -> None:
    async with opened("local:?scan=passive") as (_, told):
        await told.stream("live")
        await until(lambda: any(fake.adapters["hci0"].monitors.patterns.values()))
        for rssi in (-50, -51, -52, -60):
            fake.adapters["hci0"].hear(Advert(address=ONE, rssi=rssi))
        fake.adapters["hci0"].hear(Advert(address=ONE, rssi=-60, manufacturer={1: b"news"}))
        heard = await told.adverts(3)
        assert [one.rssi for one in heard] == [-50, -60, -60]
        assert "by 8 dB" in told.lanes[LANE].cannot["active scan"]


async def test_a_bluetoothd_without_experimental_features_says_what_is_needed(fake: FakeBluez) -> None:
    fake.unplug("hci0")
    fake.plug(AdapterSpec(experimental=False))
    async with opened("local:?scan=passive") as (_, told):
        changed = await told.stream("broken")
    assert changed.failure is not None
    assert changed.failure.kind is ErrorKind.OP_UNSUPPORTED
    assert "--experimental" in changed.failure.message
    assert changed.retry_at is None


async def test_it_survives_a_restart_of_bluetoothd(fake: FakeBluez) -> None:
    async with opened("local:?scan=passive") as (_, told):
        await told.stream("live")
        await fake.crash()
        await told.broken(None)
        await fake.start()
        await told.stream("live")
        assert len(fake.adapters["hci0"].monitors.patterns) == 1
