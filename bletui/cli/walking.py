"""A walk as lines: one device's signal, once a second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bletui.cli.narration import object_line
from bletui.cli.records import Record
from bletui.devices import Device, Heard
from bletui.devices.trail import SLIGHT, Steps, Trail
from bletui.model import Advertisement, Shed
from bletui.text import visible

EVERY = 1.0  # seconds between two lines
STALE = 10.0  # seconds after which a level is no news any more


class Walk:
    """A line a second on one device, whether it is heard or not; `counted` are those that have a level."""

    def __init__(self, address: str, *, json: bool) -> None:
        self.counted = 0
        self.device: Device | None = None
        self.address, self._json = address, json
        self._steps = Steps()

    def heard(self, heard: Advertisement, device: Device, lanes: Mapping[str, str]) -> str:
        if device.address == self.address:
            self.device = device
        return ""

    def shed(self, shed: Shed) -> str:
        return ""

    def end(self, devices: Iterable[Device], lanes: Mapping[str, str]) -> str:
        return ""

    def beat(self, monotonic: float, now: float, lanes: Mapping[str, str]) -> str:
        """The text for stdout."""
        words, record = self.tell(monotonic, now, lanes)
        return (object_line(record) if self._json else words) + "\n"

    def tell(self, monotonic: float, now: float, lanes: Mapping[str, str]) -> tuple[str, Record]:
        """Once a second; `now`: wall seconds, `lanes`: id to name."""
        if self.device is not None:
            self._steps.take(self.device, monotonic)
        record = walk_object(self.address, self.device, self._steps, now)
        self.counted += record["level"] is not None
        return walk_line(self.device, self._steps, now, lanes), record


def walk_line(device: Device | None, steps: Steps, now: float, lanes: Mapping[str, str]) -> str:
    """Level, trend, who hears it how well; `now`: wall seconds, `lanes`: id to name."""
    heard = steps.followed(device) if device is not None else None
    if device is None or heard is None:
        return "not heard yet"
    if (silent := now - heard.at) > STALE:
        return f"not heard for {silent:.0f} s"
    trail = steps.trails.get(heard.lane, Trail())
    level = "  ·" if trail.level is None else str(trail.level)
    own = [
        f"{name} {_number(trail)}" for name, trail in (("min", trail.least), ("mean", trail.mean), ("max", trail.most))
    ]
    others = [f"{_name(one.lane, lanes)} {_number(one.rssi)}" for one in device.heard() if one.lane != heard.lane]
    parts = (f"{level} dBm", trend_words(trail.trend), _name(heard.lane, lanes), *own, f"{trail.rate.value:.1f}/s")
    return "  ".join((*parts, *(f"({one})" for one in others)))


def trend_words(trend: float | None) -> str:
    if trend is None:
        return "listening"
    if abs(trend) < SLIGHT:
        return "steady"
    return f"{'nearer' if trend > 0 else 'farther'} {trend:+.0f} dB"


def walk_object(address: str, device: Device | None, steps: Steps, now: float) -> Record:
    heard = steps.followed(device) if device is not None else None
    trail = steps.trails.get(heard.lane, Trail()) if heard is not None else Trail()
    fresh = heard is not None and now - heard.at <= STALE
    return {
        "schema": "bletui.walk/1",
        "at": round(now, 6),
        "address": address,
        "name": device.name if device is not None else None,
        "lane": heard.lane if heard is not None else None,
        "level": trail.level if fresh else None,
        "trend": None if trail.trend is None else round(trail.trend, 1),
        "age": None if heard is None else round(now - heard.at, 3),
        "lanes": [_lane_object(one, steps) for one in device.heard()] if device is not None else [],
    }


def _lane_object(heard: Heard, steps: Steps) -> Record:
    trail = steps.trails.get(heard.lane, Trail())
    return {
        "lane": heard.lane,
        "rssi": heard.rssi,
        "min": trail.least,
        "mean": None if trail.mean is None else round(trail.mean, 1),
        "max": trail.most,
        "rate": round(trail.rate.value, 1),
    }


def _name(lane: str, lanes: Mapping[str, str]) -> str:
    return visible(lanes.get(lane) or lane)


def _number(value: float | None) -> str:
    return "·" if value is None else f"{value:.0f}"
