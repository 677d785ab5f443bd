"""https with certificates of every sort, made here."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import ssl
from pathlib import Path

import pytest
import trustme

from bletui.backend import Env
from bletui.backends.cassia import open_target
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.model import Advertisement, ScanRequest
from bletui.target import parse
from tests.backends.cassia.heard import Heard, opened, target_of
from tests.backends.cassia.recorded_controller import DEVICES, NAME
from tests.backends.cassia.recorded_router import RecordedRouter, Stream, data_event, samples
from tests.backends.cassia.three_routers import site

SCAN = "/gap/nodes?event=1"
SAMPLES = [data_event(event) for event in samples()]
ENV = Env("lab", speed=3.0)
YESTERDAY = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def server(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def pin_of(certificate: trustme.LeafCert) -> str:
    der = ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())
    return hashlib.sha256(der).hexdigest()


async def heard_over(certificate: trustme.LeafCert, query: str) -> Heard:
    async with (
        RecordedRouter({SCAN: Stream(SAMPLES * 20)}, tls=server(certificate)) as router,
        opened(target_of(router.url, query), ENV) as (backend, heard),
    ):
        backend.scan(ScanRequest())
        await heard.until(lambda: len(heard.adverts) == 20 * len(SAMPLES) or "broken" in heard.states)
        await heard.until(lambda: heard.lanes[-1].lane.router is not None or heard.lanes[-1].lane.usable is not None)
        return heard


def failure(heard: Heard) -> Failure:
    """Of the stream, which is also that of the calls."""
    found, usable = heard.streams[-1].failure, heard.lanes[-1].lane.usable
    assert found is not None
    assert usable is not None
    assert found.kind is usable.kind
    assert heard.adverts == []
    return found


async def test_a_named_authority(authority: trustme.CA, ca: Path) -> None:
    heard = await heard_over(authority.issue_cert("127.0.0.1"), f"ca={ca}")
    assert len(heard.adverts) == 20 * len(SAMPLES)
    assert heard.shed == 0


async def test_the_end_of_a_secured_stream_loses_nothing(authority: trustme.CA, ca: Path) -> None:
    script = Stream(SAMPLES * 20, then="end")
    async with (
        RecordedRouter({SCAN: script}, tls=server(authority.issue_cert("127.0.0.1"))) as router,
        opened(target_of(router.url, f"ca={ca}"), ENV) as (backend, heard),
    ):
        backend.scan(ScanRequest())
        await heard.until(lambda: "broken" in heard.states)
        broken = next(changed for changed in heard.streams if changed.state == "broken")
        before = [event for event in heard.events[: heard.events.index(broken)] if isinstance(event, Advertisement)]
        assert len(before) == 20 * len(SAMPLES)
        assert broken.failure is not None
        assert broken.failure.kind is ErrorKind.NET_CLOSED


async def test_a_pinned_certificate_needs_no_authority_name_or_date(authority: trustme.CA) -> None:
    certificate = authority.issue_cert("elsewhere.example", not_after=YESTERDAY)
    heard = await heard_over(certificate, f"pin=sha256:{pin_of(certificate)}")
    assert len(heard.adverts) == 20 * len(SAMPLES)
    assert heard.lanes[-1].lane.info["tls"] == "pinned certificate"


async def test_another_certificate_than_the_pinned_one(authority: trustme.CA) -> None:
    certificate = authority.issue_cert("127.0.0.1")
    refused = failure(await heard_over(certificate, f"pin=sha256:{'00' * 32}"))
    assert refused.kind is ErrorKind.TLS_UNTRUSTED
    assert f"sha256:{pin_of(certificate)}" in refused.message


async def test_insecure_is_shown(authority: trustme.CA) -> None:
    heard = await heard_over(authority.issue_cert("elsewhere.example"), "insecure=1")
    assert len(heard.adverts) == 20 * len(SAMPLES)
    assert heard.lanes[-1].lane.info["tls"] == "certificate not checked (insecure=1)"


async def test_an_unknown_authority(authority: trustme.CA) -> None:
    assert failure(await heard_over(authority.issue_cert("127.0.0.1"), "")).kind is ErrorKind.TLS_UNTRUSTED


async def test_another_name(authority: trustme.CA, ca: Path) -> None:
    assert failure(await heard_over(authority.issue_cert("other.example"), f"ca={ca}")).kind is ErrorKind.TLS_HOSTNAME


async def test_an_expired_certificate(authority: trustme.CA, ca: Path) -> None:
    certificate = authority.issue_cert("127.0.0.1", not_after=YESTERDAY)
    assert failure(await heard_over(certificate, f"ca={ca}")).kind is ErrorKind.TLS_VALIDITY


async def ended(url: str, env: Env = ENV) -> Failure:
    async with opened(target_of(url), env) as (backend, heard):
        backend.scan(ScanRequest())
        await heard.until(lambda: "broken" in heard.states and heard.lanes[-1].lane.usable is not None)
        return failure(heard)


async def test_https_to_a_plain_port() -> None:
    async with RecordedRouter() as router:
        assert (await ended(router.url.replace("http:", "https:"))).kind is ErrorKind.TLS_HANDSHAKE


async def test_http_to_a_tls_port(authority: trustme.CA) -> None:
    async with RecordedRouter(tls=server(authority.issue_cert("127.0.0.1"))) as router:
        assert (await ended(router.url.replace("https:", "http:"))).kind is ErrorKind.NET_CLOSED


async def test_a_stalled_handshake() -> None:
    held: list[asyncio.StreamWriter] = []

    def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    listening = await asyncio.start_server(stall, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        async with asyncio.timeout(8):
            assert (await ended(f"https://127.0.0.1:{port}", Env("lab", speed=15.0))).kind is ErrorKind.TLS_HANDSHAKE
    finally:
        listening.close()
        for writer in held:
            writer.close()


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
async def test_a_useless_authority_file_is_refused_at_once(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    backend = open_target(parse(f"cassia+https://127.0.0.1?ca={path}"), Env("lab"))
    with pytest.raises(BleError, match="ca=") as refused:
        await backend.open(Heard())
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    await backend.aclose()


@pytest.mark.parametrize("trusted", ["ca", "pin"])
async def test_all_routers_of_a_controller_are_reached_over_it(trusted: str, authority: trustme.CA, ca: Path) -> None:
    certificate = authority.issue_cert("127.0.0.1")
    query = f"ca={ca}" if trusted == "ca" else f"pin=sha256:{pin_of(certificate)}"
    async with site(query=query, tls=server(certificate)) as at:
        await at.ready(*DEVICES)
        for mac in DEVICES:
            peer = await at.connect(mac)
            assert await at.backend.read(peer, NAME, within=5) == b"AB"


async def test_a_controller_with_another_certificate_than_the_pinned_one(authority: trustme.CA) -> None:
    certificate = authority.issue_cert("127.0.0.1")
    async with site(query=f"pin=sha256:{'00' * 32}", tls=server(certificate)) as at:
        failure = at.streams(None, "routers")[-1].failure
        assert failure is not None
        assert failure.kind is ErrorKind.TLS_UNTRUSTED
        assert at.server.asked == []  # no credential has left this machine
