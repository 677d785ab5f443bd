"""A bridge's configuration read again while it runs: by a client, by a signal, and with a file that is wrong."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bletui.cli.bridge import add_parser
from bletui.cli.configured import Configuration
from bletui.cli.reloading import serving
from bletui.config.file import Config, parse
from bletui.failure import BleError, ErrorKind
from bletui.model import LaneChanged, LaneDown, LinkChanged, Owner, ReadRssi, StreamChanged
from tests.bridge.reattached import Told
from tests.bridge.running import remote
from tests.program import WITHIN, at_home, ran, running, said
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets and SIGHUP")

ADDRESS = "C0:DE:1A:B0:00:01"
LAB = '[targets.lab]\nurl = "sim:lab?speed=20"\n[targets.more]\nurl = "sim:lab?speed=20&seed=3"\n'


def environ(home: Path) -> dict[str, str]:
    return {**at_home(home), "BLETUI_CONFIG": str(home / "c.toml")}


async def reload(home: Path, *options: str) -> tuple[int | None, str, str]:
    code, out, err = await ran("bridge", "reload", *options, **environ(home))
    return code, out, " ".join(err.split())


@asynccontextmanager
async def bridge(home: Path) -> AsyncIterator[Process]:
    async with running("bridge", "run", "--name", "b", **environ(home)) as process:
        await said(process, "listens on")
        yield process


def configured(home: Path, bridge: str) -> None:
    (home / "c.toml").write_text(f"{LAB}[bridge]\n{bridge}\n")


def told_log(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home / "bletui/bridge.log").read_text().splitlines()]


async def test_targets_come_and_go_and_the_others_notice_nothing(home: Path) -> None:
    configured(home, 'targets = ["lab"]')
    async with bridge(home) as process, asyncio.TaskGroup() as group:
        seat = await remote(home / "bletui/bridge.sock").attach(Owner("me"))
        told = Told(group, seat)
        link = await seat.connect(ADDRESS)
        before = set(seat.snapshot.lanes)

        configured(home, 'targets = ["lab", "more", "nonsense:"]\nlog = "debug"')
        code, out, err = await reload(home)
        assert (code, out) == (1, "added b.more\n")  # what can't be opened is said, the rest is in force
        assert "no backend for nonsense: is installed" in err
        await told.until(lambda event: isinstance(event, LaneChanged) and event.lane.id.startswith("b.more/"))

        configured(home, 'targets = ["lab"]\nlog = "debug"')
        process.send_signal(signal.SIGHUP)
        await told.until(lambda event: isinstance(event, LaneDown))
        now = told.folding.snapshot()
        assert set(now.lanes) == before
        assert set(now.links) >= {link}
        down = [event.peer for event in told.events if isinstance(event, LinkChanged) and event.state == "down"]
        assert not [peer for peer in down if peer.lane in before]
        assert await seat.perform(ReadRssi(ADDRESS)) is not None
        code, out, _ = await reload(home, "--json")
        assert (code, json.loads(out)) == (0, {"schema": "bletui.reloaded/1", "changed": [], "failed": []})
        assert any(line["event"] == "asked" for line in told_log(home))  # the new level
        await seat.detach(keep=False)


async def test_a_wrong_file_is_refused_with_its_line_and_the_old_one_counts(home: Path) -> None:
    configured(home, 'targets = ["lab"]')
    async with bridge(home) as process, asyncio.TaskGroup() as group:
        seat = await remote(home / "bletui/bridge.sock").attach(Owner("me"))
        told = Told(group, seat)
        configured(home, 'targets = ["lab"]\nclints = 3')
        code, out, err = await reload(home)
        assert (code, out) == (2, "")
        assert f"{home / 'c.toml'}:7:1: bridge.clints: there is no key 'clints' here; did you mean 'clients'?" in err

        def refused(event: object) -> bool:
            return isinstance(event, StreamChanged) and event.stream == "config" and event.state == "broken"

        await told.until(refused)
        (broken,) = filter(refused, told.events)
        assert isinstance(broken, StreamChanged)
        assert broken.failure is not None
        assert (broken.failure.kind, "c.toml:7:1" in broken.failure.detail) == (ErrorKind.REQUEST_INVALID, True)
        assert [line["event"] for line in told_log(home) if line["level"] == "warning"] == ["not reloaded"]

        configured(home, 'targets = ["lab"]\ngroup = "no-such-group"')
        process.send_signal(signal.SIGHUP)
        await until(lambda: sum(map(refused, told.events)) >= 2, WITHIN)
        configured(home, 'targets = ["lab"]')
        assert (await reload(home))[:2] == (0, "the same radios\n")
        await told.until(
            lambda event: isinstance(event, StreamChanged) and event.stream == "config" and event.state == "live"
        )
        assert process.returncode is None
        await seat.detach(keep=False)


@pytest.mark.parametrize(
    ("arguments", "file", "expected"),
    [
        ([], "", ("local:",)),
        ([], '[bridge]\ntargets = ["sim:"]', ("sim:",)),
        (["lab"], '[targets.lab]\nurl = "sim:lab"\n[bridge]\ntargets = ["sim:"]', ("lab",)),
    ],
)
def test_the_command_line_comes_before_the_file_and_the_file_before_the_adapter(
    arguments: list[str], file: str, expected: tuple[str, ...]
) -> None:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["bridge", "run", *arguments, "--keep", "5"])
    found = serving(args, Configuration(parse(file), {}))
    assert (found.targets, found.keep) == (expected, 5.0)


@pytest.mark.parametrize("keep", ["0", "nan", "1e9"])
def test_a_number_of_minutes_that_is_none_is_refused(keep: str) -> None:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["bridge", "run", "--keep", keep])
    with pytest.raises(BleError, match=r"--keep .*: a number of minutes from 0\.1 to 1440"):
        serving(args, Configuration(Config(), {}))
