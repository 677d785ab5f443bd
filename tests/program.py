"""The program as a process of its own, which does not outlive its test."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

WITHIN = 30.0  # seconds; a start under load


def environment(**more: str) -> dict[str, str]:
    """What a bare shell would give, so that the tester's own settings change nothing."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "XDG_STATE_HOME") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "XDG_CONFIG_HOME": "/nonexistent", **more}


def at_home(folder: Path) -> dict[str, str]:
    """Where a bridge has its socket, its log and its journals."""
    return {"XDG_RUNTIME_DIR": str(folder), "XDG_STATE_HOME": str(folder)}


@asynccontextmanager
async def running(*arguments: str, **environ: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bletui", *arguments, env=environment(**environ), stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ended(process: Process) -> tuple[int | None, str, str]:
    """How it ends by itself, and what is left of its stdout and stderr."""
    async with asyncio.timeout(WITHIN):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def ran(*arguments: str, **environ: str) -> tuple[int | None, str, str]:
    async with running(*arguments, **environ) as process:
        return await ended(process)


async def said(process: Process, word: str) -> str:
    """The first line of its narration that has `word`."""
    assert process.stderr is not None
    told: list[str] = []
    async with asyncio.timeout(WITHIN):
        while line := (await process.stderr.readline()).decode():
            told.append(line.rstrip("\n"))
            if word in line:
                return told[-1]
    raise AssertionError(f"it ended without saying {word!r}: {told}")
