"""`bletui scan` as a shell sees it: processes, pipes and signals."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[bytes]]


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def test_json_is_one_object_per_advertisement_and_ends_at_the_count(bletui: Run) -> None:
    done = bletui("scan", "sim:", "--json", "--count", "40")
    heard = objects(done.stdout)
    assert done.returncode == 0
    assert [one["schema"] for one in heard] == ["bletui.advertisement/1"] * 40
    assert all(one["lane"].startswith("sim/") and bytes.fromhex(one["raw"]) is not None for one in heard)
    assert {one["schema"] for one in objects(done.stderr)} == {"bletui.lane/1", "bletui.stream/1", "bletui.scan-end/1"}
    assert objects(done.stderr)[-1]["advertisements"] == 40


def test_lines_of_news_say_each_device_once(bletui: Run) -> None:
    done = bletui("scan", "sim:", "--count", "20")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert len(lines) == 20
    assert len({line.split()[2] for line in lines}) == 20
    assert "simulated" in done.stderr


def test_the_table_comes_at_the_end_of_the_duration(bletui: Run) -> None:
    done = bletui("scan", "sim:", "--duration", "1", "--table", "--filter", "rssi>=-75 or name=x")
    head, *rows = done.stdout.splitlines()
    assert done.returncode == 0
    assert head.split() == ["Name", "Address", "Company", "int", "ms", "RSSI", "Count", "Lanes", "Meaning"]
    assert rows
    assert "hidden by the filter" in done.stderr


def test_hostile_names_reach_no_terminal(bletui: Run) -> None:
    for form in ("--json", "--table", "--active"):
        done = bletui("scan", "sim:?speed=20", "--duration", "1", form)
        for text in (done.stdout, done.stderr):
            assert not any(ord(char) < 32 and char != "\n" for char in text)
            assert not any(0x7F <= ord(char) < 0xA0 or char in "\u202e\u2066\u200b" for char in text)
        assert "x1b]52" in done.stdout


def test_a_target_that_fails_leaves_the_others_alone(bletui: Run, closed_port: int) -> None:
    done = bletui("scan", f"cassia://127.0.0.1:{closed_port}", "sim:", "--duration", "1.5")
    assert done.returncode == 0
    assert done.stdout
    assert "net.refused" in done.stderr


def test_where_nothing_was_heard_the_exit_code_is_that_of_the_failure(bletui: Run, closed_port: int) -> None:
    done = bletui("scan", f"cassia://127.0.0.1:{closed_port}", "--duration", "1", "--json")
    said = objects(done.stderr)
    assert done.returncode == 3
    assert done.stdout == ""
    assert said[-1]["schema"] == "bletui.failure/1"
    assert said[-1]["kind"] == "net.refused"


def test_the_card_is_filled_with_the_values_of_the_case(bletui: Run, closed_port: int) -> None:
    done = bletui("scan", f"cassia://127.0.0.1:{closed_port}", "--duration", "1.5")
    assert "HOST" not in done.stderr
    assert f"127.0.0.1:{closed_port}" in done.stderr


def test_a_count_that_is_not_reached_in_time_is_4(bletui: Run) -> None:
    done = bletui("scan", "sim:", "--duration", "2", "--count", "1", "--filter", "name=nobody-has-this-name")
    assert done.returncode == 4
    assert "link.not-seen" in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_end_it_with_the_table_printed(started: Start, number: int, code: int) -> None:
    process = started("scan", "sim:", "--table")
    assert process.stderr is not None
    while b"scanning" not in (line := process.stderr.readline()):
        assert line
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert out.startswith(b"Name ")
    assert b"Traceback" not in err


def test_a_reader_that_goes_away_ends_it_quietly(started: Start) -> None:
    process = started("scan", "sim:", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    assert process.wait(timeout=20) == 141
    process.stderr.close()
    assert b"Traceback" not in err
    assert b"Exception" not in err


def test_a_reader_that_goes_away_from_silence_ends_it_too(started: Start) -> None:
    process = started("scan", "sim:", "--json", "--filter", "name=nobody-has-this-name")
    assert process.stdout is not None
    assert process.stderr is not None
    while b"live" not in (line := process.stderr.readline()):
        assert line
    process.stdout.close()
    assert process.wait(timeout=20) == 141
    process.stderr.close()


def test_a_reader_that_stops_reading_can_not_keep_it_from_ending(started: Start) -> None:
    reader, writer = os.pipe()
    process = started("scan", "sim:crowd?devices=500&rate=5000", "--json", stdout=writer)
    os.close(writer)
    try:
        assert process.stderr is not None
        while b"live" not in (line := process.stderr.readline()):
            assert line
        _wait_until_full(reader)
        process.terminate()
        assert process.wait(timeout=20) == 143
        process.stderr.close()
    finally:
        os.close(reader)


def _wait_until_full(reader: int) -> None:
    """Returns when the pipe holds as much as it did a moment ago, which is near its size."""
    import array
    import fcntl
    import termios
    import time

    held = array.array("i", [0])
    deadline = time.monotonic() + 20
    while held[0] < 60_000:
        fcntl.ioctl(reader, termios.FIONREAD, held)
        assert time.monotonic() < deadline
        os.sched_yield()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
@pytest.mark.parametrize("form", [["scan", "sim:", "--count", "2"], ["backends"], ["--version"], ["--help"]])
def test_a_full_disk_is_said_and_is_1(started: Start, form: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        process = started(*form, stdout=full.fileno())
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert b"stdout takes no more" in err
    assert b"1. The disk that stdout goes to is full" in err
    assert b"Traceback" not in err


@pytest.mark.parametrize(("closed", "code", "lines"), [("2>&-", 0, 3), (">&-", 2, 0), ("<&-", 0, 3)])
def test_closed_streams_are_no_excuse(closed: str, code: int, lines: int) -> None:
    """Without stderr narration goes nowhere, and never into the data; without stdout there is nothing to do."""
    line = f"{sys.executable} -m bletui scan sim: --json --count 3 {closed}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == code
    assert len(objects(done.stdout)) == lines
    assert "Traceback" not in done.stderr
