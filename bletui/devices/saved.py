"""What devices said of themselves at another time, and what is not so now: a baseline that outlasts the process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bletui.devices.baseline import Difference
from bletui.devices.device import Device

TEXT_MAX = 512  # characters of a name


class Saved(NamedTuple):
    """`services`: 128-bit UUIDs, sorted."""

    address: str
    name: str | None = None
    company: int | None = None
    services: tuple[str, ...] = ()


class Differs(NamedTuple):
    """`before` None: `new`; `now` None: `gone`, not heard at all this time."""

    what: Difference
    before: Saved | None
    now: Saved | None

    @property
    def address(self) -> str:
        found = self.now or self.before
        return found.address if found is not None else ""


def saved(device: Device) -> Saved:
    name = (device.name or "")[:TEXT_MAX] or None
    return Saved(device.address, name, device.company, tuple(sorted(device.service_uuids)))


def compare(before: Mapping[str, Saved], devices: Iterable[Device]) -> Iterator[Differs]:
    """New ones and changed ones as they come, then those that are gone. A sensor's other value is no difference."""
    gone = dict(before)
    for device in devices:
        now, then = saved(device), gone.pop(device.address, None)
        if then is None:
            yield Differs("new", None, now)
        elif then != now:
            yield Differs("changed", then, now)
    for then in gone.values():
        yield Differs("gone", then, None)
