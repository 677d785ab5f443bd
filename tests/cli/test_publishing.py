"""`bletui bridge run --publish` as a process: what is refused, what it says, what arrives, how it ends."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.bridge.publishing.mosquitto import Mosquitto, mosquitto, needs_mosquitto, subscriber
from tests.cli.lab import Do
from tests.program import WITHIN, at_home, ended, environment, running, said
from tests.tries import tries

PAGE = (Path(__file__).parents[2] / "docs/mqtt.md").read_text("utf-8")
PIPE = asyncio.subprocess.PIPE


def publishing(folder: Path, *arguments: str, **env: str) -> AbstractAsyncContextManager[Process]:
    return running("bridge", "run", *arguments, **at_home(folder), **env)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("mqtt://me:geheim@b", "never holds a secret"),
        ("http://b", "no broker to publish to"),
        ("mqtt://b/#x", "fragment"),
        ("mqtts://b?ca=/nowhere.pem", "No such file"),
        ("mqtt://b?filter=@near", "near"),
    ],
)
def test_a_wrong_url_is_refused_before_any_radio(do: Do, url: str, word: str) -> None:
    said = do("bridge", "run", "sim:", "--publish", url)
    assert said.code == 2
    assert word in said.err
    assert "geheim" not in said.err


def test_without_the_extra_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['paho'] = None; from bletui.__main__ import main; sys.exit(main(sys.argv[1:]))"
    asked = [sys.executable, "-c", code, "bridge", "run", "sim:", "--publish", "mqtt://b"]
    done = subprocess.run(asked, env=environment(), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "op.unsupported" in done.stderr
    assert "bletui[mqtt]" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bridge_that_publishes_nothing_loads_no_mqtt() -> None:
    code = "import sys, bletui.cli.bridge, bletui.cli.publishing, bletui.bridge.publishing.metrics; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert not {name for name in done.stdout.split() if name.startswith("paho")}


async def test_nothing_listens_and_a_signal_still_ends_it_within_two_seconds(tmp_path: Path) -> None:
    """Also while it tries to reach a host that drops the packets: here, a listener whose queue is full."""
    with socket.socket() as full, socket.create_server(("127.0.0.1", 0)) as free:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        refusing = free.getsockname()[1]
        free.close()
        urls = [f"mqtt://127.0.0.1:{port}/" for port in (full.getsockname()[1], refusing)]
        for tried in tries(under=2.0):
            async with publishing(tmp_path, "sim:lab", "--publish", urls[0], "--publish", urls[1]) as process:
                line = await said(process, "E0702")
                assert re.fullmatch(rf"bletui: {urls[1]}bletui: E0702 net\.refused .*; next try in [12] s", line)
                with tried(process.pid):
                    process.send_signal(signal.SIGTERM)
                    code, _, err = await ended(process)
                assert code == 143
                assert "Traceback" not in err
        for one in waiting:
            one.close()


@needs_mosquitto
async def test_by_the_configuration_with_a_credential_and_its_counts(tmp_path: Path) -> None:
    async with mosquitto(tmp_path, users={"site": "hunter2-hunter2"}) as broker:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[bridge]\npublish = ["mqtt://SITE@127.0.0.1:{broker.port}/plant7/hall?devices=0"]\n'
            '[credentials.SITE]\nenv = "MQTT_LOGIN"\n'
        )
        arguments = ("sim:lab", "--name", "a/b", "--metrics", "127.0.0.1:0", "--config", str(config))
        login = ("-u", "site", "-P", "hunter2-hunter2")
        async with (
            subscriber(broker, *login, pattern="plant7/#") as sub,
            publishing(tmp_path, *arguments, MQTT_LOGIN="site:hunter2-hunter2") as process,
        ):
            page = (await said(process, "metrics at")).rpartition(" ")[2]
            assert (await sub.on("plant7/hall/a%2Fb/status")).json["state"] == "online"
            await sub.on("plant7/hall/a%2Fb/links/C0:DE:1A:B0:00:11")
            counts = await asyncio.to_thread(_page, page)
            assert f'bletui_publisher_connected{{publisher="mqtt://127.0.0.1:{broker.port}/plant7/hall"}} 1' in counts
            process.send_signal(signal.SIGINT)
            assert (await sub.find(lambda one: '"stopped"' in one.payload)).retained is False
        log = (tmp_path / "bletui" / "bridge.log").read_text()
        assert '"event": "publishes"' in log
        assert "hunter2" not in log + counts


@needs_mosquitto
async def test_a_reload_brings_brokers_and_radios_and_takes_them_away(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"

    def configured(targets: str, publish: str) -> None:
        config.write_text(f"[bridge]\ntargets = [{targets}]\npublish = [{publish}]\n")

    async with mosquitto(tmp_path) as broker, subscriber(broker, pattern="bletui/#") as sub:
        configured('"sim:lab"', "")
        async with publishing(tmp_path, "--name", "b", "--config", str(config)) as process:
            await said(process, "listens on")
            here = f'"mqtt://127.0.0.1:{broker.port}/?devices=0"'
            configured('"sim:lab"', here)
            process.send_signal(signal.SIGHUP)
            assert (await sub.on("bletui/b/status")).json["radios"] == ["b.sim:lab"]

            configured('"sim:lab", "sim:"', here)
            process.send_signal(signal.SIGHUP)
            await sub.on("bletui/b/lanes/b.sim%2Fhci0")

            configured('"sim:lab"', here)
            process.send_signal(signal.SIGHUP)
            await sub.find(lambda one: one.topic == "bletui/b/lanes/b.sim%2Fhci0" and not one.json["usable"])

            configured('"sim:lab"', "")
            process.send_signal(signal.SIGHUP)
            await sub.find(lambda one: '"stopped"' in one.payload)

            configured('"sim:lab"', '"mqtt://a:geheim@b"')
            process.send_signal(signal.SIGHUP)
            await asyncio.to_thread(_until_logged, tmp_path / "bletui" / "bridge.log", "not reloaded")
            assert process.returncode is None
        log = (tmp_path / "bletui" / "bridge.log").read_text()
        assert f"added mqtt://127.0.0.1:{broker.port}/bletui" in log
        assert "geheim" not in log


def _until_logged(log: Path, words: str) -> None:
    ends = time.monotonic() + WITHIN
    while words not in log.read_text():
        assert time.monotonic() < ends, f"{words!r} is not in the log"
        time.sleep(0.05)


def _page(url: str) -> str:
    from urllib.request import urlopen

    with urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def session() -> tuple[list[str], list[str]]:
    """The arguments of the page's bridge, and the lines that its subscriber prints."""
    block = re.search(r"```\n\$ bletui bridge (run sim:.*?)```", PAGE, re.DOTALL)
    assert block
    first, *lines = block[1].splitlines()
    arguments = first.removesuffix(" &").replace("'", "").split()[1:]
    return arguments, [line for line in lines if not line.startswith("$")]


def pattern(line: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, line.split("…"))))


@asynccontextmanager
async def verbose(broker: Mosquitto) -> AsyncIterator[asyncio.StreamReader]:
    command = broker.client("mosquitto_sub", "-t", "bletui/#", "-v")
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, limit=1 << 20)
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.kill()
        await process.communicate()


@needs_mosquitto
async def test_the_session_is_as_the_page_says(tmp_path: Path) -> None:
    arguments, lines = session()
    assert len(lines) == 7
    wanted = {line: pattern(line) for line in lines[:-1]}
    stopped = pattern(lines[-1])
    async with mosquitto(tmp_path) as broker, asyncio.timeout(WITHIN), verbose(broker) as printed:
        arguments = [word.replace("mqtt://127.0.0.1/", f"mqtt://127.0.0.1:{broker.port}/") for word in arguments]
        async with publishing(tmp_path, *arguments) as process:
            while wanted:
                got = (await printed.readline()).decode().rstrip("\n")
                for line in [line for line, looks in wanted.items() if looks.fullmatch(got)]:
                    del wanted[line]
            process.send_signal(signal.SIGTERM)
            while not stopped.fullmatch((await printed.readline()).decode().rstrip("\n")):
                pass
