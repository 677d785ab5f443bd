"""What happened, as one line of the log: clock time, radio, words."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bletui.connections import verb
from bletui.console.cards import severity_role
from bletui.console.spans import Line, Role, Span, line, words
from bletui.console.stageclock import clock
from bletui.console.status import short_name
from bletui.failure import Failure
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
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.session import Entry


def log_line(entry: Entry) -> Line:
    """One entry; times are the local clock's."""
    at = time.strftime("%H:%M:%S", time.localtime(entry.event.at))
    fraction = int(entry.event.at % 1 * 10)
    return line(
        Span(f" {at}.{fraction} ", "dim"), f"{short_name(entry.radio)} ", *_words(entry.event, f"{entry.radio}/")
    )


def told(event: Event) -> Failure | None:
    """The failure that an event brings."""
    match event:
        case LaneChanged(lane=lane):
            return lane.usable
        case LaneDown(reason=reason) | LinkChanged(reason=reason):
            return reason
        case StreamChanged(failure=failure):
            return failure
        case OperationChanged(operation=operation):
            return operation.failure
        case SubscriptionChanged(lost=lost):
            return lost
        case _:
            return None


def _words(event: Event, radio: str) -> Sequence[Span]:
    """`radio`: what its lanes' ids begin with, which the line says already."""

    def _lane(lane: str | None) -> str:
        return "on every lane" if lane is None else short_name(lane.removeprefix(radio))

    match event:
        case LaneChanged(lane=lane):
            slots = "" if lane.slots_max is None else f", {lane.slots_used or 0} of {lane.slots_max} slots used"
            return _told(f"lane {_lane(lane.id)}{slots}", lane.usable)
        case LaneDown(lane=gone, reason=reason):
            return _told(f"lane {_lane(gone)} is gone", reason)
        case StreamChanged(lane=at, stream=stream, state=state, failure=failure):
            return _told(f"{stream} {_lane(at)} {state}", failure, "ok" if state == "live" else "plain")
        case LinkChanged(peer=peer, state=state, reason=reason):
            whose = " (foreign)" if event.foreign else ""
            return _told(f"link {visible(peer.address)} on {_lane(peer.lane)} {state}{whose}", reason)
        case OperationChanged(operation=op):
            return _told(_operation(op, _lane), op.failure)
        case Notification(peer=peer, handle=handle, value=value):
            return _told(f"{visible(peer.address)} 0x{handle:04X} {value.hex(' ').upper()}")
        case Shed(lane=at, what=what, count=count):
            return (Span(f"shed {count} {visible(what)} {_lane(at)}", "warn"),)
        case TreeChanged(tree=tree):
            return _told(f"{visible(tree.peer.address)}: {len(tree.services)} services")
        case ServicesChanged(peer=peer):
            return _told(f"{visible(peer.address)}: services changed")
        case SubscriptionChanged(peer=peer, handle=handle, mode=mode, lost=lost):
            return _told(f"{visible(peer.address)} 0x{handle:04X} delivery {mode}", lost)
        case Prompt(peer=peer, what=what):
            return (Span(f"{visible(peer.address)} asks: {what}", "warn"),)
        case PromptClosed(how=how):
            return _told(f"prompt {how}")
        case _:
            return _told(type(event).__name__)


def _told(said: str, failure: Failure | None = None, role: Role = "plain") -> Sequence[Span]:
    if failure is None:
        return (Span(said, role),)
    kind = failure.kind
    return Span(f"{said}: "), Span(f"{kind.code} {kind.value} ", severity_role(failure)), Span(kind.title)


def _operation(op: Operation, lane: Callable[[str | None], str]) -> str:
    """What was asked for, where, and how far it is; at its end, where the time went."""
    handle = getattr(op.request, "handle", None)
    what = [verb(op.request), visible(op.request.address), f"0x{handle:04X}" if handle is not None else ""]
    where = f"on {lane(op.lane)}" if op.lane else ""
    moved = f"(moved from {lane(op.moved_from)})" if op.moved_from and op.state == "running" else ""
    attempt = f"attempt {op.attempt}" + (f" of {op.of}" if op.of else "") if op.attempt > 1 else ""
    state = f"{op.state} {op.phase}" if op.state == "running" else op.state
    spent = words(clock(op, op.since or op.started, ", ")) if op.ended else ""
    return " ".join(part for part in (*what, where, moved, state, attempt, f"({spent})" if spent else "") if part)
