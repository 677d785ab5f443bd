"""The first line: which radios and lanes there are, whether they scan, and how much comes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING

from bletui.console.spans import Line, Role, Span, cell, cell_len, fit, line, width
from bletui.text import short_name as short_name
from bletui.text import visible

if TYPE_CHECKING:  # the first frame waits for neither the values nor the radios' imports
    from bletui.model import Lane, LaneChanged, StreamChanged
    from bletui.session import Joined


def lane_name(lane: str, lanes: Mapping[str, LaneChanged]) -> str:
    """What a lane is called in a line: its name, else its id without the radio's."""
    known = lanes.get(lane)
    return short_name(known.lane.name if known and known.lane.name else lane.rpartition("/")[2])


def lane_names(radios: Iterable[Joined]) -> dict[str, str]:
    """Of every radio's lanes, by id; those without a name are left out."""
    return {id_: changed.lane.name for id_, changed in lanes_of(radios).items() if changed.lane.name}


def lanes_of(radios: Iterable[Joined]) -> dict[str, LaneChanged]:
    """Every radio's lanes, by id."""
    return {lane: changed for joined in radios for lane, changed in joined.state.lanes.items()}


def linked_words(radios: Iterable[Joined], address: str) -> tuple[str, ...]:
    """Where a device is connected: most are silent then."""
    return tuple(
        f"{'connected' if link.state == 'up' else link.state} on {lane_name(peer.lane, joined.state.lanes)}"
        for joined in radios
        for peer, link in joined.state.links.items()
        if peer.address == address
    )


def scan_streams(joined: Joined) -> list[StreamChanged]:
    """Those of lanes that were taken away are off for good, and say nothing of the radio."""
    state = joined.state
    scans = [changed for (_, stream), changed in state.streams.items() if stream == "scan"]
    return [one for one in scans if one.state != "off" or one.lane is None or one.lane in state.lanes]


def radio_state(joined: Joined, now: float) -> Span:
    """Whether a radio scans, in a word or two; `now` is wall time."""
    if joined.failure is not None:
        parted = joined.failure.kind.value == "op.cancelled"  # somebody did that: who says more than what
        again = "" if joined.retry_at is None else f", retry in {max(0, round(joined.retry_at - now))} s"
        return Span(visible(joined.failure.detail or "left") if parted else joined.failure.kind.value + again, "error")
    if joined.attachment is None and not joined.state.lanes:
        return Span("opening", "dim")
    bridge = joined.state.streams.get((None, "bridge"))
    if bridge is not None and bridge.state == "broken":  # whatever else is known is from before
        return Span(stream_words(bridge, now), "error")
    streams = scan_streams(joined)
    live = sum(stream.state == "live" for stream in streams)
    if streams and live == len(streams):
        return Span("scanning" if live == 1 else f"{live} lanes scanning", "ok")
    worst = _worst(streams)
    if worst is not None:
        words = stream_words(worst, now)
        if live:  # how many are down is plain then
            words = f"{live}/{len(streams)} scanning, {words.removeprefix('down, ')}"
        role: Role = "error" if worst.state == "broken" and not live else "warn" if live else "dim"
        return Span(words, role)
    unusable = [changed.lane for changed in joined.state.lanes.values() if changed.lane.usable]
    if unusable:
        return Span(lane_words(unusable[0]), "error")
    states = {stream.state for stream in streams}
    return Span(next(iter(sorted(states)), "ready"), "dim")


def _worst(streams: list[StreamChanged]) -> StreamChanged | None:
    """The broken stream that is tried last, else one that is not live yet; None: nothing is wrong."""
    broken = [stream for stream in streams if stream.state == "broken"]
    if broken:
        return max(broken, key=lambda stream: stream.retry_at or 0.0)
    return next((stream for stream in streams if stream.state == "opening"), None)


def stream_words(stream: StreamChanged, now: float) -> str:
    """`down, retry in 4 s`; just the state where it is not broken."""
    if stream.state != "broken":
        return stream.state
    if stream.retry_at is None:
        return "down"
    return f"down, retry in {max(0, round(stream.retry_at - now))} s"


def lane_words(lane: Lane) -> str:
    return lane.usable.kind.value if lane.usable else "ready"


def simulated(radios: Iterable[Joined]) -> bool:
    return any("simulated" in changed.lane.info for joined in radios for changed in joined.state.lanes.values())


_TROUBLE_FIRST: Mapping[Role, int] = {"error": 0, "warn": 1}  # where there is no room for all


def dropped(radios: Iterable[Joined]) -> tuple[int, int]:
    """How many events were shed for want of time or room, and how many could not be understood."""
    every = [each for joined in radios for each in joined.state.shed.items()]
    malformed = sum(count for (_, what), count in every if what.startswith("malformed"))
    return sum(count for _, count in every) - malformed, malformed


def counters(rate: float, shed: int, malformed: int) -> Line:
    """What comes in, what was dropped, and what was not understood, if anything was."""
    role: Role = "warn" if shed else "dim"
    wrong = Span(f" malformed {malformed} " if malformed else "", "warn")
    return line(Span(" RX ", "dim"), f"{rate:.0f}", Span("/s  ", "dim"), Span(f"shed {shed} ", role), wrong)


def header(radios: Iterable[Joined], *, now: float, size: int, problems: int = 0, alert: str = "") -> Line:
    """The title and every radio with its state, in `size` cells, with a blank at the end; before them what a watched
    value says, and before those that are well how many `problems` are new."""
    every = tuple(radios)
    left: list[str | Span] = [Span(" bletui", "title"), "  "]
    if simulated(every):
        left += [Span(" SIMULATED DATA ", "mark"), "  "]
    if alert:
        room = size - 3 - width(line(*left))
        left += [Span(f" {cell(alert, min(room, cell_len(alert)))} ", "mark"), "  "]
    states = [(named(joined), radio_state(joined, now)) for joined in every]
    told = [(_TROUBLE_FIRST.get(state.role, 3), line(f"{name} ", state)) for name, state in states]
    if problems:
        told.append((2, line(Span(f"{problems} new problem{'s' * (problems > 1)}", "warn"))))
    for _, part in sorted(told, key=itemgetter(0)):
        left += [*part, "   "]
    shown = line(*left)
    return fit(shown, size) if width(shown) < size else (*fit(shown, max(0, size - 1)), Span(" "))


def named(joined: Joined) -> str:
    """The radio, and the role there of who may not do everything."""
    role = "operator" if joined.attachment is None else joined.attachment.owner.role
    return short_name(joined.name) + ("" if role == "operator" else f" ({role})")
