from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bletui.decode.keyring import Keyring
from bletui.devices import SAMPLES, DeviceStore
from bletui.devices.broadcast import broadcast
from bletui.devices.store import CHANGES_MAX
from bletui.filters import parse
from bletui.model import AdvertisedFields, Advertisement, Extended

ADDRESS = "A4:C1:38:0B:7F:2A"
NAMED = bytes.fromhex("020106") + b"\x05\x09Thmo"
APPLE = bytes.fromhex("02011a07ff4c0010020b00")


def heard(at: float = 1.0, lane: str = "a/hci0", rssi: int | None = -60, **more: Any) -> Advertisement:
    return Advertisement(at, lane, ADDRESS, "random", rssi, "ADV_IND")._replace(**more)


def test_two_radios_that_hear_one_address_give_one_row_and_closing_one_leaves_the_other() -> None:
    store = DeviceStore()
    store.update([heard(1.0, "a/hci0", -52), heard(1.5, "b/0", -74), heard(2.0, "b/1", -80)])
    (device,) = store.devices.values()
    assert {one.lane: one.rssi for one in device.heard()} == {"a/hci0": -52, "b/0": -74, "b/1": -80}
    assert device.rssi == -52
    store.forget_lane("b/0")
    assert {one.lane: one.rssi for one in device.heard()} == {"a/hci0": -52, "b/1": -80}
    store.forget_lane("a/hci0")
    assert {one.lane: one.rssi for one in device.heard()} == {"b/1": -80}
    store.forget_lane("b/1")
    assert store.devices == {}
    assert store.take_dirty() == set()


@given(st.permutations(["a/hci0", "b/0", "b/1", "b/2"]), st.permutations(["a/hci0", "b/0", "b/1", "b/2"]))
def test_whichever_lane_goes_the_others_keep_their_word(first_heard: list[str], gone: list[str]) -> None:
    store = DeviceStore()
    store.update([heard(float(n), lane, -50 - n) for n, lane in enumerate(first_heard)])
    device = store.devices[ADDRESS]
    told = {one.lane: one.rssi for one in device.heard()}
    for lane in gone:
        store.forget_lane(lane)
        del told[lane]
        assert {one.lane: one.rssi for one in device.heard()} == told


def test_a_lane_goes_by_its_id_and_by_its_name() -> None:
    store = DeviceStore()
    store.name_lane("a/CC:1B:E0:00:00:01/0", "router/0")
    store.update([heard(1.0, "a/CC:1B:E0:00:00:01/0")])
    device = store.devices[ADDRESS]
    assert device.lane_words == ("a/CC:1B:E0:00:00:01/0", "router/0")
    assert parse("lane=router/0").matches(device)
    assert not parse("lane=router/1").matches(device)


def test_the_best_lane_is_one_that_still_hears_it() -> None:
    store = DeviceStore()
    store.update([heard(1.0, "a/hci0", -40), heard(60.0, "b/0", -80)])
    assert store.devices[ADDRESS].rssi == -80


def test_names_and_companies_come_from_either_packet_and_stay() -> None:
    store = DeviceStore()
    store.update([heard(raw=APPLE), heard(2.0, pdu="SCAN_RSP", raw=NAMED), heard(3.0, raw=APPLE)])
    device = store.devices[ADDRESS]
    assert (device.name, device.company, device.pdu) == ("Thmo", 0x004C, "ADV_IND")
    assert device.raw == APPLE + NAMED
    assert device.connectable is True


def test_a_name_beside_the_payload_counts_too() -> None:
    store = DeviceStore()
    store.update([heard(raw=APPLE, name="router's word")])
    assert store.devices[ADDRESS].name == "router's word"


def test_fields_of_an_operating_system_fill_the_same_row() -> None:
    store = DeviceStore()
    fields = AdvertisedFields(manufacturer={76: b"\x10"}, service_data={}, service_uuids=("u",), tx_power=-4)
    store.update([heard(pdu=None, name="Desk", fields=fields)])
    device = store.devices[ADDRESS]
    assert (device.company, device.service_uuids, device.tx_power, device.name) == (76, ("u",), -4, "Desk")
    assert device.connectable is None
    assert device.raw is None


def test_an_extended_advertisement_says_itself_whether_it_is_connectable() -> None:
    store = DeviceStore()
    store.update([heard(pdu="ADV_EXT_IND", raw=b"")])
    assert store.devices[ADDRESS].connectable is None
    store.update([heard(pdu="ADV_EXT_IND", raw=b"", extended=Extended(connectable=False))])
    assert store.devices[ADDRESS].connectable is False


@given(st.lists(st.none() | st.integers(-127, 20), min_size=1, max_size=3 * SAMPLES))
def test_the_ring_holds_the_last_samples_in_order(values: list[int | None]) -> None:
    store = DeviceStore()
    store.update([heard(float(n), "b/0", -1) for n in range(7)])
    store.update([heard(float(n), "a/hci0", rssi) for n, rssi in enumerate(values)])
    device = store.devices[ADDRESS]
    assert device.samples("a/hci0") == values[-SAMPLES:]
    assert device.samples("b/0") == [-1] * 7
    assert device.samples("nowhere") == []
    assert device.count == len(values) + 7


def test_the_interval_survives_lost_reports_and_jitter() -> None:
    dice = random.Random(7)
    store = DeviceStore()
    at = 0.0
    for _ in range(400):
        at += 1.0 + dice.uniform(0, 0.01)
        if dice.random() < 0.6:
            store.update([heard(at)])
    interval = store.devices[ADDRESS].interval
    assert interval is not None
    assert 0.95 < interval < 1.15


def test_payload_changes_are_remembered_and_capped_in_total() -> None:
    store = DeviceStore()
    store.update([heard(float(n), raw=bytes([3, 0xFF, n & 255, n >> 8])) for n in range(CHANGES_MAX + 50)])
    assert len(store.changes) == CHANGES_MAX
    assert store.changes[-1].raw == store.devices[ADDRESS].adv
    before = len(store.changes)
    store.update([heard(9e9, raw=store.changes[-1].raw)])
    assert len(store.changes) == before


def test_dirty_rows_are_handed_out_once() -> None:
    store = DeviceStore()
    store.update([heard(), heard(2.0)])
    assert {device.address for device in store.take_dirty()} == {ADDRESS}
    assert store.take_dirty() == set()


def test_a_full_store_forgets_the_longest_silent_and_counts_it() -> None:
    store = DeviceStore(devices_max=200)
    store.update([heard(float(n), address=f"{n}") for n in range(300)])
    assert len(store.devices) <= 200
    assert store.forgotten == 300 - len(store.devices)
    assert "299" in store.devices
    assert "0" not in store.devices


def test_only_what_came_after_the_baseline_is_new() -> None:
    store = DeviceStore()
    store.update([heard()])
    assert not store.devices[ADDRESS].new
    store.take_baseline(1.5)
    store.update([heard(2.0), heard(2.0, address="X")])
    assert [device.new for device in store.devices.values()] == [False, True]
    store.clear_baseline()
    assert not any(device.new for device in store.devices.values())


def test_rssi_out_of_range_is_unknown_not_a_crash() -> None:
    store = DeviceStore()
    store.update([heard(rssi=127), heard(2.0, rssi=9999), heard(3.0, rssi=-9999)])
    assert store.devices[ADDRESS].samples("a/hci0") == [None, None, None]


def test_every_report_counts_and_a_row_tells_the_signal_of_its_one_lane_or_its_best() -> None:
    store = DeviceStore()
    told = []
    for at, (lane, rssi) in enumerate((("a", -128), ("a", 126), ("a", None), ("a", -80), ("b", -40)), 1):
        store.update([heard(float(at), lane, rssi)])
        told.append(store.devices[ADDRESS].rssi)
    assert told == [-128, 126, None, -80, -40]
    assert store.received == 5


def test_a_persons_own_name_stands_in_place_of_what_the_device_says() -> None:
    store = DeviceStore({ADDRESS: "Door 4"})
    store.update([heard(1.0, raw=NAMED), heard(2.0, name="Thermo"), heard(3.0, raw=NAMED, pdu="SCAN_RSP")])
    store.update([heard(4.0, address="A4:C1:38:00:00:01", name="Thermo")])
    assert [device.name for device in store.devices.values()] == ["Door 4", "Thermo"]
    assert parse('name~"door*"').matches(store.devices[ADDRESS]) is True


def test_a_device_is_called_so_before_it_is_heard_and_after_it_is_renamed() -> None:
    store = DeviceStore({ADDRESS: "Door 4"})
    assert store.called(ADDRESS) == "Door 4"
    assert store.called("A4:C1:38:00:00:01") is None
    store.update([heard(1.0, raw=NAMED), heard(2.0, address="A4:C1:38:00:00:01", name="Thermo")])
    store.take_dirty()
    store.rename({"A4:C1:38:00:00:01": "Lamp"})
    assert ("A4:C1:38:00:00:01", "Lamp") in set(store.names())
    assert [device.name for device in store.devices.values()] == ["Thmo", "Lamp"]
    assert len(store.take_dirty()) == 2
    store.update([heard(3.0, name="Other"), heard(4.0, address="A4:C1:38:00:00:01", name="Thermo")])
    assert (store.called(ADDRESS), store.called("A4:C1:38:00:00:01")) == ("Other", "Lamp")


SEALED = bytes.fromhex("1216d2fc41a47266c95f730011223378237214")  # bthome.io/encryption
SENDER, KEY = "54:48:E6:8F:80:A5", bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
PARSED = AdvertisedFields(manufacturer={}, service_data={"0000fcd2-0000-1000-8000-00805f9b34fb": SEALED[4:]})
OPENED = "BTHome counter 857870592 temperature 25.06 °C humidity 50.55 %"


def test_what_is_sealed_is_opened_with_the_key_that_came_later() -> None:
    store = DeviceStore()
    store.update([heard(address=SENDER, raw=SEALED), heard(address="X", fields=PARSED)])
    device, other = store.devices.values()
    assert broadcast(device) == "BTHome counter 857870592 encrypted"
    assert broadcast(other) == "BTHome counter 857870592 encrypted"
    store.take_dirty()
    store.unseal(Keyring({SENDER: KEY}))
    assert broadcast(device) == OPENED
    assert store.take_dirty() == {device}
    store.unseal(Keyring({}))
    assert broadcast(device) == "BTHome counter 857870592 encrypted"


def test_parsed_fields_are_opened_too() -> None:
    store = DeviceStore()
    store.unseal(Keyring({SENDER: KEY}))
    store.update([heard(address=SENDER, fields=PARSED)])
    assert broadcast(store.devices[SENDER]) == OPENED


def test_an_own_name_leads_to_its_address_unless_two_have_it() -> None:
    store = DeviceStore({ADDRESS: "Door 4", "A": "Twin", "B": "twin"})
    assert store.address_of("DOOR 4") == ADDRESS
    assert store.address_of("twin") is None
    assert store.address_of("Door") is None
