"""RSSI as a row of bars that moves only when a bar is complete, so that it costs few bytes and does not flicker."""

from __future__ import annotations

from collections.abc import Sequence

FLOOR, CEILING = -100, -40  # dBm: about the sensitivity of a receiver, and a device on the desk
GROUP = 2  # reports per bar


def sparkline(samples: Sequence[int | None], count: int, bars: int, levels: str) -> str:
    """The last `bars` groups of `samples` (dBm, oldest first) as levels, padded left; `count` is of all reports.

    Groups are aligned to the count of reports: a new report changes the last bar only.
    """
    newest = count % GROUP or GROUP
    drawn: list[str] = []
    end = len(samples)
    size = newest
    while end > 0 and len(drawn) < bars:
        group = [rssi for rssi in samples[max(0, end - size) : end] if rssi is not None]
        drawn.append(level(sum(group) / len(group), levels) if group else " ")
        end, size = end - size, GROUP
    return "".join(reversed(drawn)).rjust(bars)


def level(rssi: float, levels: str) -> str:
    """One bar."""
    place = (rssi - FLOOR) / (CEILING - FLOOR) * len(levels)
    return levels[min(len(levels) - 1, max(0, int(place)))]


def scaled(values: Sequence[float], bars: int, levels: str) -> str:
    """The last `bars` values, one bar each, from the least to the greatest of them; flat where all are the same."""
    shown = values[-bars:]
    if not shown:
        return ""
    least, most = min(shown), max(shown)
    span = most - least
    top = len(levels) - 1
    return "".join(levels[round((one - least) / span * top) if span else top // 2] for one in shown)
