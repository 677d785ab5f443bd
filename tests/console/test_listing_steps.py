"""The listing under any order of steps, its slices so small that others come between them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bletui.console import listing as module
from bletui.console.columns import BY_ID, ColumnId, SortValue
from bletui.console.listing import Counts, Listing, Matches, Sort, View
from bletui.devices import Device, DeviceStore
from bletui.filters import parse
from tests.console.stage import NOW, heard

SMALL = 12  # devices per step
ROOM = 30
COLUMNS: tuple[ColumnId, ...] = ("address", "name", "count", "first")  # whose order is that of their values
FILTERS: tuple[Matches | None, ...] = (
    None, *(parse(text).matches for text in ("rssi>=-60", "rssi>=-70", "not rssi>=-60", "a", "0f or name~b*")),
)  # fmt: skip
numbers = st.integers(0, 60)
reports = st.lists(st.tuples(numbers, st.none() | st.integers(-90, -40), st.sampled_from((None, "a", "b", "bA"))))


def known_first_and_sorted(values: list[SortValue], *, reverse: bool) -> bool:
    known: list[Any] = [value for value in values if value is not None]
    return values[: len(known)] == known == sorted(known, reverse=reverse)


class Steps(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(module, "SLICE", SMALL)
        self.store = DeviceStore(devices_max=ROOM)
        self.listing = Listing(self.store)
        self.listing.set_sort(Sort("address", descending=False))
        self.matches: Matches | None = None
        self.view: View = "all"
        self.away: set[str] = set()
        self.at = NOW
        self.hear([(n, -40 - n * 7 % 50, "ab"[n % 2]) for n in range(ROOM - 5)])

    def teardown(self) -> None:
        self.patch.undo()

    def device(self, n: int) -> Device | None:
        devices = list(self.store.devices.values())
        return devices[n % len(devices)] if devices else None

    def shown(self, device: Device) -> bool | None:
        away = device.address in self.away
        if away or self.view == "away":
            return away and self.view == "away"
        return True if self.matches is None else self.matches(device)

    def settle(self) -> None:
        while self.listing.apply():
            pass

    def in_order(self) -> bool:
        listing, column = self.listing, BY_ID[self.listing.sort.column]
        pinned = [device for device in listing.rows if device.address in listing.pinned]
        return listing.rows[: len(pinned)] == pinned and all(
            known_first_and_sorted([column.value(device) for device in rows], reverse=listing.sort.descending)
            for rows in (pinned, listing.rows[len(pinned) :])
        )

    @rule(batch=reports)
    def hear(self, batch: list[tuple[int, int | None, str | None]]) -> None:
        self.at += 1
        self.store.update(heard(n, -60, at=self.at, name=name)._replace(rssi=rssi) for n, rssi, name in batch)
        self.listing.take()

    @rule(matches=st.sampled_from(FILTERS))
    def filter(self, matches: Matches | None) -> None:
        self.matches = matches
        self.listing.set_filter(matches)

    @rule(column=st.sampled_from(COLUMNS), descending=st.booleans())
    def sort(self, column: ColumnId, descending: bool) -> None:
        self.listing.set_sort(Sort(column, descending))

    @rule(column=st.sampled_from(COLUMNS), descending=st.booleans())
    def a_sort_is_in_order_at_once(self, column: ColumnId, descending: bool) -> None:
        self.sort(column, descending)
        self.settle()
        assert self.in_order()

    @rule(view=st.sampled_from(("all", "away")))
    def turn(self, view: View) -> None:
        self.view = view
        self.listing.set_view(view)

    @rule(n=numbers)
    def pin(self, n: int) -> None:
        device = self.device(n)
        if device is not None:
            pinned = self.listing.pin(device)
            self.settle()
            rows = self.listing.rows
            assert (
                not pinned
                or device not in rows
                or all(d.address in self.listing.pinned for d in rows[: rows.index(device)])
            )

    @rule(n=numbers)
    def put_away(self, n: int) -> None:
        device = self.device(n)
        if device is not None:
            self.listing.put_away(device)
            self.away ^= {device.address}

    @rule()
    def slice(self) -> None:
        self.listing.apply()

    @rule(whole=st.booleans())
    def rank(self, whole: bool) -> None:
        self.listing.rank(whole=whole)

    @rule(
        matches=st.sampled_from(FILTERS), cursor=st.integers(0, 8), n=st.none() | numbers, height=st.integers(1, 4),
        sliced=st.integers(0, 2),
    )  # fmt: skip
    def glimpse(self, matches: Matches | None, cursor: int, n: int | None, height: int, sliced: int) -> None:
        """What a glimpse shows is what stands there in the end."""
        listing, selected = self.listing, None if n is None else self.device(n)
        self.filter(matches)
        for _ in range(sliced):
            listing.apply()
        seen = listing.glimpse(cursor, selected, height)
        found = listing.rows
        self.settle()
        if seen:
            assert listing.rows[: len(found)] == found
            at = found.index(selected) if selected in listing.rows else cursor
            assert at + height <= len(found) <= SMALL

    @rule()
    def all_is_as_made_anew(self) -> None:
        self.settle()
        listing, every = self.listing, list(self.store.devices.values())
        expected = {device for device in every if self.shown(device)}
        assert len(listing.rows) == len(expected)
        assert set(listing.rows) == expected
        away = sum(device.address in self.away for device in every)
        judged = [self.shown(device) for device in every if device.address not in self.away]
        hidden, unknown = (0, 0) if self.view == "away" else (judged.count(False), judged.count(None))
        assert listing.counts == Counts(len(every), len(expected), hidden, unknown, away)

    @rule()
    def ranked_rows_are_in_order_with_the_pinned_on_top(self) -> None:
        self.settle()
        self.listing.rank()
        assert self.in_order()

    @rule(matches=st.sampled_from(FILTERS))
    def a_filter_keeps_the_order(self, matches: Matches | None) -> None:
        self.settle()
        self.listing.rank()
        self.filter(matches)
        self.settle()
        assert self.in_order()

    @invariant()
    def no_row_stands_twice_or_for_a_device_that_is_gone(self) -> None:
        assert len(set(self.listing.rows)) == len(self.listing.rows)
        assert set(self.listing.rows) <= set(self.store.devices.values())


TestSteps = Steps.TestCase
TestSteps.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
