"""The headless scan on a terminal, a dumb one at that: a pty, as a person sits at it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import subprocess
import sys
import termios
from collections.abc import Callable

import pexpect
import pytest

from bletui.errors.layout import cells

Spawn = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def at_terminal() -> Spawn:
    def spawn(*args: str, term: str = "dumb") -> pexpect.spawn[str]:
        env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "TERM": term}
        return pexpect.spawn(
            sys.executable, ["-m", "bletui", *args], env=env, dimensions=(24, 80), encoding="utf-8", timeout=30
        )

    return spawn


@pytest.mark.parametrize("form", [["--count", "15"], ["--table", "--duration", "1"]])
def test_lines_fit_the_terminal_and_hold_no_escape(at_terminal: Spawn, form: list[str]) -> None:
    child = at_terminal("scan", "sim:", *form)
    said = child.read()
    child.close()
    assert child.exitstatus == 0
    lines = [line for line in said.split("\r\n") if re.search(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}", line)]
    assert len(lines) >= 10
    assert max(map(cells, lines)) <= 80
    assert not re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", said)


def test_ctrl_c_shows_the_table_and_is_130(at_terminal: Spawn) -> None:
    child = at_terminal("scan", "sim:", "--table", term="xterm")
    child.expect("hci0: scanning")
    child.sendintr()
    child.expect("Name +Address")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert "Traceback" not in child.before


def test_a_terminal_that_hangs_up_ends_it() -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bletui", "scan", "sim:", "--table"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    said = b""
    while b"scanning" not in said:
        said += os.read(ours, 1000)
    os.close(ours)  # the table and the last words find nobody there
    assert process.wait(timeout=20) == 129
