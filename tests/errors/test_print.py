"""What stdout refuses: real descriptors that are full, closed, bounded, or that nobody reads."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from bletui.errors import classify
from bletui.errors.rules import remedies
from bletui.failure import ErrorKind as K
from bletui.failure import Retry

FULL = Path("/dev/full")


def full(_: Path) -> None:
    with FULL.open("wb", buffering=0) as disk:
        os.write(disk.fileno(), b"x")


def closed(_: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    os.close(writer)
    os.write(writer, b"x")


def unread(_: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        os.write(writer, b"x")
    finally:
        os.close(writer)


def bounded(folder: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        with (folder / "out").open("wb", buffering=0) as file:
            os.write(file.fileno(), b"x")
            os.write(file.fileno(), b"y")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


REFUSED: dict[str, tuple[Callable[[Path], None], str, K, Retry, str]] = {
    "full": (full, "ENOSPC", K.BUSY_CAPACITY, "user", "The disk that stdout goes to is full: see which, and make room"),
    "bounded": (
        bounded,
        "EFBIG",
        K.BUSY_CAPACITY,
        "user",
        "The file that stdout goes to may not grow: raise the limit",
    ),
    "closed": (
        closed,
        "EBADF",
        K.REQUEST_INVALID,
        "never",
        "stdout is closed or broken here: send it where it can be written",
    ),
    "unread": (unread, "EPIPE", K.OP_CANCELLED, "none", "What read stdout has ended (head, a pager that was quit)"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_stdout_refuses_is_told_with_what_helps(how: str, tmp_path: Path) -> None:
    provoke, code, kind, retry, first = REFUSED[how]
    if how == "full" and not FULL.exists():
        pytest.skip("Linux has a device that is always full")
    with pytest.raises(OSError, match=r"\[Errno") as raised:
        provoke(tmp_path)
    failure = classify(raised.value, backend="bletui", operation="print")
    assert (failure.kind, failure.source, failure.code) == (kind, "os", code)
    assert failure.retry_class == retry
    assert remedies(failure)[0].text == first
    assert not any(word in step.text for step in remedies(failure) for word in ("device", "slot", "router"))


def test_elsewhere_the_same_numbers_are_other_failures() -> None:
    assert classify(BrokenPipeError(32, "Broken pipe"), backend="cassia", operation="scan").kind is K.NET_CLOSED
    taken = OSError(28, "No space left on device")
    assert remedies(classify(taken, backend="cassia", operation="scan"))[0].action == "lane.list"
