"""What went wrong: the failure value, its plain form, and the one exception.

The kinds stand in `bletui/kinds.py`; remedies stand in `bletui/errors/`, because they depend on evidence that this
layer does not see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from bletui.kinds import KINDS, RETRIES, SEVERITIES, ErrorKind

if TYPE_CHECKING:
    from bletui.kinds import Retry, Severity
else:  # the wire reads these types when the program runs; `kinds` itself must not import typing
    Retry, Severity = Literal[RETRIES], Literal[SEVERITIES]

__all__ = ["BleError", "ErrorKind", "Failure", "Retry", "Severity", "from_plain", "to_plain"]


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


_NATIVE = ("source", "code", "message")


def to_plain(failure: Failure) -> dict[str, Any]:
    """As JSON-ready text, numbers and lists: known fields only, the kind with its code, title and exit code.

    What says the same twice (code, title, severity, exit) is for readers; `from_plain` goes by `kind`.
    """
    kind = failure.kind
    plain: dict[str, Any] = {
        "kind": kind.value,
        "code": kind.code,
        "title": kind.title,
        "severity": kind.severity,
        "retry": failure.retry_class,
        "exit": kind.exit_code,
        "native": {name: getattr(failure, name) for name in _NATIVE},
    }
    for name, default in _OTHERS.items():
        value = getattr(failure, name)
        if value != default:
            plain[name] = value
    if failure.causes:
        plain["causes"] = list(failure.causes)
    if failure.evidence:
        plain["evidence"] = dict(failure.evidence)
    return plain


def from_plain(plain: object) -> Failure:
    """The failure that `to_plain` wrote; unknown keys are skipped, an unknown kind is `other.unspecified`.

    Raises `BleError` (`data.malformed`) for anything that has not this shape.
    """
    if not isinstance(plain, Mapping) or not isinstance(plain.get("kind"), str):
        raise _misshapen("kind")
    kind = KINDS.get(plain["kind"], ErrorKind.OTHER_UNSPECIFIED)
    native = plain.get("native", {})
    if not isinstance(native, Mapping):
        raise _misshapen("native")
    known: dict[str, Any] = {name: _checked(name, native.get(name, "")) for name in _NATIVE}
    known |= {name: _checked(name, plain[name]) for name in _OTHERS if name in plain}
    retry = plain.get("retry")
    if retry in RETRIES and retry != kind.retry:
        known["retry"] = retry
    return Failure(
        kind=kind,
        causes=tuple(_checked("causes", plain.get("causes", []))),
        evidence=tuple(_checked("evidence", plain.get("evidence", {})).items()),
        **known,
    )


_SHAPES: Mapping[str, tuple[type, ...]] = {
    "causes": (list, tuple),
    "evidence": (dict,),
    "handle": (int,),
    "attempt": (int,),
    "status": (int,),
    "elapsed": (int, float),
    "at": (int, float),
    "retry_after": (int, float),
    "outcome_unknown": (bool,),
    "already_done": (bool,),
}
_OTHERS: Mapping[str, Any] = {
    field.name: field.default
    for field in fields(Failure)
    if field.name not in (*_NATIVE, "kind", "retry", "causes", "evidence")
}


def _checked(name: str, value: Any) -> Any:
    shapes = _SHAPES.get(name, (str,))
    if not isinstance(value, shapes) or (isinstance(value, bool) and bool not in shapes):
        raise _misshapen(name)
    inside = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    if not all(isinstance(one, str) for one in inside):
        raise _misshapen(name)
    return value


def _misshapen(name: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.DATA_MALFORMED, detail=f"a failure's {name!r} is missing or misshapen"))
