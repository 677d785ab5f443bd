"""A failure as RFC 9457 problem details: how bletui's own HTTP servers answer, and how such answers are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bletui.errors.card import one_line
from bletui.errors.rules import remedies
from bletui.failure import Failure, from_plain, to_plain
from bletui.kinds import ErrorKind

MEDIA_TYPE: Final = "application/problem+json"
TYPE: Final = "urn:bletui:error:"

_BY_KIND: Final[Mapping[ErrorKind, int]] = {
    ErrorKind.LINK_NOT_SEEN: 404,
    ErrorKind.LINK_CONNECT_TIMEOUT: 504,
    ErrorKind.LINK_NOT_OURS: 403,
    ErrorKind.DEVICE_REMOVED: 410,
    ErrorKind.GATT_NOT_FOUND: 404,
    ErrorKind.GATT_NOT_PERMITTED: 405,
    ErrorKind.GATT_INVALID_VALUE: 422,
    ErrorKind.GATT_TIMEOUT: 504,
    ErrorKind.BUSY_CAPACITY: 503,
    ErrorKind.NET_TIMEOUT: 504,
    ErrorKind.AUTH_REFUSED: 401,
    ErrorKind.ACCESS_REFUSED: 403,
    ErrorKind.ROUTER_UNAVAILABLE: 503,
    ErrorKind.OP_UNSUPPORTED: 501,
    ErrorKind.REQUEST_INVALID: 400,
    ErrorKind.INTERNAL_BUG: 500,
    ErrorKind.OTHER_UNSPECIFIED: 500,
}
_BY_GROUP: Final[Mapping[str, int]] = {
    "adapter": 503,
    "link": 409,
    "device": 502,
    "security": 403,
    "busy": 409,
    "net": 502,
    "tls": 502,
    "router": 502,
    "provision": 502,
    "data": 502,
    "op": 409,
}


def http_status(kind: ErrorKind) -> int:
    """The status under which a server reports this kind."""
    return _BY_KIND.get(kind) or _BY_GROUP[kind.group]


def to_problem(failure: Failure, instance: str = "") -> dict[str, Any]:
    """Problem details with the failure's plain form and its remedies as extension members."""
    problem: dict[str, Any] = {
        "type": TYPE + failure.kind.value,
        "title": failure.kind.title,
        "status": http_status(failure.kind),
        "detail": one_line(failure),
    }
    if instance:
        problem["instance"] = instance
    return problem | {"failure": to_plain(failure), "remedies": [step.plain() for step in remedies(failure)]}


def from_problem(problem: object) -> Failure:
    """The failure inside problem details of `to_problem`; `BleError` (`data.malformed`) for anything else."""
    return from_plain(problem.get("failure") if isinstance(problem, Mapping) else None)
