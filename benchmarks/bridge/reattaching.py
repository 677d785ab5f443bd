"""A console in a pty that attaches to a bridge: from its connection to its first full screen."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pyte

from benchmarks.bridge.serving import Far
from benchmarks.terminal import Program

SIZE = (80, 24)
ROWS = 17  # of the device table on such a screen
WITHIN = 30.0  # seconds for all of it


async def first_screen(far: Far, devices: int, folder: Path) -> tuple[float, float]:
    """Seconds from the connection, and from the start of the process, to a screen with every row and all devices."""
    places = {name: str(folder) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")}
    environ = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **places}
    began = time.monotonic()
    program = Program([sys.executable, "-m", "bletui", f"bridge:{far.where}"], SIZE, environ)
    shown = await asyncio.to_thread(_shown, program, devices)
    program.kill()
    connected = float(await far.errors.readline())
    return shown - connected, shown - began


def _shown(program: Program, devices: int) -> float:
    """When it was: everything is read as it comes and looked at afterwards, so that nothing waits for the looking."""
    chunks: list[tuple[float, bytes]] = []
    wanted, end = f"{devices} of {devices}".encode(), time.monotonic() + WITHIN
    counted: float | None = None
    while time.monotonic() < (end if counted is None else counted + 0.5):
        before = len(program.output)
        program.read(0.01)
        if len(program.output) > before:
            chunks.append((time.monotonic(), bytes(program.output[before:])))
        if counted is None and wanted in program.output:
            counted = time.monotonic()
    screen = pyte.Screen(*SIZE)
    stream = pyte.ByteStream(screen)
    for at, chunk in chunks:
        stream.feed(chunk)
        if _full(screen.display, wanted.decode()):
            return at
    raise TimeoutError("\n".join(screen.display))


def _full(lines: list[str], wanted: str) -> bool:
    return any(wanted in line for line in lines) and sum("C0:00:00:00" in line[:40] for line in lines) >= ROWS
