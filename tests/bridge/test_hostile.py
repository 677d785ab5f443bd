"""Every sort of misbehaviour in one table: refused with a reason, logged, counted, and nothing to anybody else."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from bletui.bridge import client as limits
from bletui.bridge import outbox, tcp
from bletui.bridge import refusals as logged
from bletui.bridge.credentials import Tokens
from bletui.bridge.listening import Listening
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.bridge.server import Bridge
from bletui.bridge.sockets import listening
from bletui.failure import BleError, ErrorKind
from bletui.model import Connect, LinkChanged, Notification, OpId, Owner, Peer, Read, StreamChanged, Subscribe
from bletui.radio import QueuedRadio
from tests.bridge.another_user import FOREIGN
from tests.bridge.raw import Raw
from tests.bridge.reattached import Told
from tests.bridge.running import remote
from tests.radio.playing import A
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

CORPUS = Path(__file__).parents[1] / "data/bridge_frames.tsv"
HELLO = codec.from_client(m.Hello((1,), "raw"))
WITHIN = 20.0


class Place(NamedTuple):
    bridge: Bridge
    backend: ScriptedBackend
    socket: Path
    port: int
    tokens: Tokens


Lines = list[tuple[str, dict[str, object]]]
Misbehaves = Callable[[Place], Awaitable[None]]


@asynccontextmanager
async def served(tmp_path: Path) -> AsyncIterator[tuple[Place, Lines]]:
    """A bridge on a Unix socket and on TCP, with a client that holds a link and listens on it all the time."""
    backend, lines, ready = ScriptedBackend(), Lines(), asyncio.Event()
    radio = QueuedRadio(backend, "a")
    await radio.open()
    made = Bridge([radio], scans=False, record=lambda event, **facts: lines.append((event, facts)))
    folder = Path(f"/tmp/bletui-{os.getpid()}-hostile")
    tokens = Tokens(tmp_path / "tokens")
    with listening(folder / "s") as unix, tcp.bound("127.0.0.1:0", tls=False) as over_tcp:
        places = [Listening(unix, "unix"), Listening(over_tcp, "tcp", tokens)]
        place = Place(made, backend, folder / "s", over_tcp.getsockname()[1], tokens)
        async with asyncio.timeout(WITHIN), asyncio.TaskGroup() as group:
            running = group.create_task(made.run(places, ready))
            await ready.wait()
            async with bystander(place):
                yield place, lines
            made.stopped.set()
            await asyncio.wait([running])
    await radio.aclose()


@asynccontextmanager
async def bystander(place: Place) -> AsyncIterator[None]:
    """In the end it has lost nothing, and is answered."""
    async with asyncio.TaskGroup() as group:
        far = remote(place.socket)
        seat = await far.attach(Owner("bystander"))
        told = Told(group, seat)
        await seat.connect(A)
        await seat.perform(Subscribe(A, handle=7, mode="notify"))
        yield
        place.backend.say(Notification(9.0, Peer("a", A), 7, b"still here"))
        assert await seat.perform(Read(A, handle=3)) == b"\x03"
        await told.until(lambda event: isinstance(event, Notification))
        assert not [event for event in told.events if isinstance(event, StreamChanged) and event.stream == "bridge"]
        assert not [event for event in told.events if isinstance(event, LinkChanged) and event.state == "down"]
        assert told.failure is None
        await far.aclose()


def says(data: bytes, *, seated: bool = False) -> Misbehaves:
    async def misbehaves(place: Place) -> None:
        raw = await Raw.to(place.socket)
        if seated:
            await raw.seated()
        raw.bytes(data)
        await raw.goodbye()

    return misbehaves


def asks(*calls: m.Call | bytes) -> Misbehaves:
    async def misbehaves(place: Place) -> None:
        raw = await Raw.to(place.socket)
        await raw.seated()
        raw.bytes(b"".join(one if isinstance(one, bytes) else codec.from_client(one) for one in calls))
        assert isinstance(await raw.until(m.Failed), m.Failed)
        raw.writer.close()

    return misbehaves


def over_tcp(data: Callable[[Tokens], bytes]) -> Misbehaves:
    async def misbehaves(place: Place) -> None:
        raw = Raw(*await asyncio.open_connection("127.0.0.1", place.port))
        raw.bytes(data(place.tokens))
        await raw.goodbye()

    return misbehaves


def with_token(token: Callable[[Tokens], str]) -> Misbehaves:
    return over_tcp(lambda tokens: codec.from_client(m.Hello((1,), "raw", token=token(tokens))))


def revoked(tokens: Tokens) -> str:
    secret = tokens.add("gone", "operator", 1.0)
    tokens.revoke("gone")
    return secret


async def says_nothing(place: Place) -> None:
    raw = await Raw.to(place.socket)
    raw.bytes(HELLO[:7])
    await raw.goodbye()


async def reads_nothing(place: Place) -> None:
    raw = await Raw.to(place.socket)
    await raw.seated("slow")
    slow = next(client for client in place.bridge.clients() if client.credential and client.name.endswith("#2"))
    slow.outbox = outbox.Outbox(kept_max=20_000)
    while slow in place.bridge.clients():
        place.backend.say(*(LinkChanged(1.0, Peer("a", f"{n:017}"), "up") for n in range(2_000)))
        await asyncio.sleep(0)
    raw.writer.close()


async def floods(place: Place) -> None:
    raw = await Raw.to(place.socket)
    await raw.seated()
    raw.bytes(b"".join(codec.from_client(m.Call(n, m.AskStatus())) for n in range(1, 6_000)))
    while not isinstance(await raw.hear(), m.Failed):
        pass
    raw.writer.close()


async def is_somebody_else(place: Place) -> None:
    if not hasattr(os, "getuid") or os.getuid() != 0:
        pytest.skip("only root can become another user")
    os.chmod(place.socket.parent, 0o755)  # noqa: PTH101
    os.chmod(place.socket, 0o666)  # noqa: PTH101
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FOREIGN, str(place.socket), "", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert b"may not use this bridge" in out


WEB = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n\r\n"
TWICE = m.Perform(OpId("raw", 1), Connect(A))
LAST = 2**62  # the number of a call that comes behind any of the corpus
K = ErrorKind
REFUSALS = {K.DATA_MALFORMED, K.OP_UNSUPPORTED, K.REQUEST_INVALID}
TABLE: dict[str, tuple[ErrorKind, Misbehaves]] = {
    "no msgpack": (K.DATA_MALFORMED, says(b"\0\0\0\1\xc1")),
    "a wrong version": (K.OP_UNSUPPORTED, says(codec.from_client(m.Hello((7,), "raw")))),
    "a half-open peer": (K.NET_TIMEOUT, says_nothing),
    "a slow reader": (K.BUSY_CAPACITY, reads_nothing),
    "a flood": (K.BUSY_CAPACITY, floods),
    "an oversized frame": (K.DATA_MALFORMED, says((codec.CLIENT_FRAME_MAX + 1).to_bytes(4, "big"), seated=True)),
    "a replayed id": (K.REQUEST_INVALID, says(codec.from_client(m.Call(4, m.AskStatus())) * 2, seated=True)),
    "a replayed operation": (K.REQUEST_INVALID, asks(m.Call(1, TWICE), m.Call(2, TWICE))),
    "another's operation": (K.REQUEST_INVALID, asks(m.Call(1, m.Perform(OpId("bystander", 1), Connect(A))))),
    "an unknown verb": (K.OP_UNSUPPORTED, asks(bytes.fromhex("00000009 9202 92 05 92cd03e8 90"))),
    "no token": (K.AUTH_REFUSED, with_token(lambda _: "")),
    "a wrong token": (K.AUTH_REFUSED, with_token(lambda _: "x" * 43)),
    "a revoked token": (K.AUTH_REFUSED, with_token(revoked)),
    "another user": (K.AUTH_REFUSED, is_somebody_else),
    "a web page": (K.DATA_MALFORMED, over_tcp(lambda _: WEB)),
    "a web page at the socket": (K.DATA_MALFORMED, says(WEB)),
}


@pytest.mark.parametrize("name", TABLE)
async def test_it_is_refused_logged_counted_and_nothing_to_the_others(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, misbehaves = TABLE[name]
    monkeypatch.setattr(limits, "HELLO_WITHIN", 0.2)
    monkeypatch.setattr(limits, "BUFFER", 4_096)
    async with served(tmp_path) as (place, lines):
        await misbehaves(place)
        await until(lambda: place.bridge.counts[f"refused {kind.value}"] > 0)
        assert f'bletui_refused_total{{kind="{kind.value}"}}' in place.bridge.metrics()
        told = [facts for event, facts in lines if event == "refused"]
        assert [facts["kind"] for facts in told] == [kind.value] * len(told)
        assert all(facts["detail"] and facts["client"] for facts in told)


def corpus() -> list[tuple[str, bytes, str]]:
    rows = [line.split("\t") for line in CORPUS.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [(phase, bytes.fromhex(data), name) for phase, data, name in rows]


async def test_each_frame_of_the_corpus_ends_its_client_or_is_answered(tmp_path: Path) -> None:
    async with served(tmp_path) as (place, lines):
        for phase, data, name in corpus():
            before = refusals(place)
            raw = await Raw.to(place.socket)
            if phase == "after":
                await raw.seated(deaf=True)
            raw.bytes(data)
            raw.say(m.Call(LAST, m.AskStatus()))
            heard = await outcome(raw)
            raw.writer.close()
            failures = [one.failure for one in heard if isinstance(one, m.Goodbye | m.Failed)]
            assert all(failure.kind is not K.INTERNAL_BUG for failure in failures), name
            assert failures or isinstance(heard[-1], m.Reply), name
            ours = [f for f in failures if f.source.startswith("bletui.") or f.kind is K.REQUEST_INVALID]
            assert (refusals(place) > before) is bool(ours), name  # the others are the radio's, and no refusals
        told = {facts["kind"] for event, facts in lines if event == "refused"}
        assert told == {kind.value for kind in REFUSALS}
        assert not place.bridge.stopped.is_set()


async def outcome(raw: Raw) -> list[m.FromBridge]:
    """All that comes up to the goodbye, or to the answer to the last call."""
    heard: list[m.FromBridge] = []
    while not heard or not (isinstance(heard[-1], m.Goodbye) or getattr(heard[-1], "id", 0) == LAST):
        message = await raw.hear()
        assert message is not None
        heard.append(message)
    return heard


def refusals(place: Place) -> int:
    return sum(count for name, count in place.bridge.counts.items() if name.startswith("refused "))


@pytest.mark.parametrize("reader", [codec.ClientReader, codec.BridgeReader])
def test_the_corpus_is_read_or_malformed_by_both_ends(
    reader: type[codec.ClientReader] | type[codec.BridgeReader],
) -> None:
    for _, data, _ in corpus():
        try:
            list(reader().feed(data))
        except BleError as malformed:
            assert malformed.failure.kind is K.DATA_MALFORMED


async def test_what_is_refused_over_and_over_is_counted_and_leaves_room_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logged, "WORDS_MAX", 5.0)
    async with served(tmp_path) as (place, lines):
        raw = await Raw.to(place.socket)
        await raw.seated()
        raw.say(*(m.Call(n, m.Part("nobody")) for n in range(1, 101)))
        for _ in range(100):
            await raw.until(m.Failed)
        assert place.bridge.counts["refused request.invalid"] == 100
        assert 5 <= len([event for event, _ in lines if event == "refused"]) < 20
        raw.writer.close()
