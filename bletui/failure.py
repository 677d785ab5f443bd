"""What went wrong: the failure value, its plain form, and the one exception.

The kinds stand in `bletui/kinds.py`; remedies stand in `bletui/errors/`, because they depend on evidence that this
layer does not see.
"""

from __future__ import annotations

from dataclasses import dataclass

from bletui.kinds import (
    BACKOFF,
    ERROR,
    INFO,
    NEVER,
    NONE,
    NOW,
    QUEUE,
    RESCAN,
    USER,
    WARNING,
    ErrorKind,
    Retry,
    Severity,
)

__all__ = [
    "BACKOFF",
    "ERROR",
    "INFO",
    "NEVER",
    "NONE",
    "NOW",
    "QUEUE",
    "RESCAN",
    "USER",
    "WARNING",
    "BleError",
    "ErrorKind",
    "Failure",
    "Retry",
    "Severity",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure: its kind, the native words byte for byte, and the context it happened in.

    Strings may be hostile; they are kept as they came (secrets excepted) and made visible where they are shown.
    Times are seconds; `at` is wall time. None or "" means not known.
    """

    kind: ErrorKind
    source: str = "bletui"  # native table, as `cassia.http500`, `bluez.dbus`, `att`
    code: str = ""  # native code, as `500`, `org.bluez.Error.Failed`, `0x0e`
    message: str = ""  # native message
    detail: str = ""  # what bletui adds: the field named, the value found
    operation: str = ""  # scan, connect, read …
    radio: str = ""
    lane: str | None = None
    router: str | None = None
    address: str | None = None
    handle: int | None = None
    uuid: str | None = None
    attempt: int | None = None
    elapsed: float | None = None
    at: float | None = None
    causes: tuple[str, ...] = ()  # the chain below, outermost first, as `module.Type: text`
    status: int | None = None  # HTTP status
    body: str = ""  # HTTP body, bounded and redacted
    outcome_unknown: bool = False  # it may have happened: ask before anything is repeated
    already_done: bool = False  # the far side is already where the call wanted it
    retry_after: float | None = None  # seconds, as the far side asked
    retry: Retry | None = None  # where the native row knows better than the kind
    evidence: tuple[tuple[str, str], ...] = ()  # what was known around it (host, rfkill, not_after …); fills remedies

    @property
    def retry_class(self) -> Retry:
        return self.retry or self.kind.retry


class BleError(Exception):
    """The only exception that leaves a backend or a radio."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure

    def __str__(self) -> str:
        f = self.failure
        words = " · ".join(part for part in (f.detail, f.message) if part)
        return f"{f.kind.code} {f.kind.value}: {f.kind.title}" + (f" ({words})" if words else "")
