"""Answers and exceptions of HTTP, as the error tables know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from bletui import errors
from bletui.backends.cassia.api import MalformedError
from bletui.errors.classify import CHANGING
from bletui.failure import BleError, Failure

Value = TypeVar("Value")

ANSWER_MAX = 1 << 20  # bytes of an answer that are read
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
    """A 2xx answer that is not what this call gives: a login page, another server, a broken body. Whatever was to be
    changed may have been."""
    native = errors.Native(
        source="cassia.http",
        status=answer.status,
        body=answer.body[:BODY_MAX],
        content_type=answer.content_type,
        phase="json",
    )
    failure = errors.classify(native, backend="cassia", operation=operation, context=context)
    return BleError(replace(failure, detail=detail, outcome_unknown=operation in CHANGING))


def made_of(answer: Answer, read: Callable[[bytes], Value], *, operation: str, context: errors.Context) -> Value:
    """What `read` makes of the body; `data.malformed` names what is wrong with it."""
    try:
        if len(answer.body) > ANSWER_MAX:
            raise MalformedError(f"more than {ANSWER_MAX} bytes")  # noqa: TRY301 - one way out for what can't be read
        return read(answer.body)
    except MalformedError as wrong:
        raise unreadable(answer, str(wrong), operation=operation, context=context) from wrong


def said_ok(answer: Answer, *, operation: str, context: errors.Context) -> None:
    """A call that gives nothing back answers `OK`; a login page in its place means that nothing was done."""
    if answer.body.strip().upper() != b"OK":
        raise unreadable(answer, "not the word OK", operation=operation, context=context)


def link_ended(reason: str, *, asked: bool, context: errors.Context) -> Failure:
    """Why a link went down, in the words of the connection-state stream; `asked`: we did."""
    native = errors.Native(source="cassia.sse.connection-state", code="disconnected", message=reason)
    context = replace(context, we_disconnected=asked)
    return errors.classify(native, backend="cassia", operation="disconnect" if asked else "state", context=context)


def offline(context: errors.Context) -> Failure:
    """An access controller says that it can't reach this router."""
    native = errors.Native(source="cassia.http", code="ap-state offline", message="status=offline")
    return errors.classify(native, backend="cassia", operation="state", context=context)


def pairing_ended(code: int, words: str, context: errors.Context) -> BleError:
    """The failure that a pairing's status code stands for."""
    native = errors.Native(source="cassia.pairing", code=str(code), message=words)
    return BleError(errors.classify(native, backend="cassia", operation="pair", context=context))
