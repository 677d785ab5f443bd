"""The page's session, replayed by curl; `…` in it stands for anything."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from tests.bridge.router_api.controlled import simulated

PAGE = (Path(__file__).parents[3] / "docs" / "access-controller.md").read_text()
WITHIN = 30.0  # seconds


def session() -> list[tuple[str, str]]:
    """Each command with what is said to come of it."""
    block = next(one for one in re.findall(r"(?:^(?:    .*)?\n)+", PAGE, re.MULTILINE) if "$ curl" in one)
    text = re.sub(r"^    ", "", block, flags=re.MULTILINE).strip("\n")
    return [(command, answer.strip()) for command, _, answer in (one.partition("\n") for one in text.split("$ ")[1:])]


def pattern(answer: str) -> str:
    return ".*".join(map(re.escape, answer.split("…")))


async def run(script: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", script, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(WITHIN):
        out, err = await process.communicate()
    assert err == b""
    return out.decode()


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="curl or bash is not installed")
async def test_the_session_on_the_page() -> None:
    steps = session()
    assert len(steps) == 9
    async with simulated("sim:lab?speed=20", "sim:lab?seed=2&speed=20") as it:
        marked = "\n".join(f"{command}\necho; echo '--'" for command, _ in steps)
        said = (await run(marked.replace("127.0.0.1:8080", f"127.0.0.1:{it.port}"))).split("--\n")
    for (command, answer), found in zip(steps, said, strict=False):
        assert re.fullmatch(pattern(answer), found.strip(), re.DOTALL), command
