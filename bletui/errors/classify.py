"""Any foreign failure to a `Failure`; never raises, never loses the raw text."""

from __future__ import annotations

from dataclasses import dataclass

from bletui.errors.native import Native
from bletui.failure import BleError, ErrorKind, Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known around a failure; each field may be unknown."""

    radio: str = ""
    lane: str | None = None
    router: str | None = None
    address: str | None = None
    handle: int | None = None
    uuid: str | None = None
    attempt: int | None = None
    elapsed: float | None = None
    at: float | None = None
    connected: bool | None = None
    in_flight: int = 0  # our own calls for the same device
    we_disconnected: bool = False


def classify(what: Native | BaseException, *, backend: str, operation: str, context: Context | None = None) -> Failure:
    """The failure in the vocabulary; what no table knows is `other.unspecified` with its raw text."""
    match what:
        case BleError(failure=failure):
            return failure
        case Native():
            return Failure(
                kind=ErrorKind.OTHER_UNSPECIFIED,
                source=what.source,
                code=what.code,
                message=what.message,
                operation=operation,
            )
        case _:
            name = f"{type(what).__module__}.{type(what).__qualname__}"
            return Failure(
                kind=ErrorKind.OTHER_UNSPECIFIED, source=backend, code=name, message=repr(what), operation=operation
            )
