"""Under a service manager: the units it accepts, the socket it hands over, what it is told."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bletui.bridge import systemd
from bletui.bridge.places import Place
from bletui.bridge.remote import RemoteRadio
from bletui.cli.bridge import add_parser
from bletui.model import Owner
from bletui.testing.virtual_time import in_virtual_time

UNITS = Path(__file__).parents[2] / "packaging/systemd"
WITHIN = 30.0


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and "CI" not in os.environ,
    reason="needs systemd-analyze (Debian: apt install systemd)",
)
@pytest.mark.parametrize(
    ("manager", "names"),
    [("--system", ["bletui-bridge.service", "bletui-bridge.socket"]), ("--user", ["bletui-bridge-user.service"])],
)
def test_systemd_accepts_the_units(home: Path, manager: str, names: list[str]) -> None:
    for name in names:  # verify wants the program to be there
        text = re.sub(r"^(Exec\w+)=\S+", r"\1=/bin/true", (UNITS / name).read_text(), flags=re.MULTILINE)
        (home / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", manager, "verify", *(str(home / name) for name in names)],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "XDG_RUNTIME_DIR": str(home)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_units_commands_are_ours() -> None:
    for unit in UNITS.glob("*.service"):
        parser = argparse.ArgumentParser()
        add_parser(parser.add_subparsers())
        found = dict(re.findall(r"^(Exec\w+)=\S+/bletui (bridge .*)$", unit.read_text(), re.MULTILINE))
        assert found.keys() == {"ExecStart", "ExecReload"}
        assert parser.parse_args(found["ExecStart"].split()).targets == []  # the file's, else local:
        assert parser.parse_args(found["ExecReload"].split()).verb == "reload"


def test_to_be_stopped_is_no_failure_of_a_unit() -> None:
    """A signal's exit code is 128 and its number, as a shell has it; systemd takes only the signal itself for well."""
    for unit in UNITS.glob("*.service"):
        assert f"SuccessExitStatus={128 + signal.SIGTERM}\n" in unit.read_text()


LAUNCHED = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), WATCHDOG_USEC="200000")
os.execv(sys.executable, [sys.executable, "-m", "bletui", "bridge", "run", "sim:lab", "--name", "x"])
"""


async def test_it_takes_the_managers_socket_and_says_that_it_lives(home: Path) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX) as listens, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hears:
        listens.bind(str(home / "s"))
        listens.listen()
        hears.bind(str(home / "notify"))
        hears.setblocking(False)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", LAUNCHED, str(listens.fileno()), pass_fds=(listens.fileno(),), stderr=subprocess.PIPE,
            env={**os.environ, "NOTIFY_SOCKET": str(home / "notify"), "XDG_STATE_HOME": str(home)},
        )  # fmt: skip
        try:
            async with asyncio.timeout(WITHIN):
                assert (await loop.sock_recv(hears, 4096)).startswith(b"READY=1\nSTATUS=")
                radio = RemoteRadio(Place(socket=home / "s"), "b")
                assert (await radio.attach(Owner("me"))).snapshot.lanes
                while b"WATCHDOG=1\nSTATUS=1 clients" not in await loop.sock_recv(hears, 4096):
                    pass
                await radio.aclose()
                process.terminate()
                while b"STOPPING=1" not in await loop.sock_recv(hears, 4096):
                    pass
                await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()
    assert (home / "s").exists()  # the manager's, not ours to remove


def test_without_a_manager_nothing_is_said_or_taken() -> None:
    systemd.notify({}, "READY=1")
    systemd.notify({"NOTIFY_SOCKET": "/nowhere/at/all"}, "READY=1")
    assert systemd.handed_over({}) == []
    assert systemd.handed_over({"LISTEN_FDS": "2", "LISTEN_PID": "1"}) == []
    assert systemd.handed_over({"LISTEN_FDS": "2", "LISTEN_PID": str(os.getpid())}) == [3, 4]
    assert systemd.watchdog_seconds({}) is None
    assert systemd.watchdog_seconds({"WATCHDOG_USEC": "30000000"}) == 30.0
    assert systemd.watchdog_seconds({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}) is None


@pytest.mark.parametrize("abstract", [True, False])
@in_virtual_time
async def test_the_manager_hears_nothing_before_it_is_ready_and_then_twice_in_each_interval(
    home: Path, abstract: bool
) -> None:
    name = f"@{home.name}" if abstract else str(home / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hears:
        hears.bind(name.replace("@", "\0", 1))
        hears.setblocking(False)

        def heard() -> list[bytes]:
            found: list[bytes] = []
            with suppress(BlockingIOError):
                while True:
                    found.append(hears.recv(4096))
            return found

        ready = asyncio.Event()
        environ = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000000"}
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(systemd.watch(environ, ready, lambda: "well"))
            await asyncio.sleep(100.0)
            assert heard() == []
            ready.set()
            await asyncio.sleep(61.0)
            assert heard() == [b"READY=1\nSTATUS=well", *[b"WATCHDOG=1\nSTATUS=well"] * 4]
            watching.cancel()
