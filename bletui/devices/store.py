"""The store: thousands of advertisements a second in, changed rows out, bounded in every direction."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from bletui.decode.advertising import summarise
from bletui.decode.keyring import Keyring
from bletui.devices.baseline import Baseline
from bletui.devices.device import FIRST_AT, RECORD, SAMPLES, STRIDE, UNKNOWN, Device, Known
from bletui.model import AddressType, Advertisement

DEVICES_MAX = 100_000
CHANGES_MAX = 20_000  # payload changes remembered, all devices together


class Change(NamedTuple):
    """A payload that differed from `before`, the one of its kind before it; wall seconds."""

    at: float
    address: str
    scan_response: bool
    raw: bytes
    before: bytes


class DeviceStore:
    """Rows by address, however many lanes hear a device; `dirty` holds what changed since it was last taken.

    `names`: a person's own, by address; they stand in place of what a device says.
    """

    def __init__(self, names: Mapping[str, str] | None = None, devices_max: int = DEVICES_MAX) -> None:
        self.devices: dict[str, Device] = {}
        self.received = 0
        self.forgotten = 0  # rows given up for room
        self.changes: deque[Change] = deque(maxlen=CHANGES_MAX)
        self._known = Known(names=names or {})
        self._devices_max = devices_max
        self._dirty: set[Device] = set()
        self._lane_numbers: dict[str, int] = {}
        self.baseline: Baseline | None = None

    def take_dirty(self) -> set[Device]:
        """The rows that changed since the last call."""
        dirty, self._dirty = self._dirty, set()
        return dirty

    def update(self, events: Iterable[Advertisement]) -> None:
        devices, numbers, dirty, own = self.devices, self._lane_numbers, self._dirty, self._known.names
        unpack, pack, body = RECORD.unpack_from, RECORD.pack_into, RECORD.size
        heard = 0
        for at, lane, address, address_type, rssi, pdu, raw, name, fields, extended in events:
            heard += 1
            device = devices.get(address)
            if device is None:
                device = self._add(address, address_type, at)
            if pdu == "SCAN_RSP":
                if raw is not device.rsp and raw != device.rsp:
                    self._changed(device, at, raw, True)
            else:
                device.pdu = pdu
                if raw is not device.adv and raw != device.adv:
                    self._changed(device, at, raw, False)
            if name is not None and address not in own:
                device.name = name
            if fields is not None and fields != device.fields:
                device.fields = fields
                device.company = next(iter(fields.manufacturer), None)
            if extended is not None:
                device.extended = extended

            number = numbers.get(lane)
            if number is None:
                number = self._number(lane)
            packed = device.packed
            for offset in range(8, len(packed), STRIDE):
                found, before, count, interval = unpack(packed, offset)
                if found == number:
                    break
            else:
                offset, before, count, interval = len(packed), at, 0, 0.0
                device.packed = packed = packed + bytes(STRIDE)
            if pdu != "SCAN_RSP" and at > before:
                interval = _interval(interval, at - before)
            pack(packed, offset, number, at, count + 1, interval)
            packed[offset + body + count % SAMPLES] = 128 + (
                UNKNOWN if rssi is None or not -128 <= rssi < 127 else rssi
            )
            dirty.add(device)
        self.received += heard

    def own_name(self, address: str) -> str | None:
        """A person's own, if there is one."""
        return self._known.names.get(address)

    def called(self, address: str) -> str | None:
        """What a person calls a device, whether it was heard or not, else what it says; None: neither."""
        device = self.devices.get(address)
        return self._known.names.get(address) or (device.name if device is not None else None)

    def names(self) -> Iterator[tuple[str, str]]:
        """Every name that is known, with its address: a person's own ones, then what devices say."""
        yield from self._known.names.items()
        for address, device in self.devices.items():
            said = device.said_name
            if said:
                yield address, said

    def address_of(self, name: str) -> str | None:
        """The address that a person calls so, whatever the case; None: no name of theirs, or that of several."""
        found = [address for address, own in self._known.names.items() if own.casefold() == name.casefold()]
        return found[0] if len(found) == 1 else None

    def rename(self, names: Mapping[str, str]) -> None:
        """Other names of the person's own; a device that has none any more is called what it says."""
        before, self._known.names = self._known.names, names
        for address in before.keys() | names.keys():
            device = self.devices.get(address)
            if device is not None and before.get(address) != names.get(address):
                device.name = names.get(address) or device.said_name
                self._dirty.add(device)

    def unseal(self, keys: Keyring) -> None:
        """From now on these open what is sealed."""
        self._known.keys = keys
        self._dirty.update(device for address in keys if (device := self.devices.get(address)) is not None)

    def name_lane(self, lane: str, name: str) -> None:
        """What people call the lane; filters take this name too."""
        self._known.lane_names[lane] = name

    def forget_lane(self, lane: str) -> None:
        """Drops what `lane` heard; rows that no other lane hears go with it."""
        number = self._lane_numbers.get(lane)
        if number is None:
            return
        for device in list(self.devices.values()):
            packed = device.packed
            for offset in range(FIRST_AT.size, len(packed), STRIDE):
                if RECORD.unpack_from(packed, offset)[0] == number:
                    device.packed = packed[:offset] + packed[offset + STRIDE :]
                    self._dirty.add(device)
                    break
            if len(device.packed) == FIRST_AT.size:
                self._drop(device)

    def take_baseline(self, at: float) -> None:
        """From now on, wall time `at`, devices first heard later are `new`."""
        self.baseline = Baseline(at, self.devices.values())
        self._nothing_new()

    def clear_baseline(self) -> None:
        self.baseline = None
        self._nothing_new()

    def _nothing_new(self) -> None:
        for device in self.devices.values():
            if device.new:
                device.new = False
                self._dirty.add(device)

    def history(self, address: str, most: int) -> list[Change]:
        """The newest payload changes of one device that are still remembered, newest first, `most` at most."""
        return list(islice((change for change in reversed(self.changes) if change[1] == address), most))

    @property
    def changes_since(self) -> float | None:
        """Older changes than this, in wall seconds, gave way to newer ones; None: none did."""
        return self.changes[0].at if len(self.changes) == CHANGES_MAX else None

    def _add(self, address: str, address_type: AddressType | None, at: float) -> Device:
        if len(self.devices) >= self._devices_max:
            self._make_room()
        device = Device(address, address_type, at, self._known)
        device.new = self.baseline is not None and address not in self.baseline
        device.name = self._known.names.get(address)
        self.devices[address] = device
        return device

    def _number(self, lane: str) -> int:
        self._known.lanes.append(lane)
        return self._lane_numbers.setdefault(lane, len(self._known.lanes) - 1)

    def _changed(self, device: Device, at: float, raw: bytes | None, scan_response: bool) -> None:
        if raw is None:
            return
        summary = summarise(raw)
        if scan_response:
            before, device.rsp = device.rsp, raw
        else:
            before, device.adv = device.adv, raw
        if summary.name is not None and device.address not in self._known.names:
            device.name = summary.name
        if summary.company is not None:
            device.company = summary.company
        if before is not None:  # a first payload is no change: thousands of them would push out those that are
            self.changes.append(Change(at, device.address, scan_response, raw, before))

    def _make_room(self) -> None:
        """Gives up the longest silent hundredth, so that the sort is paid once in a while."""
        silent = sorted(self.devices.values(), key=lambda device: device.last_at)
        for device in silent[: max(1, self._devices_max // 100)]:
            self._drop(device)
            self.forgotten += 1

    def _drop(self, device: Device) -> None:
        del self.devices[device.address]
        self._dirty.discard(device)


def _interval(known: float, gap: float) -> float:
    """The advertising interval in seconds after one more gap: missed reports make gaps of two, three … intervals."""
    if not known:
        return gap
    if gap < known:
        return known + (gap - known) / 4
    if gap < 1.5 * known:
        return known + (gap - known) / 8
    return known * 1.02
