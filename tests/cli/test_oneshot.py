"""The verbs as a shell sees them: signals, pipes, terminals; and what comes of them at the far side."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Start
from tests.cli.lab import address
from tests.program import environment

LAB = "sim:lab?speed=5"
WITHIN = 20  # seconds


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_stream_with_its_subscription_and_its_link(started: Start, number: int, code: int) -> None:
    process = started("notify", LAB, address("heart rate"), "2a37", "--json")
    assert process.stdout is not None
    for _ in range(2):  # the first may come before the subscription is confirmed
        assert b"bletui.notification/1" in process.stdout.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=WITHIN)
    switched = [line for line in err.splitlines() if b'"request":"subscribe"' in line and b'"state":"done"' in line]
    assert process.returncode == code
    assert len(switched) == 2
    assert b"Traceback" not in err


def test_ctrl_c_cancels_a_connect_that_runs(started: Start) -> None:
    process = started("connect", LAB, address("far away"), "--type", "random", "--limit", "30")
    assert process.stderr is not None
    while b"connecting" not in (line := process.stderr.readline()):
        assert line
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=WITHIN)
    assert process.returncode == 130
    assert b"Traceback" not in err


@contextmanager
def asked(question: bytes, *argv: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The command once it asks at a terminal, and that terminal's other end."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bletui", *argv],
        env=environment(), stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    os.close(slave)
    assert process.stderr is not None
    while question not in (line := process.stderr.readline()):
        assert line
    yield process, master
    os.close(master)


def test_ctrl_c_ends_a_question_that_waits() -> None:
    with asked(b"[y/N]", "pair", LAB, address("compares")) as (process, _):
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=WITHIN)
    assert process.returncode == 130


@pytest.mark.parametrize(("answer", "code", "said"), [(b"y\n", 0, b"disconnected"), (b"\n", 130, b"op.cancelled")])
def test_a_person_at_a_terminal_is_asked_before_a_foreign_link_is_ended(answer: bytes, code: int, said: bytes) -> None:
    with asked(b"End it?", "disconnect", LAB, address("someone else's")) as (process, master):
        os.write(master, answer)
        out, err = process.communicate(timeout=WITHIN)
    assert process.returncode == code
    assert said in out + err


def test_a_reader_that_goes_away_ends_a_stream_quietly(started: Start) -> None:
    process = started("notify", LAB, address("heart rate"), "2a37")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    assert process.wait(timeout=WITHIN) == 141
    process.stderr.close()
    assert b"Traceback" not in err


def test_a_router_that_is_not_there_is_3_at_once(bletui: Run) -> None:
    done = bletui("read", "cassia://127.0.0.1:1", address("vault"), "2a19")
    assert done.returncode == 3
    assert "E0702 net.refused" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_a_full_disk_is_said_and_is_1(started: Start) -> None:
    with Path("/dev/full").open("wb") as full:
        process = started("queue", LAB, stdout=full.fileno())
        _, err = process.communicate(timeout=WITHIN)
    assert process.returncode == 1
    assert b"stdout takes no more" in err
