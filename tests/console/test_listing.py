"""The listing against the plain way: filter everything, sort everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.console.columns import BY_ID, COLUMNS, Column, ColumnId
from bletui.console.listing import Counts, Listing, Matches, Sort, frozen
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


@given(reports, st.sets(st.integers(0, 40), max_size=6), st.lists(st.integers(0, 40), max_size=6), st.booleans())
def test_pinned_rows_stand_on_top_and_those_put_away_are_counted_apart(
    batch: list[tuple[int, int, str | None]], pins: set[int], put_away: list[int], away_only: bool
) -> None:
    store = DeviceStore()
    listing = Listing(store)
    store.update(heard(device, rssi, name=name) for device, rssi, name in batch)
    listing.take()
    devices = {int(device.address[-2:], 16): device for device in store.devices.values()}
    pinned = {devices[n] for n in pins if n in devices and listing.pin(devices[n])}
    away = {devices[n] for n in put_away if n in devices and listing.put_away(devices[n])}
    away = {device for device in away if device.address in listing.away}  # one that was put away twice is back
    listing.set_filter(odd)
    listing.set_view("away" if away_only else "all")
    applied(listing)
    listing.rank()
    expected = away if away_only else {device for device in devices.values() if device not in away and odd(device)}
    assert set(listing.rows) == expected
    top = [device in pinned for device in listing.rows]
    assert top == sorted(top, reverse=True)
    assert listing.counts.away == len(away)
    if not away_only:
        judged = [odd(device) for device in devices.values() if device not in away]
        assert (listing.counts.hidden, listing.counts.unknown) == (judged.count(False), judged.count(None))
    for _ in away:
        assert listing.bring_back() is not None
    assert listing.bring_back() is None


def test_another_session_keeps_order_pins_and_what_was_put_away() -> None:
    before, store = Listing(DeviceStore()), DeviceStore()
    before.store.update([heard(1), heard(2)])
    before.take()
    first, second = before.store.devices.values()
    before.pin(first)
    before.put_away(second)
    before.set_sort(Sort("name", False))
    after = Listing(store)
    after.continue_from(before)
    store.update([heard(3, -20, name="a"), heard(2, -20), heard(1, name="z")])
    after.take()
    applied(after)
    after.rank()
    assert [device.address[-1] for device in after.rows] == ["1", "3"]
    assert after.sort == Sort("name", False)


def of(*reports: tuple[int, int], room: int = 100) -> Listing:
    """Devices by number and RSSI, in order."""
    store = DeviceStore(devices_max=room)
    store.update(heard(n, rssi, at=NOW + n) for n, rssi in reports)
    listing = Listing(store)
    listing.take()
    listing.rank()
    return listing


def last_digits(listing: Listing) -> str:
    return "".join(device.address[-1] for device in listing.rows)


def test_a_device_that_goes_while_a_filter_is_applied_is_not_counted() -> None:
    listing = of((1, -50), (2, -60), room=2)
    listing.set_filter(odd)
    listing.store.update([heard(3, -70, at=NOW + 3)])
    listing.take()
    applied(listing)
    assert last_digits(listing) == "3"
    assert listing.counts == Counts(2, 1, 1, 0)


def test_a_row_that_is_pinned_while_a_filter_is_applied_stands_on_top_then() -> None:
    listing = of((1, -50), (2, -60), (3, -70))
    listing.set_filter(odd)
    listing.pin(next(device for device in listing.rows if device.rssi == -70))
    applied(listing)
    assert last_digits(listing) == "31"


def test_hidden_rows_come_back_at_the_places_that_they_have_come_to() -> None:
    listing = of((1, -50), (2, -60), (3, -70), (4, -80))
    listing.set_filter(odd)
    applied(listing)
    for n in range(20):
        listing.store.update([heard(4, -30, at=NOW + 10 + n), heard(3, -40, at=NOW + 10 + n)])
        listing.take()
    listing.rank()
    assert last_digits(listing) == "31"
    listing.set_filter(None)
    applied(listing)
    assert last_digits(listing) == "4312"


@given(reports, st.lists(st.sampled_from([odd, None]), max_size=4))
def test_a_filter_takes_rows_away_and_moves_none(
    batch: list[tuple[int, int, str | None]], filters: list[Matches | None]
) -> None:
    listing = of(*((n, rssi // 10) for n, rssi, _ in batch))
    rows = listing.rows
    for matches in filters:
        listing.set_filter(matches)
        applied(listing)
        assert listing.rows == [device for device in rows if matches is None or matches(device)]
