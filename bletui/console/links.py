"""Lanes, links and operations of the radios as rows: what runs, who waits, what failed. Pure: values in, lines out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bletui.connections import verb
from bletui.console.cards import severity_role
from bletui.console.commands import BY_ID
from bletui.console.glyphs import Glyphs
from bletui.console.spans import Line, Role, Span, cell, cell_len, line, ruled, spread, width
from bletui.console.status import lane_name, short_name
from bletui.failure import Failure
from bletui.log.failing import LINK, Group
from bletui.model import (
    Bond,
    Connect,
    Disconnect,
    Lane,
    LinkChanged,
    Operation,
    OperationChanged,
    OpId,
    Pair,
    Peer,
    ReadRssi,
    Snapshot,
    Unpair,
)
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.session import Joined

FAILED_MAX = 20  # failed connects, pairings and disconnects that are still shown, newest first
_LANE, _SLOTS, _ADDRESS, _VERB = 20, 18, 19, 11  # columns
_KEPT = Connect | Pair | Disconnect | Unpair

Bonds = tuple[Bond, ...] | Failure | None  # None: asked for, not told yet


@dataclass(frozen=True, slots=True)
class Row:
    """`key` names what stands there, for the cursor; None: nothing to choose, a heading."""

    radio: str
    line: Line
    key: str | int | OpId | tuple[object, ...] | None = None
    link: LinkChanged | None = None
    operation: Operation | None = None
    failure: Failure | None = None
    lane: str | None = None
    bond: Bond | None = None
    lost: Group | None = None

    @property
    def address(self) -> str:
        """Of the device that it is about; "" for none."""
        if self.link is not None:
            return self.link.peer.address
        if self.lost is not None:
            return self.lost.what.address
        return self.operation.request.address if self.operation is not None else ""


def rows(
    radios: Iterable[Joined],
    now: float,
    size: int,
    glyphs: Glyphs,
    *,
    dismissed: Iterable[OpId] = (),
    bonds: Mapping[str, Bonds] | None = None,
    failing: Iterable[Group] = (),
    name_of: Callable[[str], str] = lambda _: "",
) -> Iterator[Row]:
    """Per radio: each lane with its links and what runs there, what waits for any lane, and bonds if asked for.

    A link that was lost stands where it was until it is up again, is asked for, or is put away: `failing`.

    A device's name stands at the right edge where there is room for it.
    """
    for row in _rows(radios, now, size, glyphs, frozenset(dismissed), bonds or {}, tuple(failing)):
        name = name_of(row.address or (row.bond.address if row.bond else ""))
        name = "" if row.bond and name == visible(row.bond.name) else name
        fits = 0 < cell_len(name) <= size - width(row.line) - 3
        yield replace(row, line=spread(row.line, line(Span(name, "strong"), " "), size)) if fits else row


def _rows(
    radios: Iterable[Joined],
    now: float,
    size: int,
    glyphs: Glyphs,
    hidden: frozenset[OpId],
    bonds: Mapping[str, Bonds],
    failing: Sequence[Group],
) -> Iterator[Row]:
    for joined in radios:
        yield Row(joined.name, ruled((Span(short_name(joined.name), "title"),), size, glyphs.dash))
        if joined.failure is not None:
            yield Row(joined.name, line("  did not open"), f"radio {joined.name}", failure=joined.failure)
        state = joined.state
        shown = operations(state, hidden)
        signals = link_signals(state)
        lost = lost_links(joined.name, state, shown, failing)
        for lane in state.lanes.values():
            yield from _lane(joined, lane.lane, shown, signals, now)
            yield from (_lost(joined.name, one, now) for one in lost if one.failure.lane == lane.lane.id)
        homeless = [one for one in shown if one.operation.lane not in state.lanes]
        if homeless:
            yield Row(joined.name, line(Span("  on whichever lane is free and hears it best", "dim")))
        for one in homeless:
            yield _operation(joined.name, one, now)
        yield from (_lost(joined.name, one, now) for one in lost if one.failure.lane not in state.lanes)
        if joined.name in bonds:
            yield from _bonds(joined.name, bonds[joined.name], state)


def _bonds(radio: str, known: Bonds, state: Snapshot) -> Iterator[Row]:
    if isinstance(known, Failure):
        yield Row(radio, line(Span("  bonds", "strong")), f"bonds {radio}", failure=known)
        return
    words = "asking …" if known is None else f"{len(known)} kept at this radio"
    yield Row(radio, line(Span("  bonds  ", "strong"), Span(words, "dim")))
    for bond in known or ():
        where = Span(f"bonded on {lane_name(bond.lane, state.lanes)}  ", "dim")
        words_ = line("   ", Span(cell(visible(bond.address), _ADDRESS)), where, visible(bond.name))
        yield Row(radio, words_, f"bond {bond.lane} {bond.address}", lane=bond.lane, bond=bond)


def link_signals(state: Snapshot) -> dict[Peer, tuple[int, float]]:
    """What each link's RSSI was when it was last asked for: dBm and wall time."""
    told: dict[Peer, tuple[int, float]] = {}
    for changed in state.operations.values():
        one = changed.operation
        if isinstance(one.request, ReadRssi) and isinstance(one.result, int) and one.lane is not None:
            told[Peer(one.lane, one.request.address)] = one.result, changed.at
    return told


def operations(state: Snapshot, hidden: frozenset[OpId] = frozenset()) -> list[OperationChanged]:
    """What runs and waits, in the order of asking, and the newest failure of each device that nothing came after."""
    last: dict[str, OpId] = {}
    for key, changed in state.operations.items():
        if isinstance(changed.operation.request, _KEPT):
            last[changed.operation.request.address] = key
    every = sorted(state.operations.values(), key=lambda one: one.operation.started)
    failed = [
        one.operation.id
        for one in every
        if one.operation.state == "failed" and last.get(one.operation.request.address) == one.operation.id
    ]
    kept = frozenset(failed[-FAILED_MAX:]) - hidden
    return [one for one in every if not one.operation.ended or one.operation.id in kept]


def lost_links(radio: str, state: Snapshot, shown: Iterable[OperationChanged], failing: Iterable[Group]) -> list[Group]:
    """Of one radio, the newest of each device; not where it is up again or something is asked for it."""
    busy = {peer.address for peer in state.links} | {one.operation.request.address for one in shown}
    found: dict[str, Group] = {}
    for group in failing:
        if group.what.radio == radio and group.what.verb == LINK and group.what.address not in busy:
            newest = found.setdefault(group.what.address, group)
            if group.last_at > newest.last_at:
                found[group.what.address] = group
    return list(found.values())


def _lost(radio: str, group: Group, now: float) -> Row:
    words = line(
        "   ",
        Span(cell(visible(group.what.address), _ADDRESS)),
        f"{group.what.verb:<{_VERB}}",
        Span(f"lost {age(now - group.last_at)} ago", severity_role(group.failure)),
    )
    lane = group.failure.lane
    return Row(radio, words, ("lost", group.what.address), failure=group.failure, lane=lane, lost=group)


def _lane(
    joined: Joined, lane: Lane, shown: list[OperationChanged], signals: Mapping[Peer, tuple[int, float]], now: float
) -> Iterator[Row]:
    state = joined.state
    slots = f"{lane.slots_used or 0}/{lane.slots_max} slots" if lane.slots_max is not None else "slots not known"
    why = "" if lane.usable else lane.cannot.get("connect", "")
    words = line(
        " ",
        Span(cell(lane_name(lane.id, state.lanes), _LANE), "strong"),
        Span(cell(slots, _SLOTS), "warn" if lane.slots_max and lane.slots_used == lane.slots_max else "plain"),
        Span(f"PAUSED, {BY_ID['links.pause'].shown_key} lets it go on  " if lane.paused else "", "warn"),
        Span(f"no connections: {visible(why)}" if why else "", "dim"),
    )
    radio = joined.name
    yield Row(radio, words, f"lane {lane.id}", failure=lane.usable, lane=lane.id)
    for link in state.links.values():
        if link.peer.lane == lane.id:
            yield _link(joined, link, signals.get(link.peer), now)
    for one in shown:
        if one.operation.lane == lane.id:
            yield _operation(radio, one, now)


def link_facts(link: LinkChanged, signal: tuple[int, float] | None, now: float) -> str:
    """What is known of a link, in words; `signal`: its RSSI and when it was asked for."""
    facts = (
        f"mtu {link.mtu}" if link.mtu else "",
        f"phy {link.phy[0]}/{link.phy[1]}" if link.phy else "",
        "bonded" if link.bonded else "",
        f"{signal[0]} dBm {age(now - signal[1])} ago" if signal else "",
        f"is {link.identity}" if link.identity else "",
    )
    return visible("  ".join(fact for fact in facts if fact))


def held_words(link: LinkChanged, me: str) -> str:
    """Who else has asked for it; "" where that is nobody."""
    others = link.others(me)
    if not others:
        return ""
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return visible(f"held {'with' if me in link.holders else 'by'} {others[0]}{more}")


def _link(joined: Joined, link: LinkChanged, signal: tuple[int, float] | None, now: float) -> Row:
    role: Role = "ok" if link.state == "up" else "warn"
    words = line(
        "   ",
        Span(cell(visible(link.peer.address), _ADDRESS), "strong"),
        Span(cell(f"{link.state} {age(now - (link.since or link.at))}", 12), role),
        Span("FOREIGN  ", "warn") if link.foreign else "",
        Span(f"{held}  " if (held := held_words(link, joined.owner)) else "", "warn"),
        Span(link_facts(link, signal, now), "dim"),
    )
    return Row(joined.name, words, link.peer, link=link, lane=link.peer.lane)


def _operation(radio: str, changed: OperationChanged, now: float) -> Row:
    operation = changed.operation
    words = line(
        "   ",
        Span(cell(visible(operation.request.address), _ADDRESS)),
        f"{verb(operation.request):<{_VERB}}",
        *_progress(changed, now),
    )
    failure = operation.failure
    return Row(radio, words, operation.id, operation=operation, failure=failure, lane=operation.lane)


def _progress(changed: OperationChanged, now: float) -> Iterator[Span]:
    """How far it is, in words and seconds; `attempt 2 of 4` where it has been tried."""
    one = changed.operation
    match one.state:
        case "waiting":
            yield Span(f"waits, {ordinal(one.place)}" if one.place else "waits", "dim")
        case "running":
            # The limit bounds the attempt, which is older than its later phases.
            limit = "" if isinstance(one.request, Connect) and one.phase != "connecting" else f" of {one.limit:g}"
            since = changed.at if one.since is None else one.since
            yield Span(f"{one.phase} {max(0.0, now - since):.1f}{limit} s", "accent")
        case "retrying" if one.retry_at is not None:
            yield Span(f"again in {max(0, round(one.retry_at - now))} s", "warn")
        case "retrying":
            yield Span("again when it is heard", "warn")
        case "failed" if one.failure is not None:
            yield Span("failed", severity_role(one.failure))
        case state:
            yield Span(state, "dim")
    if one.attempt and (one.attempt > 1 or one.state == "retrying"):
        yield Span(f", attempt {one.attempt}" + (f" of {one.of}" if one.of else ""), "dim")


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 4th … 11th."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def age(seconds: float) -> str:
    """Seconds, minutes or hours, in at most four cells."""
    if seconds < 100:
        return f"{max(0.0, seconds):.0f} s"
    return f"{seconds / 60:.0f} m" if seconds < 6000 else f"{seconds / 3600:.0f} h"
