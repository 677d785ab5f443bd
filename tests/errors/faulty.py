"""Real servers with one fault each, on loopback: what a client meets when something between here and a router breaks.

A server's function ends when its client has gone, so no test waits for a clock.
"""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
DAY = datetime.timedelta(days=1)


@asynccontextmanager
async def serving(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that runs `serve` on every connection."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except OSError:
            pass  # the client has gone, which is what most cases wait for
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes everything, says nothing."""
    while await reader.read(65536):
        pass


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Closes after the request, without a word."""
    await reader.read(65536)


async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers the request with a TCP reset."""
    await reader.read(65536)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def answers_anything(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A plain HTTP server that is sent something else, as a TLS greeting."""
    await reader.read(65536)
    writer.write(answer(400, b"Bad Request"))
    await writer.drain()
    await silent(reader, writer)


def answering(raw: bytes, *, stay: bool = False) -> Serve:
    """Answers every request with `raw`; then closes, or stays silent."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        if stay:
            await silent(reader, writer)

    return serve


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    """A whole HTTP answer, of the content type that `headers` give it or none."""
    head = "".join(f"{line}\r\n" for line in headers)
    return f"HTTP/1.1 {status} X\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nothing listens, kept from others by a bound socket."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port whose queue is full: the kernel drops every further SYN, as a firewall does."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(0)
        port = sock.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        try:
            yield port
        finally:
            for one in waiting:
                one.close()


@cache
def authority() -> trustme.CA:
    return trustme.CA()


def client_context() -> ssl.SSLContext:
    """Trusts the test authority alone."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


@cache
def server_context(
    name: str = "127.0.0.1",
    *,
    not_before: int = -1,
    not_after: int = 1,
    foreign: bool = False,
    wants_client: bool = False,
) -> ssl.SSLContext:
    """A certificate for `name`, valid between days from now, of the test authority or of one nobody knows."""
    now = datetime.datetime.now(datetime.UTC)
    issuer = trustme.CA() if foreign else authority()
    leaf = issuer.issue_cert(name, not_before=now + not_before * DAY, not_after=now + not_after * DAY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    if wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        authority().configure_trust(context)
    return context


@cache
def self_signed_context() -> ssl.SSLContext:
    """What a router ships with: a certificate that nobody but itself signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "router")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - DAY).not_valid_after(now + DAY)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem += key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with trustme.Blob(pem).tempfile() as path:
        context.load_cert_chain(path)
    return context


def old_context() -> ssl.SSLContext:
    """A server that wants TLS 1.3 only, for a client that stops at 1.2."""
    context = server_context.__wrapped__("127.0.0.1")
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context
