"""One device's signal while somebody walks: what each lane heard since then."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bletui.devices.device import SAMPLES, Device, Heard
from bletui.rate import Rate

KEPT = 800  # reports: twice what the widest terminal draws
STEADY = 3  # reports of which the number is the mean: one alone jumps by 10 dB
SLIGHT = 3.0  # dB that a body in the way makes too
SPAN = 8  # reports whose mean is held against that of as many before them


@dataclass(slots=True)
class Trail:
    """What one lane heard since the walk began: dBm, oldest first, and over all of it least, mean and greatest."""

    levels: deque[int | None] = field(default_factory=lambda: deque(maxlen=KEPT))
    rate: Rate = field(default_factory=Rate)
    least: int | None = None
    most: int | None = None
    seen: int = -1  # reports that the lane had counted
    known: int = 0
    total: int = 0

    def take(self, count: int, samples: Sequence[int | None], now: float) -> None:
        """`samples`: the newest of all `count` reports; the first call sets out from the last one."""
        self.rate.add(now, count)
        fresh = 1 if self.seen < 0 or count < self.seen else count - self.seen
        self.seen = count
        for rssi in samples[-fresh:] if fresh else ():
            self.levels.append(rssi)
            if rssi is not None:
                self.least = rssi if self.least is None else min(self.least, rssi)
                self.most = rssi if self.most is None else max(self.most, rssi)
                self.known += 1
                self.total += rssi

    @property
    def mean(self) -> float | None:
        return self.total / self.known if self.known else None

    @property
    def level(self) -> int | None:
        """dBm now; None where this radio can't tell."""
        newest = _known(self.levels)[-STEADY:]
        return round(sum(newest) / len(newest)) if newest and self.levels[-1] is not None else None

    @property
    def trend(self) -> float | None:
        """dB that the signal has risen by; None before there are enough reports."""
        known = _known(self.levels)
        if len(known) < 2 * SPAN:
            return None
        return (sum(known[-SPAN:]) - sum(known[-2 * SPAN : -SPAN])) / SPAN


def _known(levels: Sequence[int | None]) -> list[int]:
    return [level for level in list(levels)[-4 * SPAN :] if level is not None]


class Steps:
    """The trails of one device. `lane`: the one that is followed, None: the one that hears it best."""

    def __init__(self) -> None:
        self.trails: dict[str, Trail] = {}
        self.lane: str | None = None

    def take(self, device: Device, now: float) -> None:
        """Brings in the reports since the last call; `now`: monotonic seconds."""
        for heard in device.heard():
            trail = self.trails.setdefault(heard.lane, Trail())
            if heard.count != trail.seen:
                fresh = SAMPLES if trail.seen >= 0 else 1
                trail.take(heard.count, device.samples(heard.lane, fresh), now)
            else:
                trail.rate.add(now, heard.count)

    def followed(self, device: Device) -> Heard | None:
        return (self.lane and device.on(self.lane)) or device.best()

    def follow_next(self, device: Device) -> str | None:
        """The best lane, then each by itself, then the best again."""
        turns = [None, *device.lanes]
        at = turns.index(self.lane) if self.lane in turns else 0
        self.lane = turns[(at + 1) % len(turns)]
        return self.lane
