from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bletui.cli.endings import ended_by
from bletui.failure import BleError, ErrorKind, Failure


@pytest.mark.parametrize("kind", list(ErrorKind), ids=lambda kind: kind.value)
def test_every_kind_ends_a_command_with_its_code_and_card(kind: ErrorKind, capsys: pytest.CaptureFixture[str]) -> None:
    failure = Failure(kind=kind, message="what it said\x1b[2J")
    assert ended_by(BleError(failure), json=False) == kind.exit_code
    words = capsys.readouterr()
    assert words.err.startswith(f"{kind.code} {kind.value}")
    assert "\x1b" not in words.err
    assert words.out == ""
    assert ended_by(BleError(failure), json=True) == kind.exit_code
    assert json.loads(capsys.readouterr().err)["kind"] == kind.value


def test_a_card_without_a_console_offers_no_keys(capsys: pytest.CaptureFixture[str]) -> None:
    ended_by(BleError(Failure(kind=ErrorKind.NET_REFUSED, message="Connection refused")), json=False)
    said = capsys.readouterr().err
    assert "1. " in said
    assert "[" not in said


def test_ctrl_c_needs_no_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended_by(KeyboardInterrupt(), json=False) == 130
    assert capsys.readouterr().err == ""


def test_a_bug_is_70_and_leaves_a_report(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert ended_by(ZeroDivisionError("password=hunter2"), json=False) == 70
    said = capsys.readouterr().err
    (report,) = (tmp_path / "bletui").iterdir()
    assert said.startswith("E1901 internal.bug")
    assert report.name in said.replace("\n  ", "")
    assert "hunter2" not in said + report.read_text()
    assert "Traceback" not in said


def test_a_stdout_that_takes_no_more_is_no_bug() -> None:
    """In a process of its own: letting go of stdout is for good."""
    code = "from bletui.cli.endings import ended_by; import sys; sys.exit(ended_by({}, json=False))"
    for raised, status in ((f"OSError({errno.ENOSPC}, 'full')", 1), ("BrokenPipeError()", 141)):
        done = subprocess.run(
            [sys.executable, "-c", code.format(raised)],
            env={**os.environ, "LANG": "C.UTF-8"}, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        assert done.returncode == status
        assert "Traceback" not in done.stderr
