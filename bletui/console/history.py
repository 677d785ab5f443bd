"""What a device did so far: its level on each lane, and how its payload changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bletui.console.changed import changed_bytes, marks
from bletui.console.columns import age_text, age_words
from bletui.console.glyphs import Glyphs
from bletui.console.spans import Line, Span, cell, fit, line, ruled
from bletui.console.sparkline import GROUP, sparkline
from bletui.console.status import lane_name
from bletui.devices import SAMPLES, Change, Device, Heard
from bletui.model import LaneChanged

INDENT = 5  # cells before the bytes: their offset


def lane_levels(
    device: Device, lanes: Mapping[str, LaneChanged], *, now: float, size: int, glyphs: Glyphs
) -> list[Line]:
    """Two lines a lane: the last report, and the course of the last 60 with least, mean and greatest."""
    each = (one for heard in device.heard() for one in _lane(device, heard, lanes, now, size, glyphs))
    return [fit(one, size, ellipsis=glyphs.ellipsis) for one in each]


def _lane(
    device: Device, heard: Heard, lanes: Mapping[str, LaneChanged], now: float, size: int, glyphs: Glyphs
) -> Iterator[Line]:
    level = glyphs.unknown if heard.rssi is None else str(heard.rssi)
    name = cell(lane_name(heard.lane, lanes), 20, ellipsis=glyphs.ellipsis)
    age = Span(f" {heard.count:>6}x {age_text(now - heard.at):>3}", "dim")
    yield line(f" {name} {level:>4} dBm", age)
    samples = device.samples(heard.lane)
    words = level_words(samples)
    bars = min(SAMPLES // GROUP, max(0, size - len(words) - 5))
    yield line("  ", Span(sparkline(samples, heard.count, bars, glyphs.levels), "signal"), Span(f"  {words}", "dim"))


def level_words(samples: Sequence[int | None]) -> str:
    """Least, mean and greatest of what is known, in dBm."""
    known = [rssi for rssi in samples if rssi is not None]
    if not known:
        return ""
    return f"min {min(known)} mean {sum(known) / len(known):.0f} max {max(known)}"


def payload_changes(
    changes: Sequence[Change], since: float | None, *, now: float, size: int, glyphs: Glyphs
) -> list[Line]:
    """Newest first, each with the rows of bytes that changed and a mark under each such byte; nothing where none did.

    `since`: wall seconds before which changes are no longer known.
    """
    if not changes:
        return []
    title = line(Span("Payload changes", "title"), Span(" newest first", "dim"))
    lines = [ruled(title, size, glyphs.dash)]
    for change in changes:
        lines += _change(change, now, size)
    if since is not None:
        words = f" Those before {age_words(now - since)} ago gave way to newer ones of all devices."
        lines.append(line(Span(words, "dim")))
    return [fit(one, size, ellipsis=glyphs.ellipsis) for one in lines]


def _change(change: Change, now: float, size: int) -> Iterator[Line]:
    changed = changed_bytes(change.before, change.raw)
    kind = "scan response" if change.scan_response else "advertising data"
    length, before = len(change.raw), len(change.before)
    said = f"{len(changed)} of {length} bytes" + (f", were {before}" if before != length else "")
    yield line(Span(f" {age_words(now - change.at)} ago  ", "strong"), kind, Span(f"  {said}", "dim"))
    count = 8 if size < 16 * 3 + INDENT + 2 else 16
    for at in range(0, length, count):
        here = [n for n in range(at, min(at + count, length)) if n in changed]
        if here:
            yield _bytes(change.raw[at : at + count], at, changed)
            yield line(" " * INDENT, Span(marks(changed, at, here[-1] + 1).rstrip(), "accent"))


def _bytes(row: bytes, at: int, changed: frozenset[int]) -> Line:
    spans = [Span(f"{byte:02X} ", "strong" if at + n in changed else "dim") for n, byte in enumerate(row)]
    return line(Span(f"{at:{INDENT - 1}} ", "dim"), *spans)
