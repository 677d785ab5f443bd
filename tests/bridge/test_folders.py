"""Folders and locks on a disk that is full, read-only, or not what it should be."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from bletui.bridge import folders
from bletui.bridge.credentials import Tokens
from bletui.errors.rules import remedies
from bletui.failure import BleError, ErrorKind
from tests.bridge.small_files import files_of_at_most

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks, and limits of a file's size")


def test_on_a_full_disk_a_lock_holds_although_it_can_not_say_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with files_of_at_most(0), folders.locked(path, "listens there"):
        with pytest.raises(BleError) as taken, folders.locked(path, "listens there"):
            pass
        assert taken.value.failure.detail == f"{path}: a bridge listens there already (process unknown)"
    with folders.locked(path, "listens there"):
        assert path.read_text() == f"{os.getpid()}\n"


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (errno.ENOSPC, ErrorKind.BUSY_CAPACITY, "make room"),
        (errno.EDQUOT, ErrorKind.BUSY_CAPACITY, "make room"),
        (errno.EMFILE, ErrorKind.BUSY_CAPACITY, "raise the limit"),
        (errno.EROFS, ErrorKind.REQUEST_INVALID, "XDG_STATE_HOME"),
        (errno.EACCES, ErrorKind.REQUEST_INVALID, "XDG_STATE_HOME"),
        (errno.ENOTDIR, ErrorKind.REQUEST_INVALID, "XDG_STATE_HOME"),
    ],
)
def test_what_can_not_be_used_says_why_and_what_helps(code: int, kind: ErrorKind, words: str) -> None:
    failure = folders.unusable(Path("/srv/state"), OSError(code, os.strerror(code))).failure
    assert (failure.kind, failure.message, failure.detail) == (kind, os.strerror(code), "/srv/state")
    assert words in remedies(failure)[0].text


@pytest.mark.parametrize("parent", ["a file", "/proc"])
def test_tokens_that_can_not_be_written_are_a_failure_and_no_bug(tmp_path: Path, parent: str) -> None:
    where = tmp_path / "file" if parent == "a file" else Path(parent)
    if parent == "a file":
        where.touch()
    elif not where.is_dir():
        pytest.skip("a folder that takes no file")
    with pytest.raises(BleError) as refused:
        Tokens(where / "tokens").add("laptop", "viewer", 1.0)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert refused.value.failure.detail.startswith(str(where))


def test_a_full_disk_leaves_the_tokens_as_they_were(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "tokens")
    secret = tokens.add("laptop", "viewer", 1.0)
    with files_of_at_most(10), pytest.raises(BleError) as full:
        tokens.add("phone", "viewer", 1.0)
    assert full.value.failure.kind is ErrorKind.BUSY_CAPACITY
    assert Tokens(tokens.path).credential(secret).user == "laptop"
    assert list(tmp_path.iterdir()) == [tokens.path]
