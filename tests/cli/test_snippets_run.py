"""What is pasted elsewhere works there: the command and the call at a served router, the program at a BlueZ."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bletui.backends.simulator.lab import address
from bletui.console.snippets import Action, bleak, command, curl
from bletui.model import Read, Request, Subscribe, Write
from bletui.target import parse
from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez import desk as at_desk
from tests.cli.lab import Do

WITHIN = 40.0  # seconds; a dozen processes that start under load
COUNTER = address("counter")
BATTERY, HELD = "00002a19-0000-1000-8000-00805f9b34fb", "b1e70000-51a1-4c0d-9000-000000000011"
COUNTS = "b1e70000-51a1-4c0d-9000-000000000012"


@contextmanager
def router() -> Iterator[int]:
    """The port that a simulated router serves its API on."""
    serve = ("-m", "bletui", "bridge", "run", "sim:lab?speed=20", "--router-api", "127.0.0.1:0")
    with subprocess.Popen([sys.executable, *serve], stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stderr is not None
            yield int(process.stderr.readline().rpartition(":")[2])
        finally:
            process.kill()


def sh(line: str) -> str:
    done = subprocess.run(["sh", "-c", line], capture_output=True, encoding="utf-8", timeout=WITHIN, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None and not os.environ.get("CI"), reason="there is no curl here")
def test_commands_and_calls_at_a_router_do_what_was_done_in_the_console(do: Do) -> None:
    with router() as port:
        target = f"cassia://127.0.0.1:{port}"

        def bletui(line: str, *options: str) -> list[dict[str, Any]]:
            program, *words = shlex.split(line)
            assert program == "bletui"
            said = do(*words, "--json", *options)
            assert said.code == 0, said.err
            return said.data

        nodes = bletui(f"bletui gatt {target} {COUNTER}", "--type", "random")
        handles = {node["uuid"]: node["handle"] for node in nodes}
        held, counts = handles[HELD], handles[COUNTS]
        (cccd,) = [  # as the console finds it
            node["handle"] for node in nodes if node["characteristic"] == counts and node["uuid"].startswith("00002902")
        ]
        link = f"http://127.0.0.1:{port}/gap/nodes/{COUNTER}/connection"
        assert sh(f"""curl -s {link} -X POST -H 'Content-Type: application/json' -d '{{"type": "random"}}'""") == "OK"

        def action(request: Request, descriptor: int | None = None) -> Action:
            return Action(parse(target), request, "", descriptor)

        def call(request: Request, descriptor: int | None = None) -> str:
            made = curl(action(request, descriptor))
            assert made is not None
            return sh(f"{made} --silent --show-error --fail")

        read = Read(COUNTER, None, handle=held)
        assert "OK" in call(Write(COUNTER, None, handle=held, value=b"\x02\x00"))
        assert json.loads(call(read))["value"].lower() == "0200"
        (value,) = bletui(command(action(read)))
        assert value["value"] == "0200"
        bletui(command(action(Write(COUNTER, None, handle=held, value=b"\x05\x00"))))
        assert json.loads(call(read))["value"].lower() == "0500"
        assert "OK" in call(Subscribe(COUNTER, None, handle=counts, mode="notify"), cccd)
        assert "OK" in call(Subscribe(COUNTER, None, handle=counts, mode="off"), cccd)
        notify = Subscribe(COUNTER, None, handle=counts, mode="notify")
        assert [one["handle"] for one in bletui(command(action(notify)), "--count", "2")] == [counts, counts]


async def test_the_bleak_program_runs() -> None:
    device = at_desk.MAIN.address

    def action(request: Request, uuid: str) -> Action:
        return Action(parse("local:"), request, uuid)

    async with FakeBluez(peripherals=at_desk.DESK) as fake, asyncio.timeout(WITHIN):
        python = ("env", f"DBUS_SYSTEM_BUS_ADDRESS={fake.address}", sys.executable, "-u", "-c")
        written = Write(device, None, handle=0, value=b"\x01\xab")
        for request, out in ((written, ""), (Read(device, None, handle=0), "01ab\n")):
            process = await asyncio.create_subprocess_exec(
                *python, bleak(action(request, at_desk.WRITE)), stdout=asyncio.subprocess.PIPE
            )
            assert (await process.communicate())[0].decode() == out
            assert process.returncode == 0
        lasts = bleak(action(Subscribe(device, None, handle=0, mode="notify"), BATTERY))
        process = await asyncio.create_subprocess_exec(*python, lasts, stdout=asyncio.subprocess.PIPE)
        try:
            assert process.stdout is not None
            assert (await process.stdout.readline()).decode().strip() in ("59", "58")
        finally:
            process.kill()
            await process.wait()
