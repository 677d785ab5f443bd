"""Software that nobody of us wrote, against the router's API: the page's session by curl itself, and its EventSource
client, as they print it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.bridge.router_api.faulted import served
from tests.bridge.router_api.simulator_page import PAGE, session

PIPE = asyncio.subprocess.PIPE
OURS = "http://127.0.0.1:8080"  # as the page has it

needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None and not os.environ.get("CI"), reason="needs curl (Debian: apt install curl)"
)


async def printed(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def streamed(*command: str) -> str:
    """What it prints up to the first blank line behind something."""
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            text = ""
            while not text.strip() or not text.endswith("\n\n"):
                text += (await process.stdout.readline()).decode()
    finally:
        process.kill()
        await process.communicate()
    return text.strip()


@needs_curl
async def test_the_session_is_what_curl_prints() -> None:
    async with served(box=None) as it:
        for command, output in session():
            asked = [word.replace(OURS, it.url) for word in [*command, "-sS"]]
            said = await (streamed(*asked) if "-N" in command else printed(*asked))
            expected, dots, _ = output.partition("…")
            assert said.startswith(expected), command
            assert dots or said == output, command


async def test_an_event_source_client_goes_from_the_scan_to_notifications(tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```\n```\n\$ python client\.py \S+\n(.*?)```", PAGE, re.DOTALL)
    assert found
    assert "bletui" not in found[1]
    client = tmp_path / "client.py"
    client.write_text(found[1])
    async with served(box=None) as it:
        assert await printed(sys.executable, str(client), it.url) == found[2]
