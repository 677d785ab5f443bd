from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from bletui.bridge.log import KEPT, Following, LogFile, tail
from bletui.failure import BleError, ErrorKind
from tests.bridge.small_files import files_of_at_most


def test_lines_are_objects_without_control_characters_and_the_users_alone(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "state/bridge.log", lambda: 1.25)
    log.record("refused", client="x\x1b[2J\n", detail="y" * 2_000, count=3, why=None)
    (line,) = (tmp_path / "state/bridge.log").read_text().splitlines()
    told = json.loads(line)
    assert (told["at"], told["event"], told["client"], told["count"], told["why"]) == (
        1.25,
        "refused",
        "x\\x1b[2J\\x0a",
        3,
        None,
    )
    assert len(told["detail"]) <= 500
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


def test_it_is_turned_over_and_old_files_go(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "bridge.log", lambda: 0.0, size_max=200)
    for n in range(60):
        log.record("n", n=n)
    assert len(list(tmp_path.iterdir())) <= KEPT
    newest = [json.loads(line)["n"] for line in tail(log.path, 3)]
    assert newest == [57, 58, 59]
    assert tail(log.path, 0) == []
    with log.path.open("a") as file:
        file.write("\x1b[2J\n")
    assert tail(log.path, 1) == ["\\x1b[2J"]
    assert tail(tmp_path / "nothing", 5) == []


def test_a_disk_that_takes_nothing_costs_lines_and_not_the_bridge_and_they_are_counted(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.touch()
    why: list[str | None] = []
    log = LogFile(folder / "bridge.log", lambda: 0.0, troubled=lambda failed: why.append(failed.strerror))
    for event in ("a", "b"):
        log.record(event)
    assert why == [os.strerror(errno.EEXIST)]  # said once
    folder.unlink()
    log.record("c")
    with files_of_at_most(log.path.stat().st_size + 20):  # in the midst of a line
        log.record("d")
    assert why[1:] == [os.strerror(errno.EFBIG)]
    log.record("e")
    log.record("f")
    told = [json.loads(text) for text in tail(log.path, 9)]
    assert [(one["event"], one.get("count")) for one in told] == [
        ("lines lost", 2), ("c", None), ("lines lost", 1), ("e", None), ("f", None),
    ]  # fmt: skip


def test_a_log_that_can_not_be_read_is_a_failure_and_no_bug(tmp_path: Path) -> None:
    path = tmp_path / "bridge.log"
    later = Following(path)
    path.mkdir()
    reads: tuple[Callable[[], object], ...] = (lambda: tail(path, 3), lambda: list(later.lines()))
    for read in reads:
        with pytest.raises(BleError) as refused:
            read()
        assert (refused.value.failure.kind, refused.value.failure.detail) == (ErrorKind.REQUEST_INVALID, str(path))


def test_levels(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "bridge.log", lambda: 0.0, level="warning")
    for level in ("warning", "info", "debug"):
        log.level = level
        for event in ("refused", "seated", "asked"):
            log.record(event)
    told = [(line["level"], line["event"]) for line in map(json.loads, tail(log.path, 9))]
    warning, info, debug = ("warning", "refused"), ("info", "seated"), ("debug", "asked")
    assert told == [warning, warning, info, warning, info, debug]


@pytest.mark.parametrize(
    "event",
    ["refused", "taken over", "link taken over", "parted", "not released", "not reachable", "tokens unreadable"],
)
def test_what_somebody_has_to_know_stands_there_at_every_level(tmp_path: Path, event: str) -> None:
    log = LogFile(tmp_path / "bridge.log", lambda: 0.0, level="warning")
    log.record(event)
    assert [json.loads(line)["event"] for line in tail(log.path, 9)] == [event]


def test_following_it_gets_every_whole_line_once_over_every_turn(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "bridge.log", lambda: 0.0, size_max=150)
    log.record("n", n=0)
    later = Following(log.path)
    found: list[str] = []
    for n in range(1, 30):
        log.record("n", n=n)
        if n % 2:
            found += later.lines()
    assert [json.loads(line)["n"] for line in found] == list(range(1, 30))
    with log.path.open("a") as file:
        file.write('{"cut": ')
        file.flush()
        assert list(later.lines()) == []
        file.write('"\x1b[2J"}\n')
        file.flush()
    assert list(later.lines()) == ['{"cut": "\\x1b[2J"}']
