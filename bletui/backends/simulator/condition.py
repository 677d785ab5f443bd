"""How each lane fares at a moment: the faults that last, as failures in the vocabulary."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bletui.backends.simulator.faults import Effect, Fault
from bletui.backends.simulator.site import Receiver
from bletui.failure import ErrorKind, Failure


@dataclass(frozen=True, slots=True)
class Condition:
    """`retry`: the site's second at which a broken stream is tried again; None: not by itself."""

    gone: Failure | None = None
    unusable: Failure | None = None
    broken: Failure | None = None
    retry: float | None = None
    silent: bool = False


CLEAR = Condition()
RETRY = 5.0  # seconds
OUTAGE_MIN = 1.0  # seconds that an outage of a stream lasts, however often it is tried again


def condition(
    faults: tuple[Fault, ...], receiver: Receiver, radio: str, t: float, asked: float = -math.inf
) -> Condition:
    """At the site's second `t`, of the faults `concerning` the lane; of two with one effect, the first named shows.

    `asked`: when somebody last wanted its stream opened anew. That ends an outage which would end by itself anyway.
    """
    gone = unusable = broken = retry = None
    silent = False
    for fault in faults:
        span = fault.span(t)
        if span is None or _mended(fault, span, asked):
            continue
        failure = _failure(fault, receiver, radio)
        match fault.effect:
            case Effect.GONE | Effect.REBOOT:
                gone = gone or failure
            case Effect.UNUSABLE:
                unusable = unusable or failure
            case Effect.SILENT:
                silent = True
            case Effect.BROKEN if broken is None:
                broken, retry = failure, _retry(failure, span, t, asked)
    return Condition(gone, unusable, broken, retry, silent) if gone or unusable or broken or silent else CLEAR


def concerning(faults: tuple[Fault, ...], receiver: Receiver) -> tuple[Fault, ...]:
    """Those that may change the lane: the same for all time, and asked for twenty times a second."""
    return tuple(fault for fault in faults if _concerns(fault, receiver))


def _concerns(fault: Fault, receiver: Receiver) -> bool:
    match fault.effect:
        case Effect.DROP | Effect.CALL:
            return False
        case Effect.REBOOT if fault.lane is not None:
            return _box(fault.lane) == _box(receiver.name)
        case _:
            return fault.lane in (None, receiver.name)


def _box(lane: str) -> str:
    """The adapter or router that a lane belongs to."""
    return lane.partition("/")[0]


def _mended(fault: Fault, span: tuple[float, float], asked: float) -> bool:
    of_a_stream = fault.effect in (Effect.BROKEN, Effect.SILENT)
    return of_a_stream and math.isfinite(span[1]) and asked - span[0] >= OUTAGE_MIN


def _retry(failure: Failure, span: tuple[float, float], t: float, asked: float) -> float | None:
    """Tried every `RETRY` seconds since it began or was asked for, and with success when the fault is over."""
    if failure.retry_class in ("user", "never", "none"):
        return None
    since = max(span[0], asked)
    tries = math.floor((t - since) / RETRY) + 1
    return min(span[1], since + tries * RETRY)


def _failure(fault: Fault, receiver: Receiver, radio: str) -> Failure:
    kind = fault.kind
    if kind is None:
        kind = ErrorKind.ADAPTER_MISSING if receiver.router is None else ErrorKind.ROUTER_UNAVAILABLE
    return Failure(
        kind=kind,
        source="simulator",
        code=fault.text,
        message="simulated on request",
        operation="scan",
        radio=radio,
        lane=receiver.lane,
        router=receiver.router,
    )
