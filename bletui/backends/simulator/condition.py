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


def condition(faults: tuple[Fault, ...], receiver: Receiver, radio: str, t: float) -> Condition:
    """At the site's second `t`; of two faults with one effect, the one named first shows."""
    gone = unusable = broken = retry = None
    silent = False
    for fault in faults:
        span = fault.span(t) if fault.lane in (None, receiver.name) else None
        if span is None:
            continue
        failure = _failure(fault, receiver, radio)
        match fault.effect:
            case Effect.GONE:
                gone = gone or failure
            case Effect.UNUSABLE:
                unusable = unusable or failure
            case Effect.SILENT:
                silent = True
            case Effect.BROKEN if broken is None:
                broken, retry = failure, _retry(failure, span, t)
    return Condition(gone, unusable, broken, retry, silent) if gone or unusable or broken or silent else CLEAR


def _retry(failure: Failure, span: tuple[float, float], t: float) -> float | None:
    """Tried every `RETRY` seconds, and with success when the fault is over."""
    if failure.retry_class in ("user", "never", "none"):
        return None
    tries = math.floor((t - span[0]) / RETRY) + 1
    return min(span[1], span[0] + tries * RETRY)


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
