from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.bridge import credentials
from bletui.bridge.access import Credential
from bletui.bridge.credentials import Tokens
from bletui.failure import BleError, ErrorKind


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "bridge-tokens"


def refused(tokens: Tokens, secret: str) -> bool:
    with pytest.raises(BleError) as failed:
        tokens.credential(secret)
    assert failed.value.failure.kind is ErrorKind.AUTH_REFUSED
    assert len(secret) < 9 or secret not in str(failed.value)
    return True


def test_a_secret_is_shown_once_and_kept_as_a_digest(path: Path) -> None:
    tokens = Tokens(path)
    secret = tokens.add("laptop", "viewer", 1_700_000_000.0)
    assert len(secret) >= 43  # 256 bits
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret not in path.read_text()
    assert tokens.credential(secret) == Credential("laptop", "viewer")
    assert Tokens(path).credential(secret) == Credential("laptop", "viewer")


def test_rotating_ends_the_old_secret_and_revoking_both(path: Path) -> None:
    tokens = Tokens(path)
    old = tokens.add("laptop", "operator", 1.0)
    new = tokens.rotate("laptop", 2.0)
    assert refused(tokens, old)
    assert tokens.credential(new).role == "operator"
    running = Tokens(path)  # a bridge that has read the file
    assert running.is_current(running.credential(new))
    tokens.revoke("laptop")
    assert refused(running, new)
    assert not running.is_current(Credential("laptop", "operator"))


def test_names_are_taken_once_and_unknown_ones_are_said(path: Path) -> None:
    tokens = Tokens(path)
    tokens.add("laptop", "viewer", 1.0)
    for wrong in (
        lambda: tokens.add("laptop", "viewer", 1.0),
        lambda: tokens.revoke("phone"),
        lambda: tokens.add("a b", "viewer", 1.0),
    ):
        with pytest.raises(BleError) as failed:
            wrong()
        assert failed.value.failure.kind is ErrorKind.REQUEST_INVALID


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused(path: Path) -> None:
    secret = Tokens(path).add("laptop", "viewer", 1.0)
    os.chown(path, 65534, -1)
    assert refused(Tokens(path), secret)


def test_there_are_as_many_tokens_as_there_may_be(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "TOKENS_MAX", 3)
    tokens = Tokens(path)
    for n in range(3):
        tokens.add(f"t{n}", "viewer", 1.0)
    with pytest.raises(BleError) as full:
        tokens.add("one-more", "viewer", 1.0)
    assert full.value.failure.detail == "there are 3 tokens already"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    secret = Tokens(path).add("laptop", "viewer", 1.0)
    path.chmod(mode)
    assert refused(Tokens(path), secret)


@pytest.mark.parametrize("content", ["laptop viewer 1\n", "laptop root 1 " + "0" * 64 + "\n", "\0" * 9, "x" * 70_000])
def test_a_file_of_anything_else_lets_nobody_in(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.touch(mode=0o600)
    path.write_text(content)
    assert refused(Tokens(path), "secret")


def test_without_a_file_nobody_comes_in(path: Path) -> None:
    assert Tokens(path).all() == ()
    assert refused(Tokens(path), "")


@settings(max_examples=30)
@given(st.text(max_size=60))
def test_no_guess_is_a_token(guess: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tokens = Tokens(Path(folder) / "tokens")
        tokens.add("laptop", "viewer", 1.0)
        assert refused(tokens, guess)
