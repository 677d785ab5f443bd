"""TCP: by token, beyond loopback only with TLS; wrong, revoked and missing tokens are refused alike."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from bletui.bridge import tcp
from bletui.bridge.credentials import Tokens
from bletui.bridge.listening import Listening
from bletui.bridge.places import Place, place
from bletui.bridge.remote import RemoteRadio
from bletui.bridge.server import Bridge
from bletui.clock import Clock
from bletui.failure import BleError, ErrorKind
from bletui.model import Owner, ScanRequest
from bletui.radio import QueuedRadio
from bletui.target import parse
from tests.radio.scripted import ScriptedBackend


@asynccontextmanager
async def served(tokens: Tokens, context: ssl.SSLContext | None = None) -> AsyncIterator[tuple[Bridge, int]]:
    radio = QueuedRadio(ScriptedBackend(), "a")
    await radio.open()
    made = Bridge([radio], scans=False)
    with tcp.bound("127.0.0.1:0", tls=context is not None) as socket:
        ready = asyncio.Event()
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            running = group.create_task(made.run([Listening(socket, "tcp", tokens, context)], ready))
            await ready.wait()
            yield made, socket.getsockname()[1]
            made.stopped.set()
            await asyncio.wait([running])
    await radio.aclose()


async def kind_of(at: Place) -> ErrorKind:
    with pytest.raises(BleError) as failed:
        await RemoteRadio(at, "b").attach(Owner("me"))
    return failed.value.failure.kind


async def test_a_token_gives_its_role_and_nothing_more(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "tokens")
    looks, works = tokens.add("tablet", "viewer", 1.0), tokens.add("laptop", "operator", 1.0)
    async with served(tokens) as (_, port):
        viewer = await RemoteRadio(Place(host="127.0.0.1", port=port, token=looks), "b").attach(Owner("me"))
        assert viewer.owner == Owner("me@tablet", "viewer")
        with pytest.raises(BleError) as refused:
            await viewer.scan(ScanRequest())
        assert refused.value.failure.kind is ErrorKind.ACCESS_REFUSED
        operator = await RemoteRadio(Place(host="127.0.0.1", port=port, token=works), "b").attach(Owner("me"))
        assert operator.owner == Owner("me@laptop", "operator")
        await operator.scan(ScanRequest())
        for seat in (viewer, operator):
            await seat.detach(keep=False)


@pytest.mark.parametrize("token", ["", "x", "a" * 43])
async def test_without_the_right_token_nobody_comes_in(tmp_path: Path, token: str) -> None:
    tokens = Tokens(tmp_path / "tokens")
    tokens.add("laptop", "operator", 1.0)
    async with served(tokens) as (made, port):
        assert await kind_of(Place(host="127.0.0.1", port=port, token=token)) is ErrorKind.AUTH_REFUSED
        assert made.counts["refused auth.refused"] == 1
        assert len(made.seats) == 0


async def test_another_hosts_times_are_shown_in_ours(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "tokens")
    secret = tokens.add("laptop", "operator", 1.0)
    ahead = Clock(wall=lambda: time.time() + 3600.0)
    async with served(tokens) as (made, port):
        seat = await RemoteRadio(Place(host="127.0.0.1", port=port, token=secret), "b", ahead).attach(Owner("me"))
        (lane,) = seat.snapshot.lanes.values()
        assert abs(lane.at - 3601.0) < 2.0  # the backend said 1.0
        made.fanout.take([replace(lane, at=made.wall())])
        recalled = await seat.history(ahead.wall() - 60)
        assert [abs(event.at - ahead.wall()) < 5 for batch in recalled for event in batch.events] == [True]
        await seat.detach(keep=False)


async def test_a_revoked_token_ends_the_connection_that_came_in_by_it(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "tokens")
    secret = tokens.add("laptop", "operator", 1.0)
    async with served(tokens) as (_, port):
        seat = await RemoteRadio(Place(host="127.0.0.1", port=port, token=secret), "b").attach(Owner("me"))
        Tokens(tokens.path).revoke("laptop")
        with pytest.raises(BleError) as ended:
            async for _batch in seat.events():
                pass
        assert ended.value.failure.kind is ErrorKind.AUTH_REFUSED
        await seat.detach(keep=False)


async def test_over_tls_the_name_and_the_chain_are_checked(tmp_path: Path) -> None:
    authority, other = trustme.CA(), trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert")
    authority.cert_pem.write_to_path(tmp_path / "ca")
    other.cert_pem.write_to_path(tmp_path / "other")
    tokens = Tokens(tmp_path / "tokens")
    secret = tokens.add("laptop", "operator", 1.0)
    context = tcp.context(tmp_path / "cert", tmp_path / "key")
    async with served(tokens, context) as (_, port):

        def at(ca: str, host: str = "127.0.0.1") -> Place:
            return Place(host=host, port=port, token=secret, tls=str(tmp_path / ca))

        seat = await RemoteRadio(at("ca"), "b").attach(Owner("me"))
        assert seat.owner.id == "me@laptop"
        await seat.detach(keep=False)
        assert await kind_of(at("other")) is ErrorKind.TLS_UNTRUSTED
        assert await kind_of(at("ca", "localhost")) is ErrorKind.TLS_HOSTNAME
        plain = Place(host="127.0.0.1", port=port, token=secret)
        assert (await kind_of(plain)) in (ErrorKind.NET_CLOSED, ErrorKind.NET_TIMEOUT, ErrorKind.DATA_MALFORMED)


def test_beyond_loopback_tls_is_needed() -> None:
    with pytest.raises(BleError) as refused, tcp.bound("0.0.0.0:0", tls=False):
        pass
    assert "--tls-cert" in refused.value.failure.detail
    with pytest.raises(BleError), tcp.bound("7325", tls=False):
        pass


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("bridge:/run/x.sock", Place(socket=Path("/run/x.sock"))),
        ("bridge://KEY@127.0.0.1", Place(host="127.0.0.1", token="secret of KEY")),
        (
            "bridge://KEY@pi.example:99?seat=me&take=over",
            Place(host="pi.example", port=99, tls="", token="secret of KEY", seat="me", take="over"),
        ),
        (
            "bridge://K@127.0.0.1?ca=/ca.pem&role=viewer",
            Place(host="127.0.0.1", tls="/ca.pem", token="secret of K", role="viewer"),
        ),
    ],
)
def test_targets(target: str, expected: Place) -> None:
    assert place(parse(target), lambda name: f"secret of {name}") == expected


@pytest.mark.parametrize(
    "target", ["bridge://pi.example?tls=no", "bridge:?role=king", "bridge:?take=it", "bridge:?ca=x", "bridge:?sock=x"]
)
def test_targets_that_are_wrong(target: str) -> None:
    with pytest.raises(BleError) as refused:
        place(parse(target), str)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID


def test_secrets_are_not_in_a_repr() -> None:
    assert "s3cret" not in repr(Place(host="x", token="s3cret"))
