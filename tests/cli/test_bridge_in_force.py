"""What `[bridge]` says comes into force at the start, and when the file is read again; a wrong file changes nothing."""

from __future__ import annotations

import argparse
import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from bletui.bridge.admission import Limits
from bletui.bridge.server import Bridge
from bletui.cli.bridge import add_parser
from bletui.cli.configured import configuration
from bletui.cli.publishing import Publishing
from bletui.cli.reloading import Reloading
from bletui.cli.served import Served
from bletui.failure import BleError, ErrorKind, Failure
from bletui.radio import Radio
from tests.bridge.running import bridge

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")


class Running(NamedTuple):
    args: argparse.Namespace
    bridge: Bridge
    again: Reloading
    served: Served
    file: Path
    socket: Path

    def in_force(self) -> tuple[float, Limits, str]:
        return self.bridge.fanout.ring.minutes, self.bridge.admission.limits, self.served.log.level

    def write(self, lines: str) -> None:
        self.file.write_text(f"[bridge]\n{lines}\n")

    def group(self) -> tuple[int, str | None]:
        group = self.bridge.listening[0].group
        return stat.S_IMODE(self.socket.stat().st_mode), None if group is None else group.role


@asynccontextmanager
async def running(home: Path, lines: str, *options: str) -> AsyncIterator[Running]:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    file = home / "c.toml"
    file.write_text(f"[bridge]\n{lines}\n")
    args = parser.parse_args(["bridge", "run", *options, "--config", str(file)])
    here, served = configuration(args), Served("desk", 1.0)
    radios = await served.start([here.target("sim:lab")], here)
    publishing = Publishing(radios, here, name="desk", scans=False)
    async with asyncio.timeout(20), bridge(*radios) as (made, socket):
        again = Reloading(args, made, served.log, served, publishing)
        again.begin(here)
        yield Running(args, made, again, served, file, socket)
    await served.close()


@pytest.fixture
def home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    return home


async def test_limits_minutes_group_and_level_are_those_of_the_file(home: Path) -> None:
    import grp

    group = grp.getgrgid(os.getgid()).gr_name
    before = 'targets = ["sim:lab"]\nkeep = 5\nclients = 3\nrequests = 20\nlog = "warning"'
    async with running(home, before) as there:
        assert there.in_force() == (5.0, Limits(3, 20.0), "warning")
        assert there.group() == (0o600, None)
        there.write(
            f'targets = ["sim:lab"]\nkeep = 7\nclients = 4\nrequests = 30\nlog = "debug"\ngroup = "{group}:viewer"'
        )
        assert (await there.again.reload()).changed == ()
        now = (7.0, Limits(4, 30.0), "debug")
        assert there.in_force() == now
        assert there.group() == (0o660, "viewer")
        for wrong in ("clients = 0", "keep = 9\nlog = 'loud'", "clients = 9\ngroup = 'no-such-group'"):
            there.write(wrong)
            with pytest.raises(BleError):
                await there.again.reload()
            assert there.in_force() == now
            assert there.group() == (0o660, "viewer")


async def test_where_the_routers_api_is_spoken_other_targets_are_refused(home: Path) -> None:
    async with running(home, 'targets = ["sim:lab"]\nkeep = 5', "--router-api", "127.0.0.1:8080") as there:
        there.write('targets = ["sim:lab", "sim:"]\nkeep = 7')
        with pytest.raises(BleError, match="need a restart"):
            await there.again.reload()
        assert there.in_force()[0] == 5.0
        there.write('targets = ["sim:lab"]\nkeep = 7')
        await there.again.reload()
        assert there.in_force()[0] == 7.0


async def test_a_radio_that_can_not_join_is_closed_and_may_come_later(home: Path) -> None:
    async with running(home, 'targets = ["sim:lab"]') as there:
        here = configuration(there.args)
        wanted = [here.target("sim:lab"), here.target("sim:crowd")]

        async def refuses(_: Radio) -> None:
            raise BleError(Failure(kind=ErrorKind.BUSY_CAPACITY, detail="another bridge has its adapter"))

        for join, expected in (
            (refuses, ([], ["desk.sim:crowd: another bridge has its adapter"])),
            (there.bridge.join, (["added desk.sim:crowd"], [])),
        ):
            assert await there.served.change(wanted, here, join, there.bridge.part) == expected
