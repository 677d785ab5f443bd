"""`bletui bridge run` as a process: one line when it listens, exit codes, and an end within two seconds."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bridge.router_api.client import ask, stream
from tests.program import WITHIN, ended, ran, running, said
from tests.tries import tries


async def refused(*arguments: str) -> tuple[int | None, str]:
    code, out, err = await ran("bridge", *arguments)
    assert out == ""
    assert "Traceback" not in err
    return code, " ".join(err.split())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_it_says_where_serves_and_ends_with_a_signal(number: signal.Signals, code: int) -> None:
    for tried in tries(under=2.0):
        async with running("bridge", "run", "sim:?seed=7", "--router-api", "127.0.0.1:0") as process:
            line = await said(process, "")
            found = re.fullmatch(r"bletui: the router's API listens on http://127\.0\.0\.1:(\d+)", line)
            assert found, line
            async with stream(int(found[1]), "/gap/nodes?event=1&active=1") as client:
                event = await client.event()
                assert event["chipId"] in (0, 1, 2)
                assert (await ask(int(found[1]), "/cassia/info")).json["chipinfo"].keys() == {"0", "1", "2"}
                with tried(process.pid):
                    process.send_signal(number)
                    while await client.block():
                        pass
                    assert await ended(process) == (code, "", "")


async def test_a_router_with_a_model_a_firmware_and_a_fault() -> None:
    asked = (
        "--model",
        "E1000",
        "--firmware",
        "1.4",
        "--fault",
        "http:login:1x[/cassia/info],connect:busy",
        "--seed",
        "7",
    )
    async with running("bridge", "run", "sim:lab", "--router-api", "127.0.0.1:0", *asked) as process:
        port = int((await said(process, "")).rpartition(":")[2])
        assert (await ask(port, "/cassia/info")).body.startswith(b"<!DOCTYPE html>")
        info = (await ask(port, "/cassia/info")).json
        assert (info["model"], info["version"][:3]) == ("E1000", "1.4")
        assert [chip["max"] for chip in info["chipinfo"].values()] == [20, 20]
        device = "/gap/nodes/C0:DE:1A:B0:00:01/connection"
        assert (await ask(port, device, method="POST", body=b'{"type":"random"}')).body == b"chip is busy"


async def test_a_port_in_use_is_a_failure_and_no_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, words = await refused("run", "sim:", "--router-api", f"127.0.0.1:{port}")
    assert code == 2
    assert f"can't listen on 127.0.0.1:{port}" in words
    assert "Address already in use" in words
    assert f"$ ss -ltnp sport = :{port}" in words
    assert "HOST" not in words
    assert "PORT" not in words


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("run", "sim:", "--router-api", "0.0.0.0:0"), "--token-file"),
        (("run", "sim:", "--router-api", "8080"), "HOST:PORT"),
        (("run", "sim:", "--fault", "connect:busy:20%"), "--router-api"),
        (("run", "sim:", "--listen", "0.0.0.0:0"), "--tls-cert"),
        (("run", "sim:", "--group", "no-such-group"), "no-such-group"),
        (("status", "sim:"), "no bridge"),
        (("run", "nonsense:", "--router-api", "127.0.0.1:0"), "nonsense"),
        (("run", "sim:", "--router-api", "127.0.0.1:0", "--speed", "nan"), "--speed"),
        (("run", "sim:", "--router-api", "127.0.0.1:0", "--fault", "sse:cutt"), "column 5: 'cutt': one of cut, reset"),
        (("run", "sim:", "--router-api", "127.0.0.1:0", "--fault", "connect:bsuy"), "column 9: 'bsuy': one of busy"),
        (("run", "local:", "--router-api", "127.0.0.1:0", "--model", "E1000"), "--model E1000"),
    ],
)
async def test_what_can_not_be_served_is_refused_in_words(arguments: tuple[str, ...], word: str) -> None:
    code, words = await refused(*arguments)
    assert code == 2
    assert word in words


async def test_a_token_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("correct-horse-battery")
    path.chmod(0o644)
    code, words = await refused("run", "sim:", "--router-api", "127.0.0.1:0", "--token-file", str(path))
    assert code == 2
    assert "chmod 600" in words
    assert "correct-horse" not in words


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=WITHIN, check=False)


def test_without_the_extra_it_says_what_to_install() -> None:
    arguments = ["bridge", "run", "sim:", "--router-api", "127.0.0.1:0"]
    ended = python(
        f"import sys; sys.modules['uvicorn'] = None\nfrom bletui.__main__ import main\nexit(main({arguments}))"
    )
    assert ended.returncode == 1
    assert "uvicorn is not installed" in ended.stderr
    assert "$ pip install 'bletui[router-api]'" in ended.stderr
    assert "Update the router" not in ended.stderr


def test_its_help_loads_no_web_framework() -> None:
    code = "import sys\nfrom bletui.__main__ import main\nmain(['bridge', 'run', '--help'])\n"
    ended = python(code + "print({'starlette', 'uvicorn', 'textual', 'httpx', 'asyncio'} & sys.modules.keys())")
    assert ended.stdout.endswith("set()\n")
    assert all(len(line) <= 80 for line in ended.stdout.splitlines())
