"""Order of rules, chains, groups, context, and everything that must never raise."""

from __future__ import annotations

import asyncio
import ssl
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.errors import Context, Native, classify
from bletui.errors.classify import MADE
from bletui.errors.foreign import CHAIN_MAX, chain
from bletui.failure import BleError, Failure
from bletui.failure import ErrorKind as K


def raised_from(*exceptions: BaseException) -> BaseException:
    """The first one, with each raised from the next."""
    for outer, inner in pairwise(exceptions):
        outer.__cause__ = inner
    return exceptions[0]


def test_a_failure_of_ours_passes_as_it_is() -> None:
    ours = Failure(kind=K.BUSY_CHIP, detail="as it was")
    assert classify(BleError(ours), backend="cassia", operation="scan") is ours
    assert classify(raised_from(RuntimeError(), BleError(ours)), backend="cassia", operation="scan") is ours
    assert classify(Native(source="x", cause=BleError(ours)), backend="x", operation="") is ours


def test_only_the_outermost_cancel_is_a_cancel() -> None:
    assert classify(asyncio.CancelledError(), backend="cassia", operation="scan").kind is K.OP_CANCELLED
    inside = raised_from(httpx.ConnectTimeout(""), TimeoutError(), asyncio.CancelledError())
    assert classify(inside, backend="cassia", operation="scan").kind is K.NET_UNREACHABLE


async def test_a_cancelled_call_is_a_cancel() -> None:
    async def waits() -> None:
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(waits())
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError) as ended:
        task.result()
    assert classify(ended.value, backend="cassia", operation="scan").kind is K.OP_CANCELLED


def test_tls_is_read_before_errno() -> None:
    """SSLCertVerificationError is an OSError with errno 1 (EPERM), SSLEOFError one with errno 8."""
    expired = ssl.SSLCertVerificationError(1, "certificate verify failed")
    expired.verify_code, expired.verify_message = 10, "certificate has expired"
    assert classify(expired, backend="cassia", operation="scan").kind is K.TLS_VALIDITY
    cut = ssl.SSLEOFError(8, "EOF occurred in violation of protocol")
    assert classify(raised_from(httpx.ConnectError(""), cut), backend="c", operation="scan").kind is K.TLS_HANDSHAKE
    assert classify(raised_from(httpx.ReadError(""), cut), backend="c", operation="scan").kind is K.NET_CLOSED


def handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> ssl.SSLError:
    """The error of a real handshake in memory, from the client's side."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1"),
        server.wrap_bio(to_server, to_client, server_side=True),
    )
    failed: ssl.SSLError | None = None
    for _ in range(10):
        for end in ends:
            try:
                end.do_handshake()
                if end is ends[0]:
                    end.read(1)
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError as error:
                if end is ends[0]:
                    return error
                failed = error
    raise failed or AssertionError("the handshake went well")


def test_a_client_certificate_that_is_wanted() -> None:
    from tests.errors import faulty

    error = handshake(faulty.server_context(wants_client=True), faulty.client_context())
    failure = classify(raised_from(httpx.ReadError(""), error), backend="cassia", operation="scan")
    assert (failure.kind, failure.code) == (K.AUTH_REFUSED, "TLSV13_ALERT_CERTIFICATE_REQUIRED")


def test_a_time_out_is_told_from_a_stalled_handshake_by_what_lies_below() -> None:
    stalled = raised_from(httpx.ConnectTimeout(""), TimeoutError(), asyncio.CancelledError(), ssl.SSLWantReadError(2))
    assert classify(stalled, backend="cassia", operation="scan").kind is K.TLS_HANDSHAKE


def test_of_a_group_the_news_counts() -> None:
    one = OSError(113, "No route to host")
    other = ConnectionRefusedError(111, "Connection refused")
    group = ExceptionGroup("multiple connection attempts failed", [one, other])
    failure = classify(
        raised_from(httpx.ConnectError("All connection attempts failed"), group), backend="c", operation=""
    )
    assert (failure.kind, failure.code) == (K.NET_REFUSED, "ConnectError+mixed group")
    nested = ExceptionGroup("", [ExceptionGroup("", [one]), ExceptionGroup("", [other])])
    assert classify(nested, backend="cassia", operation="scan").kind is K.NET_REFUSED


def test_a_class_is_known_by_its_module_not_by_its_name_alone() -> None:
    impostor = type("ConnectTimeout", (Exception,), {"__module__": "somebody.else"})
    assert classify(impostor("x"), backend="plug-in", operation="scan").kind is K.OTHER_UNSPECIFIED
    heir = type("OurTimeout", (httpx.ReadTimeout,), {"__module__": "somebody.else"})
    assert classify(heir("x"), backend="plug-in", operation="http").kind is K.NET_TIMEOUT


@pytest.mark.parametrize("operation", ["connect", "pair", "write", "subscribe"])
def test_what_may_have_happened_is_said(operation: str) -> None:
    failure = classify(httpx.ReadTimeout(""), backend="cassia", operation=operation)
    assert failure.outcome_unknown
    assert not classify(httpx.ConnectTimeout(""), backend="cassia", operation=operation).outcome_unknown
    assert not classify(httpx.ReadTimeout(""), backend="cassia", operation="read").outcome_unknown


def test_what_is_as_wanted_already_is_said() -> None:
    native = Native(source="bluez.dbus", code="org.bluez.Error.AlreadyConnected", message="Already Connected")
    assert classify(native, backend="local", operation="connect").already_done


@pytest.mark.parametrize(
    ("source", "code", "context", "kind"),
    [
        ("hci", "0x16", None, K.OP_CANCELLED),
        ("hci", "0x16", Context(we_disconnected=True), K.OP_CANCELLED),
        ("hci", "0x16", Context(), K.LINK_LOST),
        ("bluez.disconnected-signal", "org.bluez.Reason.Local", Context(), K.LINK_LOST),
        ("cassia.sse.connection-state", "disconnected", Context(we_disconnected=True), K.OP_CANCELLED),
        ("cassia.sse.connection-state", "disconnected", Context(), K.LINK_LOST),
        ("esphome.connect", "0x100", Context(elapsed=2.0), K.LINK_CONNECT_FAILED),
        ("esphome.connect", "0x100", Context(elapsed=20.0), K.LINK_CONNECT_TIMEOUT),
        ("esphome.gatt", "133", None, K.LINK_CONNECT_FAILED),
        ("att", "133", None, K.DEVICE_COMMAND_FAILED),
    ],
)
def test_context_decides_where_the_same_words_mean_two_things(
    source: str, code: str, context: Context | None, kind: K
) -> None:
    failure = classify(Native(source=source, code=code), backend="x", operation="", context=context)
    assert failure.kind is kind


def test_while_connecting_a_number_means_something_else() -> None:
    silence = Native(source="hci", code="0x08")
    assert classify(silence, backend="x", operation="connect").kind is K.LINK_CONNECT_TIMEOUT
    assert classify(silence, backend="x", operation="read").kind is K.LINK_LOST


def test_context_is_kept() -> None:
    context = Context(
        radio="r", lane="r/0", router="CC", address="A4", handle=3, uuid="2a00", attempt=2, elapsed=0.5, at=9.0,
        connected=True, in_flight=0, evidence={"rfkill": "soft"},
    )  # fmt: skip
    failure = classify(TypeError("x"), backend="cassia", operation="read", context=context)
    kept = {name: getattr(failure, name) for name in ("radio", "lane", "router", "address", "handle", "uuid")}
    assert kept == {"radio": "r", "lane": "r/0", "router": "CC", "address": "A4", "handle": 3, "uuid": "2a00"}
    assert (failure.attempt, failure.elapsed, failure.at) == (2, 0.5, 9.0)
    assert dict(failure.evidence) == {"rfkill": "soft", "connected": "yes", "in_flight": "0"}


def test_host_and_port_come_from_the_request_without_path_and_query() -> None:
    asked = httpx.Request("GET", "https://ac.example/api/gap?access_token=0123456789abcdef")
    failure = classify(httpx.ReadError("", request=asked), backend="cassia", operation="scan")
    assert dict(failure.evidence) == {"host": "ac.example", "port": "443", "scheme": "https"}


def test_a_clock_from_before_this_was_written_is_named_first() -> None:
    expired = ssl.SSLCertVerificationError(1, "certificate verify failed")
    expired.verify_code, expired.verify_message = 9, "certificate is not yet valid"
    for at, clock in ((0.0, "behind"), (MADE + 1.0, None)):
        failure = classify(expired, backend="cassia", operation="scan", context=Context(at=at))
        assert dict(failure.evidence).get("clock") == clock


def test_a_bug_is_a_bug() -> None:
    for bug in (TypeError("x"), AttributeError("y"), IndexError(), ZeroDivisionError(), RecursionError()):
        assert classify(bug, backend="cassia", operation="scan").kind is K.INTERNAL_BUG


# -- never raises, never loses


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")

    def __repr__(self) -> str:
        raise RuntimeError("no text either")


def test_an_exception_without_a_text_is_kept_by_its_name() -> None:
    failure = classify(UnprintableError(UnprintableError()), backend="plug-in", operation="scan")
    assert failure.kind is K.OTHER_UNSPECIFIED
    assert failure.code.endswith("UnprintableError")


def test_a_chain_that_bites_its_tail_ends() -> None:
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__cause__, other.__cause__ = other, one
    assert classify(one, backend="x", operation="").kind is K.OTHER_UNSPECIFIED
    group = ExceptionGroup("g", [one])
    one.__cause__ = group
    assert len(chain(group)) == 2


def test_a_long_chain_is_cut() -> None:
    long = raised_from(*(RuntimeError(str(n)) for n in range(10_000)))
    assert len(chain(long)) == CHAIN_MAX
    assert len(classify(long, backend="x", operation="").causes) == 8


def test_a_giant_text_is_cut() -> None:
    failure = classify(RuntimeError("x" * 10_000_000), backend="x", operation="")
    assert len(failure.message) <= 2_000
    assert all(len(cause) <= 300 for cause in failure.causes)


def test_attributes_that_raise_do_not_matter() -> None:
    def broken(_: object) -> str:
        raise RuntimeError("not available")

    odd = type("BleakDBusError", (Exception,), {"__module__": "bleak.exc", "dbus_error": property(broken)})
    assert classify(odd("x"), backend="local", operation="scan").kind is K.OTHER_UNSPECIFIED


EXCEPTIONS = st.sampled_from(
    [RuntimeError, ValueError, OSError, TimeoutError, ConnectionResetError, httpx.ReadError, ssl.SSLError, KeyError]
)


@given(st.lists(st.tuples(EXCEPTIONS, st.text(max_size=30)), min_size=1, max_size=6), st.text(max_size=10))
def test_any_chain_is_a_failure(links: list[tuple[type[Exception], str]], operation: str) -> None:
    exception = raised_from(*(kind(text) for kind, text in links))
    for backend in ("local", "cassia", "plug-in"):
        assert isinstance(classify(exception, backend=backend, operation=operation), Failure)


@given(st.text(), st.text(), st.text(), st.text(max_size=8))
def test_any_words_are_kept(source: str, code: str, message: str, operation: str) -> None:
    failure = classify(Native(source=source, code=code, message=message), backend="x", operation=operation)
    assert (failure.source, failure.operation) == (source, operation)
    assert failure.message == message[:2000] or "[redacted]" in failure.message
