"""A console in a pty that attaches to a bridge: from its connection to its first full screen."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pyte

from benchmarks.bridge.serving import Far
from benchmarks.terminal import Program

SIZE = (80, 24)
ROWS = 17  # of the device table on such a screen
WITHIN = 30.0  # seconds for all of it

Chunk = tuple[float, float, bytes]  # when, the CPU seconds used by then, and what was read, if anything


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds to a screen with every row and all devices."""

    attached: float  # from the connection
    cpu: float  # of the console, since the connection
    began: float  # from the start of its process


async def first_screen(far: Far, devices: int, folder: Path) -> Taken:
    places = {name: str(folder) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")}
    environ = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **places}
    began = time.monotonic()
    program = Program([sys.executable, "-m", "bletui", f"bridge:{far.where}"], SIZE, environ)
    chunks = await asyncio.to_thread(_read, program, devices)
    program.kill()
    shown, cpu = _full(chunks, devices)
    connected = float(await far.errors.readline())
    cpu_before = max((used for at, used, _ in chunks if at <= connected), default=0.0)
    return Taken(shown - connected, cpu - cpu_before, shown - began)


def _read(program: Program, devices: int) -> list[Chunk]:
    """Everything, until all devices are counted and some time more; it is looked at afterwards."""
    chunks: list[Chunk] = []
    wanted, end = f"{devices} of {devices}".encode(), time.monotonic() + WITHIN
    counted: float | None = None
    while time.monotonic() < (end if counted is None else counted + 0.5):
        before = len(program.output)
        program.read(0.01)
        chunks.append((time.monotonic(), program.cpu(), bytes(program.output[before:])))
        if counted is None and wanted in program.output:
            counted = time.monotonic()
    return chunks


def _full(chunks: list[Chunk], devices: int) -> tuple[float, float]:
    """When the screen was full, and the CPU seconds used by then."""
    screen = pyte.Screen(*SIZE)
    stream = pyte.ByteStream(screen)
    for at, used, chunk in chunks:
        if not chunk:
            continue
        stream.feed(chunk)
        lines = screen.display
        rows = sum("C0:00:00:00" in line[:40] for line in lines)
        if rows >= ROWS and any(f"{devices} of {devices}" in line for line in lines):
            return at, used
    raise TimeoutError("\n".join(screen.display))
