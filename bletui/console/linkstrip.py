"""The row under the cursor in Connections, in three lines: what did not fit into the row, where the time went, and
what has failed there so far."""

from __future__ import annotations

from collections.abc import Sequence

from bletui.console.commands import BY_ID
from bletui.console.glyphs import Glyphs
from bletui.console.links import Row, link_facts, link_signals
from bletui.console.spans import Line, Span, fit, line, ruled
from bletui.console.stageclock import clock, opened_by
from bletui.console.status import lane_name
from bletui.log.failing import Group
from bletui.log.tally import Tally, Where
from bletui.model import Bond, Lane, LinkChanged, Operation, Snapshot
from bletui.text import visible


def strip(
    row: Row | None, state: Snapshot, now: float, size: int, glyphs: Glyphs, failed: Sequence[str] = ()
) -> list[Line]:
    """A rule that says what it is about, a line of facts, and how often what was asked there has `failed` so far.

    Nothing where there is no row.
    """
    if row is None:
        return []
    match row:
        case Row(operation=Operation() as operation):
            title, facts = _operation(operation, state), clock(operation, now, glyphs.separator)
        case Row(link=LinkChanged() as link):
            title, facts = _link(link, state, now), _opened(link, state, now, glyphs)
        case Row(lane=str(id_)) if row.bond is None and row.lost is None and id_ in state.lanes:
            title, facts = lane_name(id_, state.lanes), _lane(state.lanes[id_].lane)
        case Row(lost=Group() as lost):
            title, facts = visible(lost.what.address), _lost(lost)
        case Row(bond=Bond() as bond):
            title = f"bond of {visible(bond.address)} on {lane_name(bond.lane, state.lanes)}"
            facts = line(Span(BY_ID["links.unpair"].shown_key, "key"), " deletes it, after asking")
        case _:
            return [line(Span(glyphs.dash * size, "rule"))]
    ellipsis = glyphs.ellipsis
    head = ruled(fit((Span(title, "dim"),), min(len(title), size - 6), ellipsis=ellipsis), size, glyphs.dash)
    counts = line(Span(f" {' | '.join(failed)}" if failed else "", "warn"))
    return [head, fit(line(" ", *facts), size, ellipsis=ellipsis), fit(counts, size, ellipsis=ellipsis)]


def failures_here(tally: Tally, row: Row | None) -> list[str]:
    """Of the device in the row, else of its lane."""
    if row is None or not (row.address or row.lane):
        return []
    return tally.at(Where(row.radio, row.address) if row.address else Where(row.radio, lane=row.lane or ""))


def _lost(group: Group) -> Line:
    """What had just worked there, and what to do now."""
    again, away = BY_ID["links.again"].shown_key, BY_ID["links.cancel"].shown_key
    why = Span(f"{group.after}  " if group.after else "", "warn")
    return line(why, Span(again, "key"), " connects it again  ", Span(away, "key"), " puts this away")


def _operation(operation: Operation, state: Snapshot) -> str:
    where = f" on {lane_name(operation.lane, state.lanes)}" if operation.lane else ""
    moved = f", moved from {lane_name(operation.moved_from, state.lanes)}" if operation.moved_from else ""
    return f"{visible(operation.request.address)}{where}{moved}"


def _link(link: LinkChanged, state: Snapshot, now: float) -> str:
    held = f"held by {', '.join(map(visible, link.holders))}" if len(link.holders) > 1 else ""
    whose = f"opened by another client: {BY_ID['links.adopt'].shown_key} adopts it" if link.foreign else held
    facts = link_facts(link, link_signals(state).get(link.peer), now)
    return "  ".join(part for part in (visible(link.peer.address), facts, whose) if part)


def _opened(link: LinkChanged, state: Snapshot, now: float, glyphs: Glyphs) -> Line:
    operation = opened_by(state, link.peer)
    if operation is not None:
        return clock(operation, now, glyphs.separator) or line(Span("connected at once", "dim"))
    words = "how long it took to connect is not known: another client did" if link.foreign else ""
    return line(Span(words, "dim"))


def _lane(lane: Lane) -> Line:
    """What the lane tells of itself, and what it can't do."""
    told = "  ".join(visible(f"{key} {value}") for key, value in lane.info.items())
    cannot = "; ".join(visible(f"no {verb}: {why}") for verb, why in lane.cannot.items())
    return line(told, "  " if told and cannot else "", Span(cannot, "dim"))
