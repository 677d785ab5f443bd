"""What a scan has to say, summarised: devices that are new, back or gone, in one line a second at most."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from bletui.cli.plain.numbers import NUMBERS_MAX, Numbers
from bletui.cli.records import Record
from bletui.cli.rows import device_line
from bletui.devices import Device
from bletui.text import visible

EVERY = 1.0  # seconds between two lines
GONE = 30.0  # seconds without a report
NAMED = 5  # devices that one line names of each sort
ROUND = 5.0  # seconds between two looks for what is gone

Told = tuple[str, Record]


class ScanNews:
    """Fed with the rows that changed; times are wall seconds. Where not all are named, the `pinned` ones are."""

    def __init__(self, numbers: Numbers, pinned: Container[str] = ()) -> None:
        self._numbers, self._pinned = numbers, pinned
        self._present: dict[str, Device] = {}
        self._came: dict[str, tuple[str, Device]] = {}  # "new" or "back", by address
        self._went: dict[str, Device] = {}
        self._gone: dict[str, bool] = {}  # an ordered set
        self._told_at = float("-inf")
        self._looked_at = float("-inf")
        self._received = 0

    def take(self, changed: Iterable[Device]) -> None:
        """Rows that match the filter."""
        for device in changed:
            if device.address in self._present:
                continue
            self._present[device.address] = device
            if self._went.pop(device.address, None) is None:
                word = "new" if self._gone.pop(device.address, True) else "back"
                self._numbers.of(device.address)
                self._came[device.address] = word, device

    def look(self, now: float, received: int, linked: Container[str]) -> None:
        """Finds what is gone, if anything at all was heard since the last look: a radio that is deaf tells nothing.

        Devices that are `linked` are silent and not gone.
        """
        if now - self._looked_at < ROUND:
            return
        self._looked_at = now
        if received != self._received:
            self._received = received
            for device in [
                one for one in self._present.values() if now - one.last_at > GONE and one.address not in linked
            ]:
                del self._present[device.address]
                if self._came.pop(device.address, None) is None:
                    self._went[device.address] = device
                    self._gone[device.address] = False
                    if len(self._gone) > NUMBERS_MAX:
                        del self._gone[next(iter(self._gone))]

    def tell(self, now: float, lanes: Mapping[str, str]) -> Told | None:
        """The line, if there is one and it is time for it. `lanes`: id to name."""
        if now - self._told_at < EVERY or not (self._came or self._went):
            return None
        self._told_at = now
        came, went, self._came, self._went = self._came, self._went, {}, {}
        record = self._record(now, came, went)
        if len(came) == 1 and not went:
            ((word, device),) = came.values()
            number = self._numbers.of(device.address)
            return f"#{number}  {device_line(word, device, device.last_at, lanes, None, columns=False)}", record
        sorts = (
            ("new", [device for word, device in came.values() if word == "new"]),
            ("back", [device for word, device in came.values() if word == "back"]),
            ("gone", list(went.values())),
        )
        return "; ".join(f"{len(some)} {word}: {self._listed(some)}" for word, some in sorts if some), record

    def forget(self) -> None:
        """Every device is news again, as after another filter."""
        self._present, self._came, self._went = {}, {}, {}

    def _listed(self, devices: list[Device]) -> str:
        ranked = sorted(devices, key=lambda one: (one.address not in self._pinned, -strength(one)))
        words = [f"#{self._numbers.of(one.address)} {_who(one)}" for one in ranked[:NAMED]]
        more = len(devices) - NAMED
        return ", ".join(words) + (f" and {more} more" if more > 0 else "")

    def _record(self, now: float, came: Mapping[str, tuple[str, Device]], went: Mapping[str, Device]) -> Record:
        return {
            "schema": "bletui.heard/1",
            "at": round(now, 6),
            "came": [{"news": word, **self.device_object(device)} for word, device in came.values()],
            "gone": [self.device_object(device) for device in went.values()],
        }

    def device_object(self, device: Device) -> Record:
        return {
            "number": self._numbers.of(device.address),
            "address": device.address,
            "address_type": device.address_type,
            "name": device.name,
            "rssi": device.rssi,
        }


def strength(device: Device) -> int:
    """dBm; far below all others where it is not known."""
    return device.rssi if device.rssi is not None else -999


def _who(device: Device) -> str:
    level = "" if device.rssi is None else f" {device.rssi} dBm"
    return f"{visible(device.name or device.address)}{level}"
