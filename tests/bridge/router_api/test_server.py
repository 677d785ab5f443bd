"""What may be listened on, TLS, and the limits of the server itself."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge import handshakes
from bletui.bridge.router_api.server import Listen, bind, is_loopback, parse_listen, serve
from bletui.errors.rules import remedies
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Owner, ScanRequest
from bletui.radio import Attachment, QueuedRadio
from tests.bridge.router_api.client import ask, stream
from tests.bridge.router_api.site import heard, lane, site
from tests.tiny import TinyBackend

TOKEN = "correct-horse-battery"
GOOD = {
    "127.0.0.1:8080": ("127.0.0.1", 8080),
    "[::1]:0": ("::1", 0),
    "localhost:65535": ("localhost", 65535),
    "[fe80::1%eth0]:80": ("fe80::1%eth0", 80),
}


@pytest.mark.parametrize(("text", "expected"), GOOD.items())
def test_where_to_listen(text: str, expected: tuple[str, int]) -> None:
    assert parse_listen(text) == expected


@pytest.mark.parametrize("text", ["", "8080", ":8080", "localhost", "localhost:", "h:65536", "::1:80", "h:8o", "h:٣"])
def test_what_is_no_place_to_listen(text: str) -> None:
    with pytest.raises(BleError) as refused:
        parse_listen(text)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID


@given(st.text(max_size=20))
def test_any_place_is_read_or_refused(text: str) -> None:
    try:
        host, port = parse_listen(text)
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.REQUEST_INVALID
    else:
        assert host
        assert 0 <= port <= 65535


def test_loopback() -> None:
    assert [is_loopback(a) for a in ("127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "192.168.1.1", "fe80::1%1")] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip


class Certificate:
    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        issued = authority.issue_cert("localhost", "127.0.0.1")
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        issued.private_key_pem.write_to_path(self.key)
        self.cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_beyond_loopback_needs_tls_and_a_token(certificate: Certificate, host: str) -> None:
    safe = Listen(host, 0, certificate.cert, certificate.key, TOKEN)
    for unsafe, missing in (
        (Listen(host, 0), "--tls-cert and --tls-key and --token-file"),
        (replace(safe, cert=None, key=None), "--tls-cert and --tls-key"),
        (replace(safe, token=None), "--token-file"),
    ):
        with pytest.raises(BleError, match=missing) as refused:
            bind(unsafe)
        assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    with closing(bind(safe)) as listener:
        assert listener.exposed


def test_a_certificate_that_can_not_be_used_is_refused_at_once(certificate: Certificate, tmp_path: Path) -> None:
    locked = tmp_path / "locked.pem"
    key = load_pem_private_key(certificate.key.read_bytes(), None)
    locked.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"passphrase"))
    )
    junk = tmp_path / "junk.pem"
    junk.write_text("not a certificate")
    for cert, key_file in (
        (certificate.cert, None),
        (None, certificate.key),
        (certificate.cert, tmp_path / "nothing.pem"),
        (junk, certificate.key),
        (certificate.cert, locked),
    ):
        with pytest.raises(BleError) as refused:
            bind(Listen("127.0.0.1", 0, cert=cert, key=key_file))
        assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
        assert refused.value.failure.detail


async def test_over_tls_with_a_token_on_every_interface(certificate: Certificate) -> None:
    listen = Listen("0.0.0.0", 0, cert=certificate.cert, key=certificate.key, token=TOKEN)
    async with site(listen=listen) as it:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        assert (await ask(it.port, "/gap/nodes", headers=headers, tls=certificate.trust)).status == 200
        assert (await ask(it.port, "/gap/nodes", tls=certificate.trust)).status == 403
        foreign = headers | {"Host": "evil.example"}
        assert (await ask(it.port, "/gap/nodes", headers=foreign, tls=certificate.trust)).status == 403
        with pytest.raises((OSError, asyncio.IncompleteReadError)):
            await ask(it.port, "/gap/nodes", headers=headers)


async def test_who_does_not_finish_the_handshake_is_parted_with(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshakes, "WITHIN", 0.2)
    listen = Listen("127.0.0.1", 0, cert=certificate.cert, key=certificate.key, token=TOKEN)
    async with site(listen=listen) as it, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
        assert await reader.read() == b""
        writer.close()


async def test_of_many_that_only_begin_a_handshake_the_oldest_make_room(certificate: Certificate) -> None:
    listen = Listen("127.0.0.1", 0, cert=certificate.cert, key=certificate.key, token=TOKEN)
    async with site(listen=listen) as it, asyncio.timeout(handshakes.WITHIN - 1):
        silent = [await asyncio.open_connection("127.0.0.1", it.port) for _ in range(handshakes.HANDSHAKES_MAX + 10)]
        assert [await reader.read() for reader, _ in silent[:10]] == [b""] * 10
        headers = {"Authorization": f"Bearer {TOKEN}"}
        assert (await ask(it.port, "/gap/nodes", headers=headers, tls=certificate.trust)).status == 200
        for _, writer in silent:
            writer.close()


def refused_to_listen(listen: Listen) -> Failure:
    with pytest.raises(BleError) as refused:
        bind(listen)
    return refused.value.failure


def test_a_port_that_is_taken_is_told_with_the_command_that_finds_who_has_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        failure = refused_to_listen(Listen("127.0.0.1", port))
    assert (failure.kind, failure.source, failure.code) == (ErrorKind.REQUEST_INVALID, "os", "EADDRINUSE")
    assert (failure.operation, failure.retry_class) == ("listen", "user")
    assert failure.detail == f"can't listen on 127.0.0.1:{port}"
    first, *_ = steps = remedies(failure)
    assert first.text == f"Another program listens on port {port} of 127.0.0.1: see which"
    assert first.command == f"ss -ltnp sport = :{port}"
    assert not any(word in step.text + step.command for step in steps for word in ("HOST", "PORT", "ping", "firewall"))


def test_an_address_of_another_machine_is_told_as_such(certificate: Certificate) -> None:
    failure = refused_to_listen(Listen("192.0.2.1", 0, certificate.cert, certificate.key, TOKEN))
    assert (failure.kind, failure.code) == (ErrorKind.REQUEST_INVALID, "EADDRNOTAVAIL")
    assert remedies(failure)[0].text.startswith("192.0.2.1 is no address of this machine")


def test_a_name_that_is_not_one_is_a_failure_of_the_network() -> None:
    failure = refused_to_listen(Listen("no-such-host.invalid", 0))
    assert (failure.kind, failure.operation) == (ErrorKind.NET_DNS, "listen")
    assert remedies(failure)[0].text == "Check the spelling of no-such-host.invalid"
    assert refused_to_listen(Listen("a" * 300, 0)).kind is ErrorKind.REQUEST_INVALID


def test_what_is_sent_leaves_at_once() -> None:
    """asyncio turns Nagle's algorithm off where the protocol is named; else answers wait 40 ms to be acknowledged."""
    with closing(bind(Listen("127.0.0.1", 0))) as listener:
        assert listener.socket.proto == socket.IPPROTO_TCP


def test_the_url_names_the_port_that_was_chosen() -> None:
    with closing(bind(Listen("127.0.0.1", 0))) as listener:
        assert listener.url == f"http://127.0.0.1:{listener.socket.getsockname()[1]}"


@pytest.mark.skipif(not socket.has_ipv6, reason="this system has no IPv6")
async def test_over_ipv6_the_url_has_brackets() -> None:
    with closing(bind(Listen("::1", 0))) as listener:
        assert listener.url == f"http://[::1]:{listener.socket.getsockname()[1]}"


def test_no_token_in_a_repr() -> None:
    assert TOKEN not in repr(Listen("127.0.0.1", 0, token=TOKEN))


class Refusing(QueuedRadio):
    """A radio that lets nobody sit down."""

    async def attach(self, owner: Owner, *, deaf: bool = False) -> Attachment:
        raise BleError(Failure(kind=ErrorKind.ACCESS_REFUSED))


async def test_a_radio_that_refuses_the_seat_ends_the_start_with_its_failure() -> None:
    radio = Refusing(TinyBackend(), "r")
    with pytest.raises(BleError) as refused:
        await serve([radio], bind(Listen("127.0.0.1", 0)), ready=print)
    assert refused.value.failure.kind is ErrorKind.ACCESS_REFUSED


async def test_a_radio_that_ends_leaves_its_streams_open_and_its_chips_gone() -> None:
    async with site(TinyBackend(lane(0)), TinyBackend(lane(0, "r1"))) as it:
        async with stream(it.port, "/gap/nodes?event=1") as client:
            await it.radios[0].aclose()
            it.backends[1].say(heard(lane="r1/0"))
            assert (await client.event())["chipId"] == 1
        assert (await ask(it.port, "/cassia/info")).json["chipinfo"].keys() == {"1"}


async def test_garbage_instead_of_http_is_answered_or_cut_and_nothing_else_happens() -> None:
    async with site() as it:
        for sent in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"A: " + b"x" * 70_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
            writer.write(sent)
            writer.write_eof()
            async with asyncio.timeout(5):
                assert (await reader.read()).startswith((b"HTTP/1.1 400", b""))
            writer.close()
        assert (await ask(it.port, "/gap/nodes")).status == 200


class Broken(TinyBackend):
    def scan(self, request: ScanRequest | None) -> None:
        if request is not None:
            raise ValueError("\x1b]52;c;aGk=\x07")


async def test_a_bug_is_answered_and_logged_without_acting_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    async with site(Broken(lane(0))) as it:
        reply = await ask(it.port, "/gap/nodes?event=1")
        assert (reply.status, reply.body) == (500, b"failure")
        assert reply.headers["bletui-detail"] == "E1901 internal.bug"
        assert (await ask(it.port, "/cassia/info")).json["bletui"]["streams"] == 0
    said = capfd.readouterr().err
    assert "ValueError: \\x1b]52;c;aGk=\\x07" in said
    assert "\x1b" not in said
