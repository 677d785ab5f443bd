"""Tokens and the file that the secret comes from."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.router_api.tokens import LIFETIME, Tokens, basic_password, read_token_file
from bletui.failure import BleError, ErrorKind

SECRET = "correct-horse-battery"


def test_the_secret_is_a_token_and_an_issued_one_lives_an_hour() -> None:
    now = [1000.0]
    tokens = Tokens(SECRET, now=lambda: now[0])
    token = tokens.issue()
    assert len(token) == 64
    assert tokens.is_valid(token)
    assert tokens.is_valid(SECRET)
    now[0] += LIFETIME
    assert not tokens.is_valid(token)
    assert tokens.is_valid(SECRET)
    assert not tokens.is_secret(token)


@given(st.text())
def test_nothing_else_is_one(given: str) -> None:
    tokens = Tokens(SECRET)
    assert tokens.is_valid(given) is (given == SECRET)
    assert tokens.is_secret(given) is (given == SECRET)


def test_the_oldest_issued_token_ends_first() -> None:
    tokens = Tokens(SECRET)
    issued = [tokens.issue() for _ in range(1025)]
    assert [tokens.is_valid(token) for token in (issued[0], issued[1], issued[-1])] == [False, True, True]


def test_no_secret_in_a_repr() -> None:
    assert SECRET not in repr(vars(Tokens(SECRET)))


BASIC = [
    ("Basic " + base64.b64encode(b"user:pass:word").decode(), "pass:word"),
    ("basic " + base64.b64encode(b":x").decode(), "x"),
    ("Basic " + base64.b64encode(b"user").decode(), None),
    ("Basic " + base64.b64encode(b"\xff:\xff").decode(), None),
    ("Basic !!!", None),
    ("Bearer abc", None),
    ("", None),
]


@pytest.mark.parametrize(("header", "password"), BASIC)
def test_the_password_of_a_basic_header(header: str, password: str | None) -> None:
    assert basic_password(header) == password


def token_file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "token"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_one_line_is_the_secret(tmp_path: Path, ending: bytes) -> None:
    assert read_token_file(token_file(tmp_path, SECRET.encode() + ending)) == SECRET


@pytest.mark.parametrize(
    ("content", "mode", "word"),
    [
        (SECRET.encode(), 0o640, "chmod 600"),
        (SECRET.encode(), 0o604, "chmod 600"),
        (b"short", 0o600, "16 or more"),
        (b"", 0o600, "16 or more"),
        (SECRET.encode() + b"\nsecond line", 0o600, "one line"),
        (b"caf\xc3\xa9" * 5, 0o600, "ASCII"),
        (b"x" * 5000, 0o600, "one line"),
    ],
)
def test_a_file_that_is_not_one_is_refused_without_its_content(
    tmp_path: Path, content: bytes, mode: int, word: str
) -> None:
    with pytest.raises(BleError, match=word) as refused:
        read_token_file(token_file(tmp_path, content, mode))
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert content.decode("latin-1") not in str(refused.value) or not content


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(BleError) as refused:
            read_token_file(path)
        assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
        assert refused.value.failure.message
