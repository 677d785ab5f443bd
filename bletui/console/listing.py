"""Which devices are listed, and in what order: kept up to date from what changed, never by going through everything.

Ranking happens when asked for, so that rows do not jump; a filter is applied in slices, so that keys stay quick, and a
glimpse shows what will stand on top before all of them are through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Literal

from bletui.console.columns import BY_ID, Column, ColumnId, lane_column
from bletui.devices import Device, DeviceStore

Matches = Callable[[Device], bool | None]
Key = float | str
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
    """The rows in order, pinned ones first. Only `take`, `glimpse`, `apply`, `rank` and the setters change them.

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
        self._order: list[Device] = []  # every known device as ranked last; new ones at the end
        self._stale = False  # the rows alone were ranked since
        self._key: Callable[[Device], Key] = self._steady_key
        self._keys: dict[Device, Key] = {}
        self._smooth: dict[Device, float] = {}
        self._pending: Iterator[Device] | None = None
        self._judging = False  # what is pending is a filter or a view
        self._resorting = False  # what is pending is a sort
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
        key, keys, lasting = self._key, self._keys, self.sort.column in _LASTING
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
        self._key = self._steady_key if sort.column in _LEVELS else _plain_key(sort)
        self._keys = {}
        self._smooth = {}
        self._resorting = True
        self._start()

    def set_filter(self, matches: Matches | None) -> None:
        """Starts to apply a filter; `apply` does it."""
        self._matches = matches
        self.judge_again()

    def set_view(self, view: View) -> None:
        """Starts to show other rows; `apply` does it."""
        self.view = view
        self.judge_again()

    def judge_again(self) -> None:
        if self._pending is None and len(self.rows) == len(self._order):
            self._order, self._stale = self.rows.copy(), False
        self._judging = True
        self._start()

    def _start(self) -> None:
        self._pending = iter(list(self._verdicts))  # in the order of their making: that of memory, which is quicker

    def pin(self, device: Device) -> bool:
        """Keeps a row on top, or lets it go; whether it is pinned now."""
        self.pinned ^= {device.address}
        self._moved = self._stale = True
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

    def glimpse(self, cursor: int, selected: Device | None, height: int) -> bool:
        """Puts the first rows of a filter that was set in place where they fill `height` lines from the `selected` row
        on, or from row `cursor` on if that one is hidden; whether they do. `apply` finds the others."""
        if not self._judging or self._resorting:
            return False
        self._rank_all_again()
        found = list(filter(self._quick_verdict, self._order[:SLICE]))
        if selected is not None and self._quick_verdict(selected):
            if selected not in found:
                return False
            cursor = found.index(selected)
        if len(found) < cursor + height:
            return False
        self.rows = found
        return True

    def apply(self) -> bool:
        """One slice of a filter or sort that was set, the old rows stay meanwhile; whether more is left."""
        if self._pending is None:
            return False
        some = list(islice(self._pending, SLICE))
        if self._judging:
            self._verdicts.update(zip(some, map(self._quick_verdict, some), strict=True))
        if self._resorting:
            self._keys.update(zip(some, map(self._key, some), strict=True))
        if len(some) < SLICE:
            self._applied()
        return self._pending is not None

    def _applied(self) -> None:
        self._stale = self._stale or self._resorting
        self._pending, self._judging, self._resorting = None, False, False
        told = list(self._verdicts.values())
        self._hidden, self._unknown = told.count(False), told.count(None)
        self._rank_all_again()
        self.rows = self._shown()

    def rank(self, *, whole: bool = False) -> None:
        """Puts the rows in order; `whole`: the hidden ones too, so that a glimpse need not do it."""
        if not self._moved or self._pending is not None:
            return
        self._moved = False
        self._stale = True
        if whole and len(self.rows) < len(self._order):
            self._rank_all_again()
            self.rows = self._shown()
        else:
            self._put_in_order(self.rows)

    def _rank_all_again(self) -> None:
        if self._stale:
            self._stale = False
            self._put_in_order(self._order)

    def _put_in_order(self, devices: list[Device]) -> None:
        """In place: a copy would touch every device. Those of one key stay as they are, which most are already."""
        devices.sort(key=self._keys.__getitem__, reverse=self.sort.descending)
        if self.pinned:
            top = {self.store.devices.get(address) for address in self.pinned}
            pinned = [device for device in devices if device in top]
            devices[:] = pinned + [device for device in devices if device not in top]

    def _shown(self) -> list[Device]:
        if not self._hidden and not self._unknown:
            return self._order.copy()
        verdicts = self._verdicts
        return [device for device in self._order if verdicts[device]]

    @property
    def _quick_verdict(self) -> Matches:
        """What `_verdict` says of every device now, without asking it what does not matter."""
        return self._verdict if self._matches is None or self.away or self.view != "all" else self._matches

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
        if new:
            self._order.append(device)
        else:
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
            verdicts = self._verdicts
            self.rows = [device for device in self.rows if device in verdicts]
            self._order = [device for device in self._order if device in verdicts]
            if self._pending is not None:
                self._pending = iter([device for device in self._pending if device in verdicts])

    def _steady_key(self, device: Device) -> Key:
        value = self._steady(device)
        return _unknown(self.sort) if value is None else value

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


def _plain_key(sort: Sort) -> Callable[[Device], Key]:
    value, unknown = sort.by.value, _unknown(sort)

    def key(device: Device) -> Key:
        known = value(device)
        return unknown if known is None else known

    return key


def _unknown(sort: Sort) -> Key:
    """Stands last in either order."""
    if sort.column in _TEXT:
        return "" if sort.descending else "\U0010ffff"
    return -inf if sort.descending else inf


def frozen(device: Device) -> Device:
    """A copy that no later report changes."""
    copy = Device.__new__(Device)
    for name in Device.__slots__:
        setattr(copy, name, getattr(device, name))
    copy.packed = bytearray(device.packed)
    return copy
