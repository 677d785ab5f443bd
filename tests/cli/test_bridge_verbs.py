"""`bletui bridge run` on its own socket, and what is asked of it, as processes."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import socket
import stat
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bletui.bridge.log import LogFile
from bletui.radio.journal import Journal
from tests.bridge.router_api.client import ask
from tests.program import WITHIN, at_home, ended, ran, running, said
from tests.tries import tries

ADDRESS = "C0:DE:1A:B0:00:01"


async def bletui(home: Path, *arguments: str) -> tuple[int | None, str, str]:
    return await ran(*arguments, **at_home(home))


@asynccontextmanager
async def bridge(home: Path, *options: str) -> AsyncIterator[Process]:
    async with running("bridge", "run", "sim:lab?speed=20", "--name", "desk", *options, **at_home(home)) as process:
        await said(process, "listens on")
        yield process


async def test_a_command_works_through_it_and_leaves_no_trace(home: Path) -> None:
    async with bridge(home) as process:
        assert stat.S_IMODE((home / "bletui/bridge.sock").stat().st_mode) == 0o600
        code, out, err = await bletui(home, "read", "bridge:", ADDRESS, "2a19", "--json")
        assert code == 0, err
        (value,) = [json.loads(line) for line in out.splitlines()]
        assert value["uuid"].startswith("00002a19")

        code, out, _ = await bletui(home, "bridge", "status", "--json")
        status = json.loads(out)
        assert (code, status["bridge"], status["pid"], status["radios"]) == (0, "desk", process.pid, ["desk.sim:lab"])
        code, out, err = await bletui(home, "bridge", "clients")
        assert (code, out, err) == (0, "", "bletui: nobody sits there\n")

        code, _, err = await bletui(home, "bridge", "stop")
        assert (code, err) == (0, "")
        async with asyncio.timeout(WITHIN):
            assert await process.wait() == 0
        assert not (home / "bletui/bridge.sock").exists()

        code, out, _ = await bletui(home, "bridge", "logs")
        told = [json.loads(line)["event"] for line in out.splitlines()]
        assert told[0] == "started"
        assert told[-1] == "stopped"
        assert "asked to stop" in told


async def test_a_signal_ends_it_within_two_seconds_and_releases_its_links(home: Path) -> None:
    for tried in tries(under=2.0):
        async with bridge(home) as process, running("connect", "bridge:", ADDRESS, **at_home(home)):
            async with asyncio.timeout(WITHIN):
                while ADDRESS not in (out := (await bletui(home, "bridge", "clients"))[1]):
                    await asyncio.sleep(0.05)
            assert out.split()[:2] == ["cli", "operator"]
            with tried(process.pid):
                process.send_signal(signal.SIGTERM)
                assert (await ended(process))[0] == 128 + signal.SIGTERM
        assert Journal(home / "bletui/desk.sim%3Alab.links").left == (frozenset(), frozenset())


async def test_without_a_bridge_every_use_of_it_says_so(home: Path) -> None:
    for arguments in (("bridge", "status"), ("bridge", "stop"), ("read", "bridge:", ADDRESS, "2a19")):
        code, out, err = await bletui(home, *arguments)
        assert (code, out) == (3, "")
        assert "no bridge listens on" in " ".join(err.split())
        assert "bletui bridge run local:" in err.partition("\n  1. ")[2].partition("\n  2. ")[0]
        assert "Traceback" not in err


async def test_a_second_bridge_on_the_same_socket_is_refused(home: Path) -> None:
    async with bridge(home) as process:
        code, _, err = await bletui(home, "bridge", "run", "sim:")
        assert code == 1
        assert f"process {process.pid}" in " ".join(err.split())
        assert "Use the bridge that has it" in err
        assert "retry: after you have acted" in err


async def test_what_there_is_none_of_is_said(home: Path) -> None:
    code, out, err = await bletui(home, "bridge", "logs")
    assert (code, out) == (0, "")
    assert f"no bridge of this user has written {home}" in err
    code, out, err = await bletui(home, "bridge", "token", "list")
    assert (code, out) == (0, "")
    assert "bletui bridge token add NAME makes one" in err


async def test_a_token_is_shown_once_and_opens_the_tcp_port(home: Path) -> None:
    code, secret, err = await bletui(home, "bridge", "token", "add", "laptop", "--role", "operator")
    assert code == 0
    assert "not shown again" in err
    code, listed, _ = await bletui(home, "bridge", "token", "list")
    assert listed.startswith("laptop")
    assert secret.strip() not in listed
    async with bridge(home, "--listen", "127.0.0.1:0"):
        log = [json.loads(line) for line in (home / "bletui/bridge.log").read_text().splitlines()]
        assert log[0]["event"] == "started"
        assert secret.strip() not in str(log)
    for arguments, expected in (
        (("revoke", "laptop"), 0),
        (("revoke", "laptop"), 2),
        (("add", "a b"), 2),
        (("add",), 2),
    ):
        code, out, _ = await bletui(home, "bridge", "token", *arguments)
        assert (code, out) == (expected, "")


async def test_a_viewer_may_not_stop_it(home: Path) -> None:
    async with bridge(home) as process:
        code, _, err = await bletui(home, "bridge", "stop", "bridge:?role=viewer")
        assert code == 5
        assert "access.refused" in err
        assert process.returncode is None


async def test_the_log_is_followed_until_it_is_interrupted(home: Path) -> None:
    log = LogFile(home / "bletui/bridge.log", lambda: 1.0)
    log.record("started")
    async with running("bridge", "logs", "-f", **at_home(home)) as process:
        assert process.stdout is not None
        async with asyncio.timeout(WITHIN):
            assert json.loads(await process.stdout.readline())["event"] == "started"
            log.record("seated")
            assert json.loads(await process.stdout.readline())["event"] == "seated"
        process.send_signal(signal.SIGINT)
        assert await ended(process) == (130, "", "")


async def test_whom_the_routers_api_turns_away_is_logged_and_counted_as_any_other(home: Path) -> None:
    token = home / "token"
    token.write_text("correct-horse-battery\n")
    token.chmod(0o600)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    api = ("--socket", "--router-api", f"127.0.0.1:{port}", "--token-file", str(token))
    async with bridge(home, *api) as process:
        await said(process, "listens on")  # the other one of the two
        assert (await ask(port, "/gap/nodes", headers={"Host": "evil.example"})).status == 403
        assert (await ask(port, "/gap/nodes")).status == 403
        wrong = {"Authorization": "Basic " + base64.b64encode(b"any:thing").decode()}
        assert (await ask(port, "/oauth2/token", method="POST", headers=wrong)).status == 401
        _, out, _ = await bletui(home, "bridge", "logs")
        told = [one for one in map(json.loads, out.splitlines()) if one["event"] == "refused"]
        assert [(one["kind"], one["detail"]) for one in told] == [
            ("access.refused", "host not allowed: evil.example"),
            ("auth.refused", "Wrong authorization header"),
            ("auth.refused", "a wrong secret"),
        ]
        assert all(one["client"].startswith("router-api 127.0.0.1:") for one in told)
        counts = json.loads((await bletui(home, "bridge", "status", "--json"))[1])["counts"]
        assert (counts["refused access.refused"], counts["refused auth.refused"]) == (1, 2)
