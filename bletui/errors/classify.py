"""Any foreign failure to a `Failure`; never raises, never loses the raw text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bletui.errors import answers, bluetooth, network
from bletui.errors.foreign import TEXT_MAX, chain, comes_from, full_name, is_a, text_of
from bletui.errors.native import Native
from bletui.errors.network import Found
from bletui.errors.redact import redacted
from bletui.errors.tables import find
from bletui.failure import BleError, ErrorKind, Failure
from bletui.text import bounded

MADE = 1_793_491_200  # 2026-11-01 UTC, when this was written: a clock before it is wrong
CAUSES_MAX = 8
CAUSE_MAX = 300  # characters of one cause

GATT = frozenset({"discover", "read", "write", "subscribe"})
STREAMS = frozenset({"scan", "notify", "state"})
CHANGING = frozenset({"connect", "disconnect", "pair", "unpair", "write", "subscribe", "answer", "set_phy"})
_MEMBERS = {"scan": ("StartDiscovery",), "subscribe": ("StartNotify",)}  # the D-Bus calls behind an operation
_UNSURE = frozenset({ErrorKind.NET_TIMEOUT, ErrorKind.NET_CLOSED, ErrorKind.GATT_TIMEOUT, ErrorKind.LINK_LOST})
_SECONDS_DIGITS = 6  # of a Retry-After that anybody would wait for
_FAST, _LATE = 8.0, 10.0  # seconds: a controller refused, or the device never answered (bleak-retry-connector)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known around a failure; each field may be unknown. `evidence` names are those of `facts.EVIDENCE`."""

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
    in_flight: int | None = None  # our own other calls for the same device; 0: none, None: not known
    we_disconnected: bool = False
    evidence: Mapping[str, str] = field(default_factory=dict)


_NOTHING = Context()


def classify(what: Native | BaseException, *, backend: str, operation: str, context: Context | None = None) -> Failure:
    """The failure in the vocabulary; what no table knows is `other.unspecified` with its raw text."""
    if isinstance(what, BleError):
        return what.failure
    links = chain(what) if isinstance(what, BaseException) else chain(what.cause) if what.cause else []
    for one in links:
        if isinstance(one, BleError):
            return one.failure
    when = _circumstances(what.phase if isinstance(what, Native) else "", operation, context)
    if isinstance(what, Native):
        found, answer = _native(what, links, backend, when)
        return _failure(found, operation, context or _NOTHING, links, answer)
    if is_a(what, "asyncio.CancelledError") or isinstance(what, KeyboardInterrupt):
        found = Found(backend, full_name(what), text_of(what), find("bleak", "CancelledError"))
        return _failure(found, operation, context or _NOTHING, links, None)
    if answer := _answer_in(links):
        found, _ = _native(answer, [], backend, when)
        return _failure(found, operation, context or _NOTHING, links, answer)
    return _failure(_exception(links, backend, when), operation, context or _NOTHING, links, None)


def _circumstances(phase: str, operation: str, context: Context | None) -> tuple[str, ...]:
    """The words after `/` in a table's codes that hold here, the most telling first."""
    words = [phase] if phase else []
    if context is not None:
        words.append("asked" if context.we_disconnected else "unasked")
        if context.connected is False:
            words.append("dropped")
        if context.elapsed is not None:
            words += ["fast"] if context.elapsed < _FAST else ["late"] if context.elapsed >= _LATE else []
    words.append(operation)
    words += _MEMBERS.get(operation, ())
    if operation in GATT:
        words.append("gatt")
    words += ("sse", "stream") if operation in STREAMS else ("connect-op",)
    return tuple(words)


def _native(
    what: Native, links: list[BaseException], backend: str, when: tuple[str, ...]
) -> tuple[Found, Native | None]:
    if what.status is not None:
        return _answered(what, when), what
    source, code = what.source, what.code
    if source == "bluez.dbus" and (number := bluetooth.att_number(what.message)):
        source, code = "att", str(int(number, 16))
    row = find(source, code, what.message, when)
    if row is None and links:
        return _exception(links, backend, when), None
    return Found(source, code, what.message[:TEXT_MAX], row), None


def _answered(what: Native, when: tuple[str, ...]) -> Found:
    """An HTTP answer: the body's whole message first, then the status."""
    text = answers.text_of(what.body)
    page = answers.is_page(text, what.content_type)
    message = what.message or ("" if page else answers.message_in(text))[:TEXT_MAX]
    status = str(what.status)
    if page:
        when = ("html", *when)
    for source in _sources(what, page):
        if row := find(source, status, message, when):
            return Found(source, status, message, row)
    return Found(what.source, status, message, None)


def _sources(what: Native, page: bool) -> tuple[str, ...]:
    if not what.source.startswith("cassia"):
        return ("http.status",)
    return ("cassia.http500",) if what.status == 500 and not page else ("cassia.http", "http.status")


def _answer_in(links: list[BaseException]) -> Native | None:
    """The answer that an HTTP library's status exception carries, if its body was read."""
    for one in links:
        # by name: this layer imports no HTTP library
        if is_a(one, "httpx.HTTPStatusError") and (response := getattr(one, "response", None)) is not None:
            after = response.headers.get("Retry-After", "")
            return Native(
                source="http.status",
                status=response.status_code,
                body=getattr(response, "_content", b""),
                content_type=response.headers.get("Content-Type", ""),
                retry_after=float(after) if after.isdecimal() and len(after) <= _SECONDS_DIGITS else None,
            )
    return None


def _exception(links: list[BaseException], backend: str, when: tuple[str, ...]) -> Found:
    if found := bluetooth.recognise(links, backend, when):
        return found
    if backend != "local" and (found := network.recognise(links, when)):
        return found
    for one in links:
        if comes_from(one, frozenset({"builtins"})) and (row := _python(one)):
            return Found("python", full_name(one), text_of(one), row.row)
    return network.unknown(links, backend)


def _python(one: BaseException) -> Found | None:
    for cls in type(one).__mro__:
        if row := find("python", cls.__name__):
            return Found("python", cls.__name__, text_of(one), row)
    return None


def _failure(
    found: Found, operation: str, context: Context, links: list[BaseException], answer: Native | None
) -> Failure:
    row = found.row
    kind = row.kind if row else ErrorKind.OTHER_UNSPECIFIED
    status = answer.status if answer else None
    unsure = kind in _UNSURE and not found.code.startswith("Connect")
    return Failure(
        kind=kind,
        source=found.source,
        code=redacted(found.code[:CAUSE_MAX]),
        message=redacted(found.message),
        operation=operation,
        radio=context.radio,
        lane=context.lane,
        router=context.router,
        address=context.address,
        handle=context.handle,
        uuid=context.uuid,
        attempt=context.attempt,
        elapsed=context.elapsed,
        at=context.at,
        causes=_causes(links),
        status=status,
        body=_body(answer),
        outcome_unknown=operation in CHANGING and (unsure or status == 504),
        already_done=row is not None and row.done,
        retry_after=answer.retry_after if answer else None,
        retry=row.retry if row else None,
        evidence=_evidence(found, context, links, answer),
    )


def _causes(links: list[BaseException]) -> tuple[str, ...]:
    return tuple(bounded(redacted(f"{full_name(one)}: {text_of(one)}"), CAUSE_MAX) for one in links[:CAUSES_MAX])


def _body(answer: Native | None) -> str:
    if answer is None or not answer.body:
        return ""
    return bounded(redacted(answers.text_of(answer.body)), answers.BODY_MAX)


def _evidence(
    found: Found, context: Context, links: list[BaseException], answer: Native | None
) -> tuple[tuple[str, str], ...]:
    if context is _NOTHING and answer is None and not links:
        return ()
    known = {**network.asked(links), **context.evidence}
    if answer is not None and answers.is_page(answers.text_of(answer.body[:1000]), answer.content_type):
        known["page"] = "yes"
    if found.source == "ssl.verify_code" and context.at is not None and context.at < MADE:
        known.setdefault("clock", "behind")
    if context.connected is not None:
        known.setdefault("connected", "yes" if context.connected else "no")
    if context.in_flight is not None:
        known.setdefault("in_flight", str(context.in_flight))
    if context.we_disconnected:
        known.setdefault("we_disconnected", "yes")
    return tuple((name, redacted(value)) for name, value in known.items())
