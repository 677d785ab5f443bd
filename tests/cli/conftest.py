from __future__ import annotations

import os
import subprocess
import sys
from typing import Protocol

import pytest


class Run(Protocol):
    """Runs the command to its end in a process of its own, without a terminal."""

    def __call__(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]: ...


class Start(Protocol):
    """Starts the command and hands the process over."""

    def __call__(self, *args: str, stdout: int = subprocess.PIPE) -> subprocess.Popen[bytes]: ...


def environment(**more: str) -> dict[str, str]:
    """What a bare shell would give, so that the tester's own settings change nothing."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "SYSTEMROOT")}
    return {**kept, "LANG": "C.UTF-8", **more}


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
