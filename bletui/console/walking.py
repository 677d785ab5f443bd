"""Walk: one device's signal while somebody walks, as numbers and as lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bletui.console.columns import STALE, age_text, age_words
from bletui.console.digits import ROWS, drawn, scale
from bletui.console.glyphs import Glyphs
from bletui.console.spans import Line, Role, Span, cell, fit, line
from bletui.console.sparkline import sparkline
from bletui.console.status import lane_name
from bletui.devices import Device, Heard
from bletui.devices.trail import SLIGHT, Steps, Trail
from bletui.model import LaneChanged


class Sight(NamedTuple):
    """What the lines are made with; `now`: wall seconds."""

    lanes: Mapping[str, LaneChanged]
    now: float
    glyphs: Glyphs
    width: int
    height: int


def walk_lines(device: Device, steps: Steps, sight: Sight) -> list[Line]:
    """The number as large as can be; below it the trend and the lane that is followed, then as much of the other lanes
    and of the course as there is room for."""
    heard = steps.followed(device)
    if heard is None:
        return [line(Span(" Not heard yet.", "dim"))]
    trail = steps.trails.get(heard.lane, Trail())
    trend, course = _trend_line(heard, trail, sight), _course(trail, sight)
    lanes = _lane_lines(device, heard, steps, sight)
    full = [trend, course, *lanes]
    below = [trend, lanes[0], *_others(device, heard, sight)][: max(0, sight.height - ROWS)]
    _, down = _scale(trail, sight, sight.height - len(below))
    spare = sight.height - ROWS * down
    if down and len(full) <= spare:
        below = full
    elif down and len(below) < spare:
        below.insert(1, course)
    return [*_number(heard, trail, sight, sight.height - len(below)), *below]


def _text(trail: Trail) -> str:
    return "--" if trail.level is None else str(trail.level)


def _scale(trail: Trail, sight: Sight, room: int) -> tuple[int, int]:
    return scale(max(3, len(_text(trail))), sight.width - 2, room)


def _number(heard: Heard, trail: Trail, sight: Sight, room: int) -> list[Line]:
    role: Role = "dim" if sight.now - heard.at > STALE else "strong"
    text = _text(trail)
    across, down = _scale(trail, sight, room)
    if not down:
        return [line(" ", Span(f"{text} dBm", role))]
    rows = drawn(text, across, down, sight.glyphs.levels[-1])
    spare = min(1, room - len(rows))
    return [*[()] * spare, *(line(" ", Span(row, role)) for row in rows), *[()] * (room - len(rows) - spare)]


def _trend_line(heard: Heard, trail: Trail, sight: Sight) -> Line:
    silent = sight.now - heard.at
    if silent > STALE:
        words = Span(f"not heard for {age_words(silent)}", "warn")
    else:
        words = trend_words(trail.trend, sight.glyphs)
    lane = Span(f"  dBm on {lane_name(heard.lane, sight.lanes)}", "dim")
    return fit(line(" ", words, lane), sight.width, ellipsis=sight.glyphs.ellipsis)


def trend_words(trend: float | None, glyphs: Glyphs) -> Span:
    if trend is None:
        return Span("listening", "dim")
    if abs(trend) < SLIGHT:
        return Span("= steady")
    if trend > 0:
        return Span(f"{glyphs.up} nearer, {trend:+.0f} dB", "ok")
    return Span(f"{glyphs.down} farther, {trend:+.0f} dB", "warn")


def _course(trail: Trail, sight: Sight) -> Line:
    bars = max(1, sight.width - 2)
    levels = list(trail.levels)
    return line(" ", Span(sparkline(levels, max(0, trail.seen), bars, sight.glyphs.levels), "signal"))


def _lane_lines(device: Device, followed: Heard, steps: Steps, sight: Sight) -> list[Line]:
    ellipsis = sight.glyphs.ellipsis
    return [
        fit(_lane_line(heard, steps.trails.get(heard.lane, Trail()), followed, sight), sight.width, ellipsis=ellipsis)
        for heard in sorted(device.heard(), key=lambda heard: heard.lane != followed.lane)
    ]


def _others(device: Device, followed: Heard, sight: Sight) -> list[Line]:
    """The other lanes' last levels in one line."""
    spans: list[str | Span] = []
    for heard in device.heard():
        if heard.lane != followed.lane:
            level = sight.glyphs.unknown if heard.rssi is None else str(heard.rssi)
            stale = sight.now - heard.at > STALE
            spans += [Span(f" {lane_name(heard.lane, sight.lanes)} ", "dim"), f"({level})" if stale else level, " "]
    return [fit(line(*spans), sight.width, ellipsis=sight.glyphs.ellipsis)] if spans else []


def _lane_line(heard: Heard, trail: Trail, followed: Heard, sight: Sight) -> Line:
    glyphs = sight.glyphs
    sign = glyphs.cursor if heard.lane == followed.lane else " "
    last = glyphs.unknown if heard.rssi is None else str(heard.rssi)
    mean = glyphs.unknown if trail.mean is None else f"{trail.mean:.0f}"
    least, most = (glyphs.unknown if level is None else str(level) for level in (trail.least, trail.most))
    name = cell(lane_name(heard.lane, sight.lanes), 12 if sight.width >= 56 else 6, ellipsis=glyphs.ellipsis)
    levels: tuple[str | Span, ...] = (
        Span(" min ", "dim"), f"{least:>4}", Span(" mean ", "dim"), f"{mean:>4}", Span(" max ", "dim"), f"{most:>4}",
    )  # fmt: skip
    age = Span(f" {age_text(sight.now - heard.at):>4}", "dim")
    return line(sign, Span(name, "dim"), Span(f" {last:>4}", "strong"), *levels, f" {trail.rate.value:5.1f}",
                Span("/s", "dim"), age)  # fmt: skip
