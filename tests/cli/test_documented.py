"""Every command that a page shows is one, with its options; every session at a shell goes as it is shown."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import socket
import sys
from asyncio.subprocess import PIPE
from importlib import import_module
from pathlib import Path

import pytest

from bletui import registry
from bletui.backend import Env
from bletui.cli.arguments import bare
from bletui.cli.commands import SCHEMES, SUMMARIES
from bletui.failure import BleError
from bletui.model import Owner, ScanRequest
from bletui.target import parse
from tests.bridge.running import remote
from tests.cli.lab import Do
from tests.documented import PAGES, commands, is_shown, session, words
from tests.program import at_home, ended, ran, running, said

ADDRESS = "C0:DE:1A:B0:00:01"
SHOWN = {page: dict(commands(page)) for page in PAGES}
LINES = [line for lines in SHOWN.values() for line, whole in lines.items() if whole]
DONE = ("gatt", "read", "notify", "pair", "steps", "doctor", "explain")  # what ends by itself, and well, in the lab


@pytest.mark.parametrize("page", [page for page in PAGES if SHOWN[page]], ids=lambda page: page.name)
def test_every_command_is_one(page: Path) -> None:
    for line, whole in SHOWN[page].items():
        typed = [word for word in words(line) if word not in ("…", "...")]
        name = typed[0] if typed and typed[0] in SUMMARIES else "console"
        try:
            bare(import_module(f"bletui.cli.{name}"), name).parse_args(typed if name == "console" else typed[1:])
        except BleError as refused:
            assert not whole, f"{line}: {refused.failure.detail}"
            assert "are required" in refused.failure.detail, line
        except SystemExit as helped:
            assert helped.code == 0, line


@pytest.mark.parametrize("page", [page for page in PAGES if SHOWN[page]], ids=lambda page: page.name)
def test_every_target_is_one(page: Path) -> None:
    for line in SHOWN[page]:
        for word in words(line):
            scheme, colon, _ = word.partition(":")
            if colon and scheme in SCHEMES:
                target = parse(word)
                if target.scheme == "sim":
                    registry.backend(target, Env("sim"))


@pytest.mark.parametrize(
    "line", sorted({line for line in LINES if (typed := words(line))[:1] and typed[0] in DONE and " sim:lab " in line})
)
def test_what_is_shown_at_the_lab_is_done(line: str, do: Do) -> None:
    stdin = "read 'Device Name'\nwrite 0x0017 text:hi\n" if " - " in line else ""
    done = do(*(word.replace("sim:lab", "sim:lab?speed=20") for word in words(line)), stdin=stdin)
    assert done.code == 0, done.err


def test_the_readmes_failure_is_as_it_is_shown(do: Do) -> None:
    (entry,) = session("README.md", "$ bletui scan")
    done = do(*entry.words())
    assert done.code == 3
    assert is_shown(entry.shown, done.out + done.err), done.err


def _configured(at: Path, lines: dict[int, str]) -> None:
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text("".join(f"{lines.get(number, '')}\n" for number in range(1, max(lines) + 1)))


def test_a_wrong_configuration_is_refused_as_it_is_shown(do: Do, tmp_path: Path) -> None:
    scan, validate = session("docs/config.md", "$ bletui scan site")
    _configured(
        tmp_path / "xdg/bletui/config.toml",
        {2: 'thme = "mono"', 3: "[targets.site]", 4: 'url = "sim:"', 8: "[keymap]", 9: '"scan.filter" = ["ctrl+b"]'},
    )
    for entry in (scan, validate):
        done = do(*entry.words())
        assert (done.code, is_shown(entry.shown, done.out + done.err)) == (2, True), done


def test_origins_are_told_as_it_is_shown(do: Do, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (entry,) = session("docs/config.md", "$ BLETUI_ACTIVE=yes")
    monkeypatch.setenv("BLETUI_ACTIVE", "yes")
    _configured(tmp_path / "xdg/bletui/config.toml", {30: "[profiles.bench]", 31: 'theme = "mono"'})
    done = do(*entry.words())
    assert is_shown(entry.shown, done.out), done.out


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
async def test_a_bridges_first_session_goes_as_it_is_shown(home: Path) -> None:
    run, read, console, clients = session("docs/bridge.md", "$ bletui bridge run")
    assert console.words() == ["bridge:"]
    environ = at_home(home)
    async with running(*run.words(), **environ) as process, asyncio.timeout(60):
        listens = await said(process, "listens on")
        assert [listens.replace(str(home), "/run/user/1000")] == run.shown
        code, out, err = await ran(*read.words(), **environ)
        assert (code, is_shown(read.shown, err + out)) == (0, True)
        radio = remote(home / "bletui/bridge.sock")
        seat = await radio.attach(Owner("session"))
        await seat.scan(ScanRequest())
        await seat.connect(ADDRESS)
        _, out, _ = await ran(*clients.words(), **environ)
        assert is_shown(clients.shown, out), out
        await radio.aclose()


@pytest.mark.skipif(shutil.which("openssl") is None and "CI" not in os.environ, reason="there is no openssl here")
async def test_from_another_machine_it_is_reached_as_it_is_shown(home: Path) -> None:
    """The other machine is this one, and so is the name in the certificate."""

    def here(text: str) -> str:
        text = re.sub(r"\b(bridge\.(?:key|pem)|laptop\.token)", rf"{home}/\1", text)
        return text.replace("pi.example", "localhost").replace("0.0.0.0", "127.0.0.1").replace(":7325", f":{port}")

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    certificate, token, run = session("docs/bridge.md", "$ openssl req")
    secret, doctor = session("docs/bridge.md", "$ export BLETUI_SECRET_PI_FILE")
    environ = at_home(home)
    made = await asyncio.create_subprocess_exec(*shlex.split(here(certificate.typed)), stdout=PIPE, stderr=PIPE)
    assert (await ended(made))[0] == 0
    code, out, err = await ran(*token.words(), **environ)
    assert (code, is_shown(token.shown, err)) == (0, True)
    (home / "laptop.token").touch(0o600)
    (home / "laptop.token").write_text(out)
    async with running(*map(here, run.words()), **environ) as process:
        for line in run.shown:
            listens = (await said(process, "listens on")).replace(f"{home}/bletui", "/run/user/1000/bletui")
            assert listens == here(line)
        name, _, file = here(secret.typed).removeprefix("export ").partition("=")
        code, out, err = await ran(*map(here, doctor.words()), **environ, **{name: file})
        assert (code, is_shown(list(map(here, doctor.shown)), out)) == (0, True), out + err


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
async def test_a_reload_goes_as_it_is_shown(home: Path) -> None:
    well, wrong = session("docs/bridge.md", "$ bletui bridge reload")
    file = home / "config.toml"
    environ = {**at_home(home), "BLETUI_CONFIG": str(file)}
    lab = {1: "[targets.lab]", 2: 'url = "sim:lab"', 3: "[targets.site]", 4: 'url = "sim:"', 5: "[bridge]"}
    _configured(file, {**lab, 6: 'targets = ["lab"]'})
    async with running("bridge", "run", "--name", "desk", **environ) as process:
        await said(process, "listens on")
        for entry, expected, more in (
            (well, 0, {6: 'targets = ["lab", "site"]'}),
            (wrong, 2, {6: 'targets = ["lab"]', 7: "clints = 3"}),
        ):
            _configured(file, {**lab, **more})
            code, out, err = await ran(*entry.words(), **environ)
            assert (code, is_shown(entry.shown, out + err)) == (expected, True), out + err
