"""The whole story on a dumb terminal of its own: a pty, and nothing but lines typed into it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pexpect
import pytest

from bletui.backends.simulator.lab import PASSKEY, address

SITE = "sim:lab?chips=2&devices=8&seed=1&speed=10"
ECHO, LOCKED, RESETS = address("UART echo"), address(f"passkey {PASSKEY}"), address("resets")
TEN = [*(address(str(n)) for n in range(1, 8)), ECHO, LOCKED, RESETS]


def _documented() -> list[str]:
    page = (Path(__file__).parents[3] / "docs/plain.md").read_text("utf-8")
    block = page.partition("    $ bletui --plain sim:lab\n")[2].partition("\n\n")[0]
    return [line.removeprefix("    ") for line in block.splitlines()]


def _like(line: str) -> str:
    """Of what differs from run to run (numbers of devices, levels, seconds, who is heard first) the form alone."""
    if " new: " in line:
        return r"\d+ new: #\d+ "
    return re.sub(r"\\#\d+", r"\#\\d+", re.escape(line)).replace(r"0\.4\ s", r"\d+\.\d\ s").replace(r"\(30", r"\(\d+")


def test_the_session_is_as_the_page_shows_it() -> None:
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", "TERM": "dumb"}
    arguments = ["-m", "bletui", "--plain", "sim:lab?speed=5"]
    child = pexpect.spawn(sys.executable, arguments, env=env, dimensions=(24, 200), encoding="utf-8", timeout=20)
    lines = _documented()
    assert len(lines) >= 12
    for line in lines:
        if line in (f"connect {LOCKED}", f"pair {LOCKED}", PASSKEY):
            child.sendline(line)
        elif line != "…":
            child.expect(_like(line))
    child.sendline("quit")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@pytest.mark.parametrize(("term", "language"), [("dumb", "C.UTF-8"), ("vt100", "C")])
def test_the_queue_of_ten_by_typing_only(term: str, language: str) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": language, "LC_ALL": language, "TERM": term}
    env["PYTHONCOERCECLOCALE"] = env["PYTHONUTF8"] = "0"
    child = pexpect.spawn(
        sys.executable,
        ["-m", "bletui", "--plain", SITE],
        env=env,
        dimensions=(24, 80),
        encoding="utf-8" if "UTF" in language else "ascii",
        codec_errors="strict",
        timeout=20,
    )
    said = []

    def expect(*words: str) -> None:
        for one in words:
            child.expect(one)
            said.append(child.before + child.after)

    expect("help lists", " new: ")
    child.sendline("connect " + " ".join(TEN))
    up: set[str] = set()
    while up != set(TEN):
        expect(r"connect [0-9A-F:]{17}: connected in")
        up.add(said[-1].split()[-3].rstrip(":"))
    assert "waits behind" in "".join(said)
    child.sendline("")
    expect("> ")
    child.sendline(f"notify {ECHO} 'uart tx'")
    expect("UART TX Characteristic: notify")
    child.sendline(f"write {ECHO} 'uart rx' text:ping")
    expect("written", '"ping"')
    child.sendline(f"pair {LOCKED}")
    expect(r"which passkey does the device show\?")
    child.sendline(PASSKEY)
    expect("paired")
    child.sendline(f"write {RESETS} 0x0017 01")
    expect(f"{RESETS}: disconnected: E.*; try: ")
    child.sendline(f"read {RESETS} 2a00")
    expect("E0207 link.not-connected.*; try: ")
    child.sendline("disconnect all")
    expect(f"{ECHO}: disconnected")
    child.sendline("quit")
    child.expect(pexpect.EOF)
    said.append(child.before)
    child.close()
    assert child.exitstatus == 0
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", "".join(said))
