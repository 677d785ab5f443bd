"""Secrets do not survive, in whatever form they come; everything else does."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bletui.errors.redact import redacted

SECRET = "s3cr3tV4lue0123456789abcdef"
BASIC = base64.b64encode(f"user:{SECRET}".encode()).decode()
FORMS = [
    f"http://user:{SECRET}@10.0.0.7/gap",
    f"https://{SECRET}@ac.example/api",
    f"cassia+https://key:{SECRET}@ac.example",
    f"http://10.0.0.7/gap/nodes?event=1&access_token={SECRET}&mac=CC",
    f"https://ac/api?access_token={SECRET}",
    quote(f"https://user:{SECRET}@ac/api?token={SECRET}", safe=""),
    f"redirect_uri={quote(f'http://x/?access_token={SECRET}&a=1', safe='')}",
    f"Authorization: Bearer {SECRET}",
    f"authorization: basic {BASIC}",
    f"Proxy-Authorization: Basic {BASIC}\r\nHost: x",
    f"{{'Authorization': 'Bearer {SECRET}', 'Accept': '*/*'}}",
    f"Headers([(b'authorization', b'Bearer {SECRET}')])",
    f"Cookie: session={SECRET}; theme=dark",
    f"Set-Cookie: PHPSESSID={SECRET}; Path=/",
    f"X-Api-Key: {SECRET}",
    json.dumps({"access_token": SECRET, "expires_in": 3600}),
    json.dumps({"client_secret": SECRET}, indent=2),
    json.dumps(json.dumps({"password": SECRET})),
    f"{{'password': '{SECRET}'}}",
    f'{{"access_token": "{SECRET}',  # cut off
    f"grant_type=password&username=me&password={SECRET}",
    f"passkey={SECRET}",
    f"token: {SECRET}",
    f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{SECRET}",
    f"secret={quote(SECRET + '/+=', safe='')}",
    f"Digest {SECRET}",
    f"X-Auth-Token: {SECRET}",
    f"pwd:{SECRET}",
    f'client_secret="a b {SECRET} c"',
    f"client_secret = 'a b {SECRET} c' # from the portal",
    f"curl -u me:{SECRET} http://10.0.0.7/",
    f"curl --proxy-user 'me:{SECRET}' http://10.0.0.7/",
    f"http://10.0.0.7/login?user=admin&psw={SECRET}",
    f"env: AWS_SECRET_ACCESS_KEY={SECRET}",
]


NAMES = [
    "token", "accesstoken", "access_token", "access-token", "accessToken", "refresh_token", "id_token",
    "auth_token", "api_token", "bearer_token", "session_token", "csrf_token", "xsrf-token", "XSRF-TOKEN", "pass",
    "password", "passwd", "passphrase", "PASSWORD", "pwd", "secret", "client_secret", "client-secret",
    "clientSecret", "app_secret", "dev_secret", "developer_secret", "dev_key", "dev-key", "developer_key", "devKey",
    "api_key", "apikey", "api-key", "apiKey", "x-api-key", "X-API-Key", "access_key", "accessKey", "secret_key",
    "app_key", "appKey", "auth_key", "encryption_key", "private_key", "private-key", "local_key", "localKey",
    "session_key", "psk", "noise_psk", "sign", "signature", "session", "sessionid", "session_id", "sessionId",
    "jsessionid", "JSESSIONID", "phpsessid", "PHPSESSID", "cookie", "Cookie", "set-cookie", "Set-Cookie",
    "credential", "credentials", "authorization", "Authorization", "proxy-authorization", "ltk", "irk", "csrk",
    "passkey", "psw", "pin_code", "pincode", "pinCode", "X-Auth-Token", "user_password", "userPassword",
    "AWS_SECRET_ACCESS_KEY", "cassia_client_secret",
]  # fmt: skip


def written(name: str) -> list[str]:
    """One secret under this name, in every way in which one is passed on or printed."""
    return [
        f"http://10.0.0.7/gap/nodes?{name}={SECRET}&event=1",
        f"http://10.0.0.7/gap/nodes?event=1&{name}={SECRET}",
        f"url=http%3A%2F%2F10.0.0.7%2F%3F{name}%3D{SECRET}%26event%3D1",
        f"{name}={SECRET}",
        f"{name}: {SECRET}\r\nHost: x",
        f"{name}:{SECRET}",
        f"{name} = {SECRET}",
        f"{name} -> {SECRET}",
        f"user[{name}]={SECRET}",
        f"{name}%3A%20{SECRET}",
        f"<{name}>{SECRET}</{name}>",
        f"bletui --{name}={SECRET} run",
        f"bletui --{name} {SECRET} run",
        f'"{name}" => "{SECRET}"',
        f'export {name}="a {SECRET}"',
        json.dumps({name: SECRET, "event": 1}),
        json.dumps([json.dumps({"a": {name: SECRET}})]),
        repr({name: SECRET}),
        repr({name.encode(): SECRET.encode()}),
        repr([(name, SECRET)]),
        f'{{"{name}":"{SECRET[:20]}',  # cut off
    ]


@pytest.mark.parametrize("name", NAMES)
def test_under_every_name_a_secret_is_gone(name: str) -> None:
    for form in written(name):
        clean = redacted(form)
        assert SECRET[:20] not in clean, form
        assert name in clean


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_gone(form: str) -> None:
    clean = redacted(form)
    assert SECRET not in clean
    assert BASIC not in clean
    assert "[redacted]" in clean


@pytest.mark.parametrize(
    "text",
    [
        "chip is busy",
        "[Errno 111] Connect call failed ('127.0.0.1', 80)",
        "http://10.0.0.7:80/gap/nodes?event=1&mac=CC:1B:E0:E0:F1:E8",
        '{"error":"forbidden","error_description":"Token not found or expired"}',
        "Wrong authorization header",
        "ATT insufficient Authorization",
        "authenticate miss key",
        "Passkey Input Expected",
        "user@host without a scheme",
        'Method "Connect" with signature "" on interface "org.bluez.Device1" doesn\'t exist',
        "the pass was closed: go round",
        "a basic error",
        "bletui -u 5 and --user nobody",
        "bletui --session --pass --json",
        "<p>the session is over</p>",
        "keyboard=de&keys=3&monkey=1&design=4&sessions=2&compass=north",
        "characteristic key: 2a00 of the token ring",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


@given(
    st.text(
        alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\"'\\&;,<>}%#/?@ "), min_size=6
    )
)
@example("access")
def test_any_token_is_gone_from_url_header_and_body(token: str) -> None:
    for form in (
        f"GET http://h/p?access_token={token}&x=1",
        f"Authorization: Bearer {token}",
        json.dumps({"token": token}),
        f"http://me:{token}@h/",
    ):
        # a token may also be a word of the form itself, as `access` is; that one stays
        assert redacted(form).replace("[redacted]", "").count(token) < form.count(token)


@given(st.text(max_size=400))
def test_it_is_idempotent_and_takes_anything(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


@pytest.mark.parametrize(
    "piece",
    [
        "http://a",
        "token=",
        "a-",
        "aB",
        "x_token:",
        "token='",
        " -u a",
        '"password":"',
        "authorization:",
        "a+",
        "\\",
        "eyJ",
        "%3A%2F%2F@",
    ],
)
def test_long_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    """Eight times the text may take 24 times as long, which no noise reaches; quadratic work would take 64 times."""

    def took(times: int) -> float:
        text = "@token bearer " + piece * times
        best = float("inf")
        for _ in range(3):
            begin = time.process_time()
            redacted(text)
            best = min(best, time.process_time() - begin)
        return best

    short, long = took(4_000), took(32_000)
    assert long < 24 * short + 0.05
