"""A bridge that has too little: no file left, and a stderr that takes nothing."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bletui.model import Owner
from tests.bridge.running import remote
from tests.program import WITHIN, at_home, ended, environment, ran, said

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets and limits")

FILES = 40


@asynccontextmanager
async def bridge(home: Path, shell: str, *options: str) -> AsyncIterator[Process]:
    """`shell` runs it as `"$@"`."""
    run = (sys.executable, "-m", "bletui", "bridge", "run", "sim:lab?speed=20", "--name", "desk", *options)
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", shell, "sh", *run, env=environment(**at_home(home)), stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(WITHIN):
            while not (home / "bletui/bridge.sock").exists() and process.returncode is None:
                await asyncio.sleep(0.02)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_without_a_file_left_those_who_are_here_stay_and_the_others_wait(home: Path) -> None:
    assert (await ran("bridge", "token", "add", "laptop", **at_home(home)))[0] == 0
    path = home / "bletui/bridge.sock"
    async with bridge(home, f'ulimit -n {FILES}; exec "$@"', "--socket", "--listen", "127.0.0.1:0") as process:
        seat = await remote(path).attach(Owner("me"))
        with ExitStack() as stack:
            for _ in range(FILES):
                one = stack.enter_context(socket.socket(socket.AF_UNIX))
                one.connect(str(path))
            await said(process, "the log can't be written")
            looked_at = time.monotonic() + 1.2  # by then the ring's file and the tokens have been, too
            async with asyncio.timeout(WITHIN):
                async for _ in seat.events():
                    if time.monotonic() > looked_at:
                        break
        await seat.detach(keep=False)
        code, out, err = await ran("bridge", "status", "--json", **at_home(home))
        assert (code, err) == (0, "")
        assert 0 < json.loads(out)["counts"]["refused busy.capacity"] < 10  # asyncio says it a hundred times a second
        log = [json.loads(line) for line in (home / "bletui/bridge.log").read_text().splitlines()]
        assert next(line["count"] for line in log if line["event"] == "lines lost") > 0
        process.terminate()
        code, _, told = await ended(process)
        assert code == 128 + signal.SIGTERM
        assert all(line.startswith("bletui: ") for line in told.splitlines()), told


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full")
@pytest.mark.parametrize("shell", ['exec "$@" 2>/dev/full', 'exec "$@" 2>&-'])
async def test_a_stderr_that_takes_nothing_costs_the_words_and_not_the_bridge(home: Path, shell: str) -> None:
    async with bridge(home, shell) as process:
        code, out, _ = await ran("bridge", "status", "--json", **at_home(home))
        assert (code, json.loads(out)["pid"]) == (0, process.pid)
        process.terminate()
        assert (await ended(process))[:2] == (128 + signal.SIGTERM, "")
