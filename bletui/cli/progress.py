"""How far an operation is, in one line for a person: its place, its attempt, when it is tried again."""

from __future__ import annotations

from collections.abc import Iterable

from bletui.connections import verb
from bletui.errors.card import one_line
from bletui.model import Connect, Discover, Operation, Pair
from bletui.text import visible

_DOING = {Connect: "connecting", Discover: "discovering", Pair: "pairing"}
_AFTER_CONNECTING = ("discovering", "pairing")  # the link is up: the end, or a question, tells the rest
_RUNS = ("running", "cancelling")


def words(operation: Operation, others: Iterable[Operation], lanes: dict[str, str], now: float) -> str:
    """The line, or "" where there is nothing to tell. `others`: what else the radio has to do; `lanes`: id to name."""
    what = f"{verb(operation.request)} {visible(operation.request.address)}".rstrip()
    match operation.state:
        case "waiting":
            ahead = _ahead(operation, others)
            return f"{what}: waits behind {visible(ahead)}, {_nth(operation.place)}" if ahead else ""
        case "running" if isinstance(operation.request, Connect) and operation.phase in _AFTER_CONNECTING:
            return ""
        case "running":
            doing = _DOING.get(type(operation.request), "")
            where = f" on {visible(lanes.get(operation.lane, operation.lane))}" if operation.lane else ""
            if operation.attempt > 1:
                return f"{what}: {doing or 'again'}{where}, attempt {_of(operation)}"
            return f"{what}: {doing}{where}" if doing else ""
        case "retrying" if operation.failure is not None:
            return f"{what}: {_again(operation, now)}: {one_line(operation.failure)}"
        case "cancelling":
            return f"{what}: cancelling"
        case "done" if isinstance(operation.request, Connect):
            return f"{what}: connected in {max(0.0, now - operation.started):.1f} s"
    return ""


def _ahead(operation: Operation, others: Iterable[Operation]) -> str | None:
    """The address of what has to end first: what runs on its lane or device, else what waits just before it."""
    others = [one for one in others if one.id != operation.id and not one.ended]
    waits = [one for one in others if one.state == "waiting" and one.place == operation.place - 1]
    runs = [one for one in others if one.state in _RUNS and _in_the_way(one, operation)]
    first = next(iter(waits or runs), None)
    return None if first is None else first.request.address


def _in_the_way(running: Operation, waiting: Operation) -> bool:
    same_device = running.request.address == waiting.request.address
    return same_device or waiting.lane in (None, running.lane)


def _again(operation: Operation, now: float) -> str:
    nth = f" (attempt {operation.attempt + 1}" + (f" of {operation.of})" if operation.of else ")")
    if operation.retry_at is None:
        return f"tried again when it is heard{nth}"
    wait = operation.retry_at - now
    return f"retry in {wait:.1f} s{nth}" if wait >= 0.05 else f"retry at once{nth}"


def _of(operation: Operation) -> str:
    return f"{operation.attempt} of {operation.of}" if operation.of else f"{operation.attempt}"


def _nth(place: int) -> str:
    ending = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"
