"""What a router answers over a real socket, as its client reads it: text, JSON, HTML, nothing, megabytes, bytes."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.errors import Context, Native, answers, classify
from bletui.failure import ErrorKind as K
from bletui.failure import Failure
from tests.errors.faulty import answer, answering, serving
from tests.errors.router_answers import ANSWERS, HTML, TEXT


async def answered(status: int, body: bytes, *headers: str, operation: str, **native: object) -> Failure:
    async with serving(answering(answer(status, body, *headers))) as port, httpx.AsyncClient(trust_env=False) as client:
        got = await client.get(f"http://127.0.0.1:{port}/gap/nodes")
    after = got.headers.get("Retry-After")
    seen = Native(
        source="cassia.http",
        status=got.status_code,
        body=got.content,
        content_type=got.headers.get("Content-Type", ""),
        retry_after=float(after) if after else None,
        **native,  # type: ignore[arg-type] # a phase
    )
    return classify(
        seen, backend="cassia", operation=operation, context=Context(radio="r", address="A4:C1:38:0B:7F:2A")
    )


@pytest.mark.parametrize("name", ANSWERS)
async def test_real_answer(name: str) -> None:
    status, body, operation, kind = ANSWERS[name]
    failure = await answered(status, body, operation=operation)
    assert failure.kind is kind
    assert (failure.status, failure.operation, failure.radio) == (status, operation, "r")
    assert failure.body == body.decode("utf-8", "backslashreplace")
    assert failure.outcome_unknown == (status == 504 or (kind is K.NET_TIMEOUT and operation == "write"))


async def test_a_login_page_where_json_was_due() -> None:
    failure = await answered(200, b"<html>login</html>", TEXT, operation="scan", phase="json")
    assert failure.kind is K.DATA_MALFORMED
    assert ("page", "yes") in failure.evidence


async def test_an_expired_token_is_worth_one_more_try() -> None:
    failure = await answered(
        403, b'{"error":"forbidden","error_description":"Token not found or expired"}', operation="scan"
    )
    assert (failure.kind, failure.retry_class) == (K.AUTH_REFUSED, "now")
    assert failure.message == "Token not found or expired"


async def test_the_server_says_when() -> None:
    failure = await answered(503, b"", "Retry-After: 17", operation="scan")
    assert failure.retry_after == 17


async def test_ten_megabytes_are_kept_to_a_few_thousand_characters() -> None:
    failure = await answered(500, b"x" * 10_000_000, operation="scan")
    assert failure.kind is K.OTHER_UNSPECIFIED
    assert len(failure.body) <= answers.BODY_MAX
    assert len(failure.message) <= 2_000


def test_secrets_in_a_body_are_gone() -> None:
    body = b'{"error":"x","access_token":"4f3c2b1a99887766","detail":"Authorization: Bearer abcdef123456"}'
    failure = classify(Native(source="cassia.http", status=500, body=body), backend="cassia", operation="scan")
    assert "4f3c2b1a99887766" not in repr(failure)
    assert "abcdef123456" not in repr(failure)


@given(st.binary(max_size=300), st.integers(100, 599), st.sampled_from(["connect", "read", "scan", ""]))
def test_any_answer_is_a_failure_and_never_an_exception(body: bytes, status: int, operation: str) -> None:
    failure = classify(Native(source="cassia.http", status=status, body=body), backend="cassia", operation=operation)
    assert failure.status == status
    assert len(failure.body) <= answers.BODY_MAX


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["error", "message", "msg", "x"]), inner),
    )
)
def test_any_json_has_words_or_stays_as_it_is(value: object) -> None:

    assert isinstance(answers.message_in(json.dumps(value)), str)


STREAMED = {
    "authenticate miss key": K.SECURITY_KEY_MISSING,
    "operation timeout": K.LINK_LOST,
    "device disconnect": K.LINK_CLOSED_REMOTE,
    "host disconnect": K.OP_CANCELLED,
    "connect failed": K.LINK_CONNECT_FAILED,
}


@pytest.mark.parametrize("reason", STREAMED)
async def test_a_reason_that_comes_through_a_stream(reason: str) -> None:
    event = {"handle": "A4:C1:38:0B:7F:2A", "connectionState": "disconnected", "reason": reason}
    raw = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + f"data: {json.dumps(event)}\n\n".encode()
    async with serving(answering(raw)) as port, httpx.AsyncClient(trust_env=False) as client:
        got = json.loads((await client.get(f"http://127.0.0.1:{port}")).text.removeprefix("data: "))
    seen = Native(source="cassia.sse.connection-state", code=got["connectionState"], message=got["reason"])
    assert classify(seen, backend="cassia", operation="").kind is STREAMED[reason]


PAIRING = {0: K.SECURITY_PAIRING_FAILED, 2: K.SECURITY_PAIRING_FAILED, 5: K.SECURITY_INPUT_REQUIRED}


@pytest.mark.parametrize("status", PAIRING)
async def test_pairing_fails_with_200(status: int) -> None:
    raw = answer(200, json.dumps({"pairingStatusCode": status, "pairingStatus": "x"}).encode())
    async with serving(answering(raw)) as port, httpx.AsyncClient(trust_env=False) as client:
        got = (await client.post(f"http://127.0.0.1:{port}")).json()
    seen = Native(source="cassia.pairing", code=str(got["pairingStatusCode"]), message=got["pairingStatus"])
    assert classify(seen, backend="cassia", operation="pair").kind is PAIRING[status]


async def raised_for(status: int, body: bytes, *headers: str) -> httpx.HTTPStatusError:
    async with serving(answering(answer(status, body, *headers))) as port, httpx.AsyncClient(trust_env=False) as client:
        got = await client.get(f"http://me:hunter2@127.0.0.1:{port}/devices?token=hunter2")
    with pytest.raises(httpx.HTTPStatusError) as raised:
        got.raise_for_status()
    return raised.value


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "message"),
    [
        (401, b'{"error": "who are you?"}', (), K.AUTH_REFUSED, "who are you?"),
        (404, b"nothing here", (), K.ROUTER_CONFIG, "nothing here"),
        (502, HTML, (TEXT,), K.ROUTER_UNAVAILABLE, ""),
        (503, b"", ("Retry-After: 7",), K.ROUTER_UNAVAILABLE, ""),
        (500, b"chip is busy", (), K.OTHER_UNSPECIFIED, "chip is busy"),  # no router of ours said so
    ],
)
async def test_an_answer_that_a_plug_in_lets_httpx_raise(
    status: int, body: bytes, headers: tuple[str, ...], kind: K, message: str
) -> None:
    error = await raised_for(status, body, *headers)
    failure = classify(error, backend="plug-in", operation="read")
    assert (failure.kind, failure.source, failure.code) == (kind, "http.status", str(status))
    assert (failure.status, failure.message, failure.body) == (status, message, body.decode())
    assert failure.retry_after == (7.0 if headers == ("Retry-After: 7",) else None)
    assert dict(failure.evidence)["host"] == "127.0.0.1"
    assert "hunter2" not in repr(failure)
    assert dict(failure.evidence).get("page") == ("yes" if body is HTML else None)


async def test_an_answer_below_another_exception_counts_too() -> None:
    outer = RuntimeError("the plug-in's own words")
    outer.__cause__ = await raised_for(503, b"", "Retry-After: " + "9" * 400)
    failure = classify(outer, backend="plug-in", operation="scan")
    assert (failure.kind, failure.retry_after) == (K.ROUTER_UNAVAILABLE, None)
