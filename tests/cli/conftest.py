from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from bletui.__main__ import main
from tests.cli.lab import Do, Said
from tests.program import environment


class Run(Protocol):
    """Runs the command to its end in a process of its own, without a terminal."""

    def __call__(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]: ...


class Start(Protocol):
    """Starts the command and hands the process over."""

    def __call__(self, *args: str, stdout: int = subprocess.PIPE) -> subprocess.Popen[bytes]: ...


@pytest.fixture
def bletui() -> Run:
    def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bletui", *args],
            env=environment(**env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def started() -> Start:
    def start(*args: str, stdout: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "bletui", *args],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )

    return start


@pytest.fixture
def do(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Do]:
    """Runs the command in this process, stdin a pipe that holds what it is given; nothing is asked of a terminal."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    for name in [name for name in os.environ if name.startswith("BLETUI_")]:
        monkeypatch.delenv(name)
    kept = os.dup(0)

    def run(*words: str, stdin: str = "") -> Said:
        reader, writer = os.pipe()
        os.write(writer, stdin.encode())
        os.close(writer)
        os.dup2(reader, 0)
        os.close(reader)
        with open(0, encoding="utf-8", closefd=False) as text:  # a descriptor has no path
            monkeypatch.setattr(sys, "stdin", text)
            code = main(words)
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    yield run
    os.dup2(kept, 0)
    os.close(kept)
