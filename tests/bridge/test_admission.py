"""What changes for clients that are there: how much they may ask for, and who may stay."""

from __future__ import annotations

import asyncio
import grp
import os
import stat
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bletui.bridge.access import Group
from bletui.bridge.admission import Limits
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.bridge.server import Bridge
from bletui.failure import ErrorKind
from bletui.radio import QueuedRadio
from tests.bridge.raw import Raw
from tests.bridge.running import bridge
from tests.radio.scripted import ScriptedBackend

WITHIN = 20.0


@asynccontextmanager
async def served(path: Path | None = None, group: Group | None = None) -> AsyncIterator[tuple[Bridge, Path]]:
    radio = QueuedRadio(ScriptedBackend(), "a")
    await radio.open()
    async with asyncio.timeout(WITHIN), bridge(radio, path=path, group=group) as (made, socket):
        yield made, socket
    await radio.aclose()


async def test_fewer_clients_may_come_and_nobody_has_to_go() -> None:
    async with served() as (made, socket):
        here = [await Raw.to(socket) for _ in range(3)]
        for n, raw in enumerate(here):
            await raw.seated(f"c{n}")
        made.admission.limit(Limits(clients=2))
        assert (await (await Raw.to(socket)).goodbye()).kind is ErrorKind.BUSY_CAPACITY
        for raw in here:
            raw.say(m.Call(1, m.Rescan()))
            assert isinstance(await raw.until(m.Reply), m.Reply)
            raw.writer.close()


async def test_as_many_clients_as_there_may_be_come_in_and_no_more() -> None:
    async with served() as (made, socket):
        made.admission.limit(Limits(clients=2))
        here = [await Raw.to(socket) for _ in range(3)]  # all before any of them has said who it is
        for n, raw in enumerate(here[:2]):
            await raw.seated(f"c{n}")
        here[2].say(m.Hello(codec.VERSIONS, "c2"))
        for late in (here[2], await Raw.to(socket)):
            assert (await late.goodbye()).detail == "2 clients are here already"
        for raw in here:
            raw.writer.close()


@pytest.mark.parametrize("before", [True, False], ids=["who comes later", "who is here"])
async def test_fewer_messages_may_be_sent_from_then_on(before: bool) -> None:
    async with served() as (made, socket):
        if before:
            made.admission.limit(Limits(requests=10))
        raw = await Raw.to(socket)
        await raw.seated()
        if not before:
            made.admission.limit(Limits(requests=10))
        raw.bytes(b"".join(codec.from_client(m.Call(n, m.Rescan())) for n in range(1, 61)))
        failed = await raw.until(m.Failed)
        assert isinstance(failed, m.Failed)
        assert failed.failure.detail == "more than 10 messages a second"
        raw.writer.close()


STAYS = """
import os, socket, sys
os.setgroups([int(sys.argv[2])])
os.setgid(65534)
os.setuid(65534)
with socket.socket(socket.AF_UNIX) as s:
    s.connect(sys.argv[1])
    s.sendall(bytes.fromhex("0000000d 9201 92 9101 a7636f6e736f6c65"))
    while data := s.recv(65536):
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(
    ("role", "final", "words"), [("operator", False, "operator from now on"), (None, True, "may not use this bridge")]
)
async def test_a_groups_role_changes_for_those_who_are_there(role: str | None, final: bool, words: str) -> None:
    gid = grp.getgrnam("nogroup").gr_gid
    with tempfile.TemporaryDirectory(prefix="bletui-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101
        async with served(Path(folder) / "s", Group(gid, "nogroup", "viewer")) as (made, socket):
            assert stat.S_IMODE(socket.stat().st_mode) == 0o660
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", STAYS, str(socket), str(gid), stdout=asyncio.subprocess.PIPE
            )
            while (seat := made.seats.get("console@nobody")) is None or seat.client is None:
                await asyncio.sleep(0.01)
            own = await Raw.to(socket)
            await own.seated()
            group = Group(gid, "nogroup", role) if role else None  # type: ignore[arg-type]
            made.admission.share(made.listening, group)
            out, _ = await process.communicate()
            *_, goodbye = codec.BridgeReader().feed(out)
            assert isinstance(goodbye, m.Goodbye)
            assert goodbye.final is final
            assert words in goodbye.failure.detail
            assert stat.S_IMODE(socket.stat().st_mode) == (0o660 if role else 0o600)
            own.say(m.Call(1, m.Rescan()))
            assert isinstance(await own.until(m.Reply), m.Reply)
            own.writer.close()
