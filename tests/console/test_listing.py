"""The listing against the plain way: filter everything, sort everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.console.columns import BY_ID, COLUMNS, Column, ColumnId
from bletui.console.listing import Counts, Listing, Sort, frozen
from bletui.devices import Device, DeviceStore
from tests.console.stage import NOW, heard


def applied(listing: Listing) -> None:
    while listing.apply():
        pass


def odd(device: Device) -> bool | None:
    last = int(device.address[-1], 16)
    return None if last == 0 else bool(last % 2)


reports = st.lists(st.tuples(st.integers(0, 40), st.integers(-100, -30), st.none() | st.text(max_size=3)), max_size=30)


@given(st.lists(reports, max_size=6), st.sampled_from(COLUMNS), st.booleans(), st.booleans(), st.integers(4, 60))
def test_rows_are_what_the_filter_shows_in_the_order_of_the_column(
    batches: list[list[tuple[int, int, str | None]]], column: Column, descending: bool, filtered: bool, room: int
) -> None:
    store = DeviceStore(devices_max=room)
    listing = Listing(store)
    sort = Sort(column.id, descending)
    listing.set_sort(sort)
    for n, batch in enumerate(batches):
        store.update(heard(device, rssi, at=NOW + n, name=name) for device, rssi, name in batch)
        listing.take()
        if n == len(batches) // 2:
            listing.set_filter(odd if filtered else None)
        listing.rank()
    applied(listing)
    listing.take()
    listing.rank()

    verdicts = [odd(device) if filtered and batches else True for device in store.devices.values()]
    assert listing.counts == Counts(len(verdicts), verdicts.count(True), verdicts.count(False), verdicts.count(None))
    shown = {device for device in store.devices.values() if not (filtered and batches) or odd(device)}
    assert set(listing.rows) == shown
    assert len(listing.rows) == len(shown)
    if sort.column != "rssi":
        known = [value for device in listing.rows if (value := BY_ID[sort.column].value(device)) is not None]
        assert known == sorted(known, reverse=descending)
        unknown = [BY_ID[sort.column].value(device) is None for device in listing.rows]
        assert unknown == sorted(unknown)


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("column", ["name", "company", "interval", "rssi"])
def test_what_is_not_known_stands_last_in_either_order(column: ColumnId, descending: bool) -> None:
    store = DeviceStore()
    apple = bytes.fromhex("03ff4c00")
    store.update([
        heard(1)._replace(rssi=None), heard(2, name="b", raw=apple), heard(2, at=NOW + 1, name="b", raw=apple),
        heard(3, -90, name="a", raw=apple), heard(3, -90, at=NOW + 2, name="a", raw=apple),
    ])  # fmt: skip
    listing = Listing(store)
    listing.set_sort(Sort(column, descending))
    applied(listing)
    listing.take()
    listing.rank()
    assert [device.address[-1] for device in listing.rows][-1] == "1"


def test_rows_that_the_store_gave_up_are_gone() -> None:
    store = DeviceStore(devices_max=10)
    listing = Listing(store)
    for n in range(50):
        store.update([heard(n, at=NOW + n)])
        listing.take()
        assert {device.address for device in listing.rows} == set(store.devices)


def test_a_frozen_device_is_not_changed_by_later_reports() -> None:
    store = DeviceStore()
    store.update([heard(1, -50)])
    (device,) = store.devices.values()
    held = frozen(device)
    store.update([heard(1, -90, at=NOW + 1)])
    assert (device.rssi, device.count) == (-90, 2)
    assert (held.rssi, held.count) == (-50, 1)
