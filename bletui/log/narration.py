"""What happened, in words with tones: the same line on a screen, in plain mode and in a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from bletui.connections import verb
from bletui.failure import ErrorKind, Failure, Severity
from bletui.log.entries import Entry, Mark
from bletui.log.stages import seconds_by_stage
from bletui.model import (
    Event,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Notification,
    Operation,
    OperationChanged,
    Prompt,
    PromptClosed,
    ServicesChanged,
    Shed,
    StreamChanged,
    SubscriptionChanged,
    TreeChanged,
)
from bletui.text import short_name, visible

Tone = Literal["plain", "dim", "strong", "ok", "accent", "warn", "error", "mark"]
Part = tuple[str, Tone]
_FAILED = frozenset(("retrying", "failed", "cancelled"))
NO_NAMES: Mapping[str, str] = {}
TONES: dict[Severity, Tone] = {"info": "accent", "warning": "warn", "error": "error"}


def clock_time(at: float) -> str:
    """Hours, minutes, seconds and tenths of the local clock; `at` is wall time."""
    return f"{time.strftime('%H:%M:%S', time.localtime(at))}.{int(at % 1 * 10)}"


def log_parts(entry: Entry, lanes: Mapping[str, str] = NO_NAMES, *, radio: bool = True) -> Sequence[Part]:
    """One entry: clock time, what happened, and between them the `radio`, where there are several. `lanes`: names by
    id; without one a lane is called by its id."""
    event = entry.event
    time_part: Part = (f" {clock_time(event.at)} ", "dim")
    if isinstance(event, Mark):
        return (time_part, (" MARK ", "mark"), (f" {visible(event.text)}", "strong"))
    where: tuple[Part, ...] = ((f"{short_name(entry.radio)} ", "plain"),) if radio else ()
    return (time_part, *where, *_words(event, f"{entry.radio}/", lanes))


def log_words(entry: Entry, lanes: Mapping[str, str] = NO_NAMES) -> str:
    """The same without tones, from the time on."""
    return "".join(text for text, _ in log_parts(entry, lanes)).strip()


def log_text(entry: Entry, lanes: Mapping[str, str] = NO_NAMES) -> str:
    """For a file or another program: the date before it, and a failure's native words behind it."""
    date = time.strftime("%Y-%m-%d", time.localtime(entry.event.at))
    failure = told(entry.event)
    native = (failure.source, failure.code, failure.message) if failure and failure.source != "bletui" else ()
    words = " ".join(dict.fromkeys(part for part in native if part))
    return f"{date} {log_words(entry, lanes)}" + (visible(f" ({words})") if words else "")


def told(event: Event | Mark) -> Failure | None:
    """The failure that an event brings."""
    match event:
        case LaneChanged(lane=lane):
            return lane.usable
        case LaneDown(reason=reason) | LinkChanged(reason=reason):
            return reason
        case StreamChanged(failure=failure):
            return failure
        case OperationChanged(operation=operation):
            return operation.failure if operation.state in _FAILED else None  # what runs again was told before
        case SubscriptionChanged(lost=lost):
            return lost
        case _:
            return None


def level(event: Event | Mark) -> Severity:
    """How much it matters: as the failure that it brings; what was lost is a warning, a question too."""
    failure = told(event)
    if failure is not None:
        return failure.kind.severity
    return "warning" if isinstance(event, Shed | Prompt) else "info"


def _words(event: Event, radio: str, lanes: Mapping[str, str]) -> Sequence[Part]:
    """`radio`: what its lanes' ids begin with, which the line says already."""

    def _lane(lane: str | None) -> str:
        return "on every lane" if lane is None else short_name(lanes.get(lane) or lane.removeprefix(radio))

    match event:
        case LaneChanged(lane=lane):
            slots = "" if lane.slots_max is None else f", {lane.slots_used or 0} of {lane.slots_max} slots used"
            return _told(f"lane {_lane(lane.id)}{slots}", lane.usable)
        case LaneDown(lane=gone, reason=reason):
            return _told(f"lane {_lane(gone)} is gone", reason)
        case StreamChanged(lane=at, stream=stream, state=state, failure=failure):
            where = "" if at is None else f"{_lane(at)} "
            return _told(f"{visible(stream)} {where}{state}", failure, "ok" if state == "live" else "plain")
        case LinkChanged(peer=peer, state=state, reason=reason):
            held = f" held by {', '.join(map(visible, event.holders))}" if len(event.holders) > 1 else ""
            whose = " (foreign)" if event.foreign else held
            facts = _link_facts(event) if state == "up" else ""
            return _told(f"link {visible(peer.address)} on {_lane(peer.lane)} {state}{whose}{facts}", reason)
        case OperationChanged(operation=op):
            return _operation(op, _lane, told(event))
        case Notification(peer=peer, handle=handle, value=value):
            return _told(f"value {visible(peer.address)} 0x{handle:04X} {value.hex(' ').upper()}")
        case Shed(lane=at, what=what, count=count):
            return ((f"shed {count} {visible(what)} {_lane(at)}", "warn"),)
        case TreeChanged(tree=tree):
            return _told(f"tree {visible(tree.peer.address)} {len(tree.services)} services")
        case ServicesChanged(peer=peer):
            return _told(f"tree {visible(peer.address)} services changed")
        case SubscriptionChanged(peer=peer, handle=handle, mode=mode, lost=lost):
            return _told(f"delivery {visible(peer.address)} 0x{handle:04X} {mode}", lost)
        case Prompt(peer=peer, what=what):
            return ((f"prompt {visible(peer.address)} asks: {what}", "warn"),)
        case PromptClosed(how=how):
            return _told(f"prompt {how}")
        case _:
            return _told(type(event).__name__)


def _link_facts(link: LinkChanged) -> str:
    """What is known of it so far: each change of it is told as the link being up."""
    known = (f"mtu {link.mtu}" if link.mtu else "", "phy " + "/".join(link.phy) if link.phy else "",
             "bonded" if link.bonded else "")  # fmt: skip
    return "".join(f", {fact}" for fact in known if fact)


def _told(said: str, failure: Failure | None = None, tone: Tone = "plain") -> Sequence[Part]:
    if failure is None:
        return ((said, tone),)
    kind = failure.kind
    # Who took a link or a seat says more than that it was somebody.
    why = visible(failure.detail) if kind is ErrorKind.OP_CANCELLED and failure.detail else kind.title
    return (f"{said}: ", "plain"), (f"{kind.code} {kind.value} ", TONES[kind.severity]), (why, "plain")


def _operation(op: Operation, lane: Callable[[str | None], str], failure: Failure | None) -> Sequence[Part]:
    """What was asked for, how far it is, why it failed, where; at its end, where the time went.

    The kind of failure comes before what a narrow screen may cut.
    """
    handle = getattr(op.request, "handle", None)
    what = [verb(op.request), visible(op.request.address), f"0x{handle:04X}" if handle is not None else ""]
    state = op.phase if op.state == "running" else op.state
    where = f"on {lane(op.lane)}" if op.lane else ""
    moved = f"(moved from {lane(op.moved_from)})" if op.moved_from and op.state == "running" else ""
    attempt = f"attempt {op.attempt}" + (f" of {op.of}" if op.of else "") if op.attempt > 1 else ""
    rest = " ".join(part for part in (where, moved, attempt, _spent(op) if op.ended else "") if part)
    head = " ".join(part for part in what if part)
    if failure is None:
        return ((f"{head} ", "plain"), (state, "ok" if op.state == "done" else "plain"), (f" {rest}".rstrip(), "dim"))
    *named, title = _told(f"{head} {state}", failure)
    return (*named, (f"{rest}: " if rest else "", "dim"), title)


def _spent(op: Operation) -> str:
    parts = [f"{name} {seconds:.1f} s" for name, seconds, _ in seconds_by_stage(op, op.since or op.started)]
    whole = f"  = {sum(seconds for _, seconds in op.spent):.1f} s" if len(parts) > 1 else ""
    return f"({', '.join(parts)}{whole})" if parts else ""
