"""The three forms in which a scan reaches stdout: JSON objects, lines of news, a final table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from bletui.cli.narration import object_line
from bletui.cli.records import advertisement_object, shed_object
from bletui.cli.rows import device_line, table
from bletui.devices import Device
from bletui.devices.store import DEVICES_MAX
from bletui.model import Advertisement, Shed

QUIET = 5.0  # seconds between two lines on one device whose payload keeps changing


class Form(Protocol):
    """Text for stdout, "" where there is none. `counted` is what `--count` bounds; `lanes` maps ids to names."""

    @property
    def counted(self) -> int: ...

    def heard(self, heard: Advertisement, device: Device, lanes: Mapping[str, str]) -> str: ...

    def shed(self, shed: Shed) -> str: ...

    def end(self, devices: Iterable[Device], lanes: Mapping[str, str]) -> str: ...


class JsonLines:
    """One object per advertisement, and one where some are missing."""

    def __init__(self) -> None:
        self.counted = 0

    def heard(self, heard: Advertisement, device: Device, lanes: Mapping[str, str]) -> str:
        self.counted += 1
        return object_line(advertisement_object(heard, device.name, device.company)) + "\n"

    def shed(self, shed: Shed) -> str:
        return object_line(shed_object(shed)) + "\n"

    def end(self, devices: Iterable[Device], lanes: Mapping[str, str]) -> str:
        return ""


class News:
    """A line when a device is heard for the first time, tells its name, or changes its payload (every 5 s at most)."""

    def __init__(self, width: int | None) -> None:
        self.counted = 0
        self._width = width
        self._told: dict[str, tuple[float, str | None, bytes | None]] = {}

    def heard(self, heard: Advertisement, device: Device, lanes: Mapping[str, str]) -> str:
        news = self._news(heard.at, device)
        if not news:
            return ""
        self.counted += 1
        self._told[device.address] = (heard.at, device.name, device.raw)
        if len(self._told) > DEVICES_MAX:
            del self._told[next(iter(self._told))]
        return device_line(news, device, heard.at, lanes, self._width) + "\n"

    def shed(self, shed: Shed) -> str:
        return ""

    def end(self, devices: Iterable[Device], lanes: Mapping[str, str]) -> str:
        return ""

    def _news(self, at: float, device: Device) -> str:
        told = self._told.get(device.address)
        if told is None:
            return "new"
        before, name, raw = told
        if name != device.name:
            return "name"
        return "data" if at - before >= QUIET and raw != device.raw else ""


class Table:
    """Nothing until the end, then every device once."""

    def __init__(self, width: int | None) -> None:
        self._width = width
        self._addresses: set[str] = set()

    @property
    def counted(self) -> int:
        return len(self._addresses)

    def heard(self, heard: Advertisement, device: Device, lanes: Mapping[str, str]) -> str:
        self._addresses.add(device.address)
        return ""

    def shed(self, shed: Shed) -> str:
        return ""

    def end(self, devices: Iterable[Device], lanes: Mapping[str, str]) -> str:
        return table(devices, lanes, self._width)
