"""Which devices are listed, and in what order: kept up to date from what changed, never by going through everything.

Ranking happens when asked for, so that rows do not jump; a filter is applied in slices, so that keys stay quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Literal

from bletui.console.columns import BY_ID, Column, ColumnId, SortValue, lane_column
from bletui.devices import Device, DeviceStore

Matches = Callable[[Device], bool | None]
View = Literal["all", "differing", "away"]

SLICE = 2_000  # devices per step of applying a filter
HYSTERESIS = 6.0  # dB that the smoothed RSSI must move before the row may


@dataclass(frozen=True, slots=True)
class Sort:
    """`lane`: which one's RSSI, for the column `lane`."""

    column: ColumnId = "rssi"
    descending: bool = True
    lane: str = ""

    @property
    def by(self) -> Column:
        return lane_column(self.lane) if self.column == "lane" else BY_ID[self.column]


@dataclass(frozen=True, slots=True)
class Counts:
    """`unknown`: rows for which the filter can't tell; `away`: those put away by hand. Neither is counted as hidden."""

    total: int
    shown: int
    hidden: int
    unknown: int
    away: int = 0


class Listing:
    """The rows in order, pinned ones first. Only `take`, `apply`, `rank` and the setters change them.

    `view`: every device that was not put away; of these, those that differ from the baseline; or those put away.
    """

    def __init__(self, store: DeviceStore) -> None:
        self.store = store
        self.rows: list[Device] = []
        self.sort = Sort()
        self.view: View = "all"
        self.pinned: set[str] = set()  # addresses
        self.away: dict[str, None] = {}  # addresses put away, in that order
        self.now = 0.0  # wall seconds, for what differs by its silence
        self._matches: Matches | None = None
        self._verdicts: dict[Device, bool | None] = {}  # every known device
        self._keys: dict[Device, float | str] = {}
        self._smooth: dict[Device, float] = {}
        self._pending: Iterator[Device] | None = None
        self._resorting = False  # what is pending is a sort too
        self._changed: set[Device] = set()
        self._hidden = 0
        self._unknown = 0
        self._moved = False

    @property
    def counts(self) -> Counts:
        away = sum(address in self.store.devices for address in self.away)
        if self.view == "away":
            return Counts(len(self._verdicts), len(self.rows), 0, 0, away)
        return Counts(len(self._verdicts), len(self.rows), self._hidden - away, self._unknown, away)

    def continue_from(self, before: Listing) -> None:
        """Another session's rows in the order of `before`, with the same rows pinned and put away."""
        self.pinned, self.away = before.pinned, before.away
        self.set_sort(before.sort)

    def take(self) -> None:
        """Brings in what the store says changed; new rows stand at the end until the next ranking."""
        key = self._steady_key if self.sort.column in _LEVELS else self._key
        keys, lasting = self._keys, self.sort.column in _LASTING
        dirty = self.store.take_dirty()
        self._changed |= dirty
        new = [device for device in dirty if device not in self._verdicts]
        new.sort(key=lambda device: device.address)  # a set has no order of its own
        judging = self._matches is not None or self.view == "differing"
        for device in (*new, *(dirty.difference(new) if new else dirty)):
            if judging or device not in self._verdicts:
                self._judge(device)
            before = keys.get(device)
            if lasting and before is not None:
                continue
            now = key(device)
            if before != now:
                keys[device] = now
                self._moved = True
        if len(self._verdicts) != len(self.store.devices):
            self._forget()

    def take_changed(self) -> set[Device]:
        """The devices that changed since the last call."""
        changed, self._changed = self._changed, set()
        return changed

    def set_sort(self, sort: Sort) -> None:
        """Starts to sort by another column; `apply` does it."""
        self.sort = sort
        self._keys = {}
        self._smooth = {}
        self._resorting = True
        self.judge_again()

    def set_filter(self, matches: Matches | None) -> None:
        """Starts to apply a filter; `apply` does it."""
        self._matches = matches
        self.judge_again()

    def set_view(self, view: View) -> None:
        """Starts to show other rows; `apply` does it."""
        self.view = view
        self.judge_again()

    def judge_again(self) -> None:
        self._pending = iter(list(self._verdicts))

    def pin(self, device: Device) -> bool:
        """Keeps a row on top, or lets it go; whether it is pinned now."""
        self.pinned ^= {device.address}
        self._moved = True
        self.rank()
        return device.address in self.pinned

    def put_away(self, device: Device) -> bool:
        """Hides one device, or shows it again; whether it is put away now."""
        address = device.address
        if address in self.away:
            del self.away[address]
        else:
            self.away[address] = None
        self._judge_one(address)
        return address in self.away

    def bring_back(self) -> str | None:
        """Shows the device again that was put away last: its address."""
        if not self.away:
            return None
        address, _ = self.away.popitem()
        self._judge_one(address)
        return address

    def _judge_one(self, address: str) -> None:
        device = self.store.devices.get(address)
        if device is not None and device in self._verdicts:
            self._judge(device)
            self.rank()

    def apply(self) -> bool:
        """One slice of a filter or sort that was set, the old order stays meanwhile; whether more is left."""
        if self._pending is None:
            return False
        some = list(islice(self._pending, SLICE))
        verdicts, matches = self._verdicts, self._matches
        verdict = self._verdict if matches is None or self.away or self.view != "all" else matches
        verdicts |= {device: verdict(device) for device in some if device in verdicts}
        if self._resorting:
            self._keys |= {device: self._key(device) for device in some if device in verdicts}
        if len(some) < SLICE:
            self._applied()
        return self._pending is not None

    def _applied(self) -> None:
        self._pending, self._resorting = None, False
        verdicts = self._verdicts
        told = list(verdicts.values())
        self._hidden, self._unknown = told.count(False), told.count(None)
        stay = [device for device in self.rows if verdicts.get(device)]  # in order already
        there = set(stay)
        self.rows = stay + [device for device, verdict in verdicts.items() if verdict and device not in there]
        self._moved = True
        self.rank()

    def rank(self) -> bool:
        """Puts the rows in order; whether that changed anything."""
        if not self._moved or self._pending is not None:
            return False
        self._moved = False
        before = self.rows.copy()
        self.rows.sort(key=self._keys.__getitem__, reverse=self.sort.descending)
        if self.pinned:
            top = {self.store.devices.get(address) for address in self.pinned}
            rest = [device for device in self.rows if device not in top]
            self.rows = [device for device in self.rows if device in top] + rest
        return before != self.rows

    def _verdict(self, device: Device) -> bool | None:
        if self.away or self.view == "away":
            away = device.address in self.away
            if away or self.view == "away":
                return away and self.view == "away"
        baseline = self.store.baseline
        if self.view == "differing" and (baseline is None or baseline.difference(device, self.now) is None):
            return False
        return True if self._matches is None else self._matches(device)

    def _judge(self, device: Device) -> None:
        verdict = self._verdict(device)
        new = device not in self._verdicts
        before = self._verdicts.get(device)
        self._verdicts[device] = verdict
        if not new and verdict is before:
            return
        if not new:
            self._hidden -= before is False
            self._unknown -= before is None
        self._hidden += verdict is False
        self._unknown += verdict is None
        if self._pending is not None:
            return  # the rows are made anew when the filter has been applied
        if verdict:
            self.rows.append(device)
            self._moved = True
        elif before:
            self.rows.remove(device)

    def _forget(self) -> None:
        """Rows that the store gave up."""
        devices = self.store.devices
        gone = [device for device in self._verdicts if devices.get(device.address) is not device]
        for device in gone:
            verdict = self._verdicts.pop(device)
            self._hidden -= verdict is False
            self._unknown -= verdict is None
            self._keys.pop(device, None)
            self._smooth.pop(device, None)
        if gone:
            self.rows = [device for device in self.rows if device in self._verdicts]
            self._moved = True

    def _key(self, device: Device) -> float | str:
        if self.sort.column in _LEVELS:
            return self._steady_key(device)
        column = self.sort.by
        return _unknown_last(column.value(device), column, descending=self.sort.descending)

    def _steady_key(self, device: Device) -> float | str:
        value = self._steady(device)
        if value is not None:
            return value
        return _unknown_last(value, BY_ID["rssi"], descending=self.sort.descending)

    def _steady(self, device: Device) -> float | None:
        """The smoothed RSSI that the row was last ranked by, unless it has moved far enough."""
        rssi = device.rssi if self.sort.column == "rssi" else self.sort.by.value(device)
        if not isinstance(rssi, int):
            return None
        smooth = self._smooth.get(device)
        self._smooth[device] = smooth = rssi if smooth is None else smooth + (rssi - smooth) / 4
        ranked = self._keys.get(device)
        if isinstance(ranked, float) and abs(smooth - ranked) < HYSTERESIS:
            return ranked
        return float(round(smooth))


_LASTING: frozenset[ColumnId] = frozenset(("address", "first"))  # values that a device keeps for life
_LEVELS: frozenset[ColumnId] = frozenset(("rssi", "lane"))  # dBm, smoothed
_TEXT: frozenset[ColumnId] = frozenset(("name", "address", "company"))


def _unknown_last(value: SortValue, column: Column, *, descending: bool) -> float | str:
    if value is not None:
        return value
    if column.id in _TEXT:
        return "" if descending else "\U0010ffff"
    return -inf if descending else inf


def frozen(device: Device) -> Device:
    """A copy that no later report changes."""
    copy = Device.__new__(Device)
    for name in Device.__slots__:
        setattr(copy, name, getattr(device, name))
    copy.packed = bytearray(device.packed)
    return copy
