"""Another host's times as ours: by how much its clock differs, said once, applied to every time that an event holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bletui.failure import Failure
from bletui.model import Advertisement, Event, LaneChanged, OperationChanged, Prompt, StreamChanged

TOLERANCE = 1.0  # seconds; less is left alone: hosts that keep time differ by less, and an answer takes a while


def offset(ours: float, theirs: float) -> float:
    """What to add to their times; 0 where the clocks agree."""
    return ours - theirs if abs(ours - theirs) > TOLERANCE else 0.0


def shifted(event: Event, by: float) -> Event:
    if not by:
        return event
    if isinstance(event, Advertisement):
        return event._replace(at=event.at + by)
    changes: dict[str, Any] = {"at": event.at + by}
    match event:
        case Prompt(expires=expires):
            changes["expires"] = expires + by
        case StreamChanged(retry_at=retry_at, failure=failure):
            changes |= {"retry_at": _moved(retry_at, by), "failure": _failure(failure, by)}
        case LaneChanged(lane=lane):
            changes["lane"] = replace(lane, usable=_failure(lane.usable, by))
        case OperationChanged(operation=operation):
            changes["operation"] = replace(
                operation,
                started=operation.started + by,
                retry_at=_moved(operation.retry_at, by),
                failure=_failure(operation.failure, by),
                since=_moved(operation.since, by),
            )
        case _:
            changes |= {name: _failure(getattr(event, name), by) for name in ("reason", "lost") if hasattr(event, name)}
    return replace(event, **changes)


def _moved(at: float | None, by: float) -> float | None:
    return None if at is None else at + by


def _failure(failure: Failure | None, by: float) -> Failure | None:
    return failure if failure is None or failure.at is None else replace(failure, at=failure.at + by)
