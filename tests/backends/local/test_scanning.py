"""Scans on the private bus: what is heard arrives whole, with its fields, in batches."""

from __future__ import annotations

from bletui.model import AdvertisedFields, Advertisement, ScanRequest, Shed, StreamChanged
from bletui.testing.fakebluez import AdapterSpec, Advert, FakeBluez
from tests.backends.local.told import LANE, opened

ONE = "C0:00:00:00:00:01"
BATTERY = "0000180f-0000-1000-8000-00805f9b34fb"
HCI1 = AdapterSpec(name="hci1", address="00:1A:7D:DA:71:14")
LANE1 = "local/00:1A:7D:DA:71:14"


async def test_an_advertisement_arrives_with_every_field(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        fake.adapters["hci0"].hear(
            Advert(
                address=ONE,
                address_type="public",
                rssi=-52,
                name="Thermo",
                manufacturer={0x004C: b"\x02\x15"},
                service_data={BATTERY: b"\x64"},
                uuids=(BATTERY,),
                tx_power=-4,
            )
        )
        [heard] = await told.adverts(1)
    assert heard == Advertisement(
        at=heard.at,
        lane=LANE,
        address=ONE,
        address_type="public",
        rssi=-52,
        pdu=None,
        raw=None,
        name="Thermo",
        fields=AdvertisedFields(
            manufacturer={0x004C: b"\x02\x15"}, service_data={BATTERY: b"\x64"}, service_uuids=(BATTERY,), tx_power=-4
        ),
    )


async def test_what_is_not_told_is_none(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        fake.adapters["hci0"].hear(Advert(address=ONE))
        [heard] = await told.adverts(1)
    assert heard.name is None
    assert heard.address_type == "random"
    assert heard.fields == AdvertisedFields(manufacturer={}, service_data={})


async def test_every_packet_at_three_thousand_a_second_arrives_in_batches(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        for index in range(3_000):
            fake.adapters["hci0"].hear(Advert(address=f"C0:00:00:00:{index % 500 >> 8:02X}:{index % 256:02X}"))
        heard = await told.adverts(3_000)
        assert len(heard) == 3_000
        assert len(told.batches) < 600
        assert not told.of(Shed)
        assert sorted(heard) == sorted(heard, key=lambda one: one.at)


async def test_a_hostile_name_is_made_visible(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        fake.adapters["hci0"].hear(Advert(address=ONE, name="\x1b]52;c;x\x07\u202eevil"))
        [heard] = await told.adverts(1)
    assert heard.name == "\\x1b]52;c;x\\x07\\u202eevil"


async def test_a_device_that_changes_without_being_heard_is_no_advertisement(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        hci0 = fake.adapters["hci0"]
        hci0.hear(Advert(address=ONE))
        await told.adverts(1)
        fake.tell(f"{hci0.path}/dev_{ONE.replace(':', '_')}", "org.bluez.Device1", {}, ("RSSI",))
        hci0.hear(Advert(address="C0:00:00:00:00:02"))
        heard = await told.adverts(2)
    assert [one.address for one in heard] == [ONE, "C0:00:00:00:00:02"]


async def test_each_adapter_is_a_lane_of_its_own(fake: FakeBluez) -> None:
    fake.plug(HCI1)
    async with opened() as (_, told):
        await told.stream("live", LANE)
        await told.stream("live", LANE1)
        fake.adapters["hci0"].hear(Advert(address=ONE, rssi=-40))
        fake.adapters["hci1"].hear(Advert(address=ONE, rssi=-70))
        heard = await told.adverts(2)
    assert {(one.lane, one.rssi) for one in heard} == {(LANE, -40), (LANE1, -70)}
    assert {lane.name for lane in told.lanes.values()} == {"hci0", "hci1"}


async def test_a_target_names_its_adapter_by_name_or_address(fake: FakeBluez) -> None:
    fake.plug(HCI1)
    for target in ("local:hci1", "local:00:1a:7d:da:71:14"):
        async with opened(target) as (_, told):
            await told.stream("live", LANE1)
            assert list(told.lanes) == [LANE1]


async def test_only_the_lanes_that_are_asked_for_scan(fake: FakeBluez) -> None:
    fake.plug(HCI1)
    async with opened(scan=ScanRequest(lanes=(LANE1,))) as (backend, told):
        await told.stream("live", LANE1)
        assert told.last(LANE) is None
        backend.scan(ScanRequest(lanes=(LANE,)))
        await told.stream("live", LANE)
        await told.stream("off", LANE1)


async def test_a_scan_that_is_no_longer_wanted_ends_at_bluez(fake: FakeBluez) -> None:
    async with opened() as (backend, told):
        await told.stream("live")
        assert fake.adapters["hci0"].scanners
        backend.scan(None)
        assert (await told.stream("off")).failure is None
        assert not fake.adapters["hci0"].scanners
        backend.scan(ScanRequest())
        await told.stream("live")
        fake.adapters["hci0"].hear(Advert(address=ONE))
        assert len(await told.adverts(1)) == 1


async def test_lanes_say_what_they_are_and_what_they_cannot(fake: FakeBluez) -> None:
    async with opened(scan=None) as (_, told):
        lane = told.lanes[LANE]
    assert (lane.name, lane.slots_max, lane.usable) == ("hci0", None, None)
    assert lane.info["address"] == "00:1A:7D:DA:71:13"
    assert lane.info["scan"] == "active"
    assert "connect" not in lane.cannot
    assert {"rssi", "set_phy"} <= set(lane.cannot)
    assert "scan=passive" in lane.cannot["passive scan"]
    assert not told.of(StreamChanged)


async def test_properties_of_undeclared_types_are_counted_and_shown_as_malformed(fake: FakeBluez) -> None:
    async with opened() as (_, told):
        await told.stream("live")
        hci0 = fake.adapters["hci0"]
        hci0.hear(Advert(address=ONE, rssi=-40))
        await told.adverts(1)
        from dbus_fast import Variant

        path = f"{hci0.path}/dev_{ONE.replace(':', '_')}"
        fake.tell(path, "org.bluez.Device1", {"Name": Variant("u", 7)})
        await told.until(lambda: bool(told.of(Shed)))
    assert [(shed.lane, shed.what, shed.count) for shed in told.of(Shed)] == [(LANE, "malformed advertisements", 1)]
