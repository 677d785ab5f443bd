"""What is pasted elsewhere works there: the command and the call at a served router, the program at a BlueZ."""

from __future__ import annotations

import asyncio
import json
import shlex
import shutil
import sys
from typing import Any

import pytest

from bletui.backends.simulator.lab import address
from bletui.console.snippets import Action, bleak, command, curl
from bletui.model import Read, Request, Subscribe, Write
from bletui.target import parse
from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez import desk as at_desk
from tests.bridge.router_api.client import ask
from tests.cli.test_bridge import bridge

WITHIN = 40.0  # seconds; a dozen processes that start under load
COUNTER = address("counter")
BATTERY, HELD = "00002a19-0000-1000-8000-00805f9b34fb", "b1e70000-51a1-4c0d-9000-000000000011"
COUNTS = "b1e70000-51a1-4c0d-9000-000000000012"


async def run(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def bletui(line: str, *options: str) -> list[dict[str, Any]]:
    """The objects that the command line prints."""
    program, *words = shlex.split(line)
    assert program == "bletui"
    return [json.loads(told) for told in (await run(sys.executable, "-m", "bletui", *words, *options)).splitlines()]


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
async def test_commands_and_calls_at_a_router_do_what_was_done_in_the_console() -> None:
    async with bridge("run", "sim:lab", "--router-api", "127.0.0.1:0") as process, asyncio.timeout(WITHIN):
        assert process.stderr is not None
        port = int((await process.stderr.readline()).decode().rpartition(":")[2])
        target = f"cassia://127.0.0.1:{port}"
        linked = await ask(port, f"/gap/nodes/{COUNTER}/connection", method="POST", body=b'{"type": "random"}')
        assert linked.body == b"OK"
        nodes = await bletui(f"bletui gatt {target} {COUNTER} --json")
        handles = {node["uuid"]: node["handle"] for node in nodes}
        held, counts = handles[HELD], handles[COUNTS]
        (cccd,) = [  # as the console finds it
            node["handle"] for node in nodes if node["characteristic"] == counts and node["uuid"].startswith("00002902")
        ]

        def action(request: Request, descriptor: int | None = None) -> Action:
            return Action(parse(target), request, "", descriptor)

        async def call(request: Request, descriptor: int | None = None) -> str:
            made = curl(action(request, descriptor))
            assert made is not None
            return await run("sh", "-c", f"{made} --silent --show-error --fail")

        read = Read(COUNTER, None, handle=held)
        write = Write(COUNTER, None, handle=held, value=b"\x02\x00")
        assert "OK" in await call(write)
        assert json.loads(await call(read))["value"].lower() == "0200"
        (value,) = await bletui(command(action(read)), "--json")
        assert value["value"] == "0200"
        await bletui(command(action(Write(COUNTER, None, handle=held, value=b"\x05\x00"))), "--json")
        assert json.loads(await call(read))["value"].lower() == "0500"
        assert "OK" in await call(Subscribe(COUNTER, None, handle=counts, mode="notify"), cccd)
        assert "OK" in await call(Subscribe(COUNTER, None, handle=counts, mode="off"), cccd)
        told = await bletui(
            command(action(Subscribe(COUNTER, None, handle=counts, mode="notify"))), "--json", "--count", "2"
        )
        assert [one["handle"] for one in told] == [counts, counts]


async def test_the_bleak_program_runs() -> None:
    device = at_desk.MAIN.address

    def action(request: Request, uuid: str) -> Action:
        return Action(parse("local:"), request, uuid)

    async with FakeBluez(peripherals=at_desk.DESK) as fake, asyncio.timeout(WITHIN):
        python = ("env", f"DBUS_SYSTEM_BUS_ADDRESS={fake.address}", sys.executable, "-u", "-c")
        written = Write(device, None, handle=0, value=b"\x01\xab")
        await run(*python, bleak(action(written, at_desk.WRITE)))
        assert await run(*python, bleak(action(Read(device, None, handle=0), at_desk.WRITE))) == "01ab\n"
        lasts = bleak(action(Subscribe(device, None, handle=0, mode="notify"), BATTERY))
        process = await asyncio.create_subprocess_exec(*python, lasts, stdout=asyncio.subprocess.PIPE)
        try:
            assert process.stdout is not None
            assert (await process.stdout.readline()).decode().strip() in ("59", "58")
        finally:
            process.kill()
            await process.wait()
