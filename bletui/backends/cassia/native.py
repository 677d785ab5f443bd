"""Answers and exceptions of HTTP, as the error tables know them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bletui import errors
from bletui.failure import BleError

BODY_MAX = 64 * 1024  # bytes of an answer that are looked at when it is a failure


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, its body read."""

    status: int
    content_type: str = ""
    body: bytes = b""
    retry_after: float | None = None


def refused(answer: Answer, *, operation: str, context: errors.Context) -> BleError:
    """The failure that an answer other than 2xx stands for."""
    native = errors.Native(
        source="cassia.http",
        code=str(answer.status),
        status=answer.status,
        body=answer.body[:BODY_MAX],
        content_type=answer.content_type,
        phase="request",
        retry_after=answer.retry_after,
    )
    return BleError(errors.classify(native, backend="cassia", operation=operation, context=context))


def broken(cause: BaseException, *, phase: str, operation: str, context: errors.Context) -> BleError:
    """The failure behind an exception of httpcore, ssl or the sockets below."""
    native = errors.Native(source="httpx", phase=phase, cause=cause)
    return BleError(errors.classify(native, backend="cassia", operation=operation, context=context))


def unreadable(answer: Answer, detail: str, *, operation: str, context: errors.Context) -> BleError:
    """A 2xx answer that is not what this call gives: a login page, another server, a broken body."""
    native = errors.Native(
        source="cassia.http",
        status=answer.status,
        body=answer.body[:BODY_MAX],
        content_type=answer.content_type,
        phase="json",
    )
    failure = errors.classify(native, backend="cassia", operation=operation, context=context)
    return BleError(replace(failure, detail=detail))
