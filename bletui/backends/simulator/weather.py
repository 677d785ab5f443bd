"""How each lane fares at a moment: the faults that last, as failures in the vocabulary."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bletui.backends.simulator.faults import BROKEN, GONE, SILENT, UNUSABLE, Fault
from bletui.backends.simulator.site import Receiver
from bletui.failure import ErrorKind, Failure


@dataclass(frozen=True, slots=True)
class Weather:
    """`retry_at`: wall time at which a broken stream is tried again; None: not by itself."""

    gone: Failure | None = None
    unusable: Failure | None = None
    broken: Failure | None = None
    retry_at: float | None = None
    silent: bool = False


CLEAR = Weather()


def weather(faults: tuple[Fault, ...], receiver: Receiver, radio: str, t: float, start: float) -> Weather:
    """At the site's second `t`; of two faults with one effect, the one named first shows."""
    gone = unusable = broken = retry_at = None
    silent = False
    for fault in faults:
        span = fault.span(t) if fault.lane in (None, receiver.name) else None
        if span is None:
            continue
        failure = _failure(fault, receiver, radio, start + span[0])
        match fault.effect:
            case effect if effect == GONE:
                gone = gone or failure
            case effect if effect == UNUSABLE:
                unusable = unusable or failure
            case effect if effect == SILENT:
                silent = True
            case effect if effect == BROKEN and broken is None:
                broken = failure
                waits = failure.retry_class not in ("user", "never", "none") and math.isfinite(span[1])
                retry_at = start + span[1] if waits else None
    return Weather(gone, unusable, broken, retry_at, silent) if gone or unusable or broken or silent else CLEAR


def _failure(fault: Fault, receiver: Receiver, radio: str, at: float) -> Failure:
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
        at=at,
    )
