"""Failures of the network, made with real sockets, as an HTTP client raises them."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable

import httpx
import pytest

from bletui.errors import classify
from bletui.failure import ErrorKind, Failure
from tests.errors import faulty
from tests.errors.faulty import answer, answering, serving

Limit = float | httpx.Timeout
SILENT = httpx.Timeout(5, read=0.3)  # only what is waited for is short: a busy machine takes its time to connect
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n"
CORRUPT = answer(200, b"not gzip at all", "Content-Encoding: gzip")


async def get(url: str, *, operation: str = "http", verify: ssl.SSLContext | bool = False, limit: Limit = 5) -> Failure:
    """The failure that a GET ends in, classified from the exception that httpx raised."""
    async with httpx.AsyncClient(verify=verify, timeout=limit, trust_env=False, follow_redirects=True) as client:
        try:
            response = await client.get(url)
            response.raise_for_status()
            response.json()
        except Exception as raised:
            return classify(raised, backend="cassia", operation=operation)
    raise AssertionError("the request was answered")


async def refused() -> Failure:
    with faulty.closed_port() as port:
        return await get(f"http://127.0.0.1:{port}")


async def two_addresses_refused() -> Failure:
    with faulty.closed_port() as port:
        return await get(f"http://localhost:{port}")


async def no_such_name() -> Failure:
    return await get("http://no-such-router.invalid")


async def dropped_packets() -> Failure:
    with faulty.full_backlog() as port:
        return await get(f"http://127.0.0.1:{port}", limit=0.3)


async def port_out_of_range() -> Failure:
    return await get("http://127.0.0.1:99999")


async def no_scheme() -> Failure:
    return await get("127.0.0.1/gap/nodes")


def served(serve: faulty.Serve, *, operation: str = "http", limit: Limit = 5) -> Callable[[], Awaitable[Failure]]:
    async def case() -> Failure:
        async with serving(serve) as port:
            return await get(f"http://127.0.0.1:{port}", operation=operation, limit=limit)

    return case


def secured(context: Callable[[], ssl.SSLContext]) -> Callable[[], Awaitable[Failure]]:
    async def case() -> Failure:
        async with serving(answering(answer(200, b"OK")), context()) as port:
            return await get(f"https://127.0.0.1:{port}", verify=faulty.client_context())

    return case


async def stalled_handshake() -> Failure:
    async with serving(faulty.silent) as port:
        return await get(f"https://127.0.0.1:{port}", limit=1)


async def https_to_a_plain_port() -> Failure:
    async with serving(faulty.answers_anything) as port:
        return await get(f"https://127.0.0.1:{port}")


async def http_to_a_tls_port() -> Failure:
    async with serving(answering(b""), faulty.server_context()) as port:
        return await get(f"http://127.0.0.1:{port}")


async def closed_in_the_handshake() -> Failure:
    async with serving(faulty.hangs_up) as port:
        return await get(f"https://127.0.0.1:{port}")


async def versions_that_do_not_meet() -> Failure:
    client = faulty.client_context()
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    async with serving(answering(answer(200)), faulty.old_context()) as port:
        return await get(f"https://127.0.0.1:{port}", verify=client)


async def all_connections_in_use() -> Failure:
    limits = httpx.Limits(max_connections=1)
    timeout = httpx.Timeout(5, pool=0.1)
    async with (
        serving(answering(CHUNKED, stay=True)) as port,
        httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False) as client,
        client.stream("GET", f"http://127.0.0.1:{port}"),
    ):
        with pytest.raises(httpx.PoolTimeout) as raised:
            await client.get(f"http://127.0.0.1:{port}")
    return classify(raised.value, backend="cassia", operation="connect")


async def redirected_for_ever() -> Failure:
    return await served(answering(answer(302, b"", "Location: /again", "Connection: close")))()


REAL: dict[str, tuple[Callable[[], Awaitable[Failure]], ErrorKind]] = {
    "refused": (refused, ErrorKind.NET_REFUSED),
    "two addresses refused": (two_addresses_refused, ErrorKind.NET_REFUSED),
    "no such name": (no_such_name, ErrorKind.NET_DNS),
    "dropped packets": (dropped_packets, ErrorKind.NET_UNREACHABLE),
    "port out of range": (port_out_of_range, ErrorKind.REQUEST_INVALID),
    "no scheme": (no_scheme, ErrorKind.REQUEST_INVALID),
    "silent": (served(faulty.silent, limit=SILENT), ErrorKind.NET_TIMEOUT),
    "silent stream": (served(answering(CHUNKED, stay=True), operation="scan", limit=SILENT), ErrorKind.NET_TIMEOUT),
    "hangs up": (served(faulty.hangs_up), ErrorKind.NET_CLOSED),
    "reset": (served(faulty.resets), ErrorKind.NET_CLOSED),
    "cut stream": (served(answering(CHUNKED), operation="scan"), ErrorKind.NET_CLOSED),
    "cut body": (served(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc")), ErrorKind.NET_CLOSED),
    "not HTTP": (served(answering(b"SSH-2.0-dropbear\r\n\r\n")), ErrorKind.DATA_MALFORMED),
    "corrupt gzip": (served(answering(CORRUPT)), ErrorKind.DATA_MALFORMED),
    "no JSON": (served(answering(answer(200, b"<html>login</html>"))), ErrorKind.DATA_MALFORMED),
    "no UTF-8": (served(answering(answer(200, b'{"a": "\xff\xfe\xfa"}'))), ErrorKind.DATA_MALFORMED),
    "redirected for ever": (redirected_for_ever, ErrorKind.ROUTER_CONFIG),
    "all connections in use": (all_connections_in_use, ErrorKind.BUSY_CAPACITY),
    "expired": (secured(lambda: faulty.server_context(not_before=-9, not_after=-2)), ErrorKind.TLS_VALIDITY),
    "not yet valid": (secured(lambda: faulty.server_context(not_before=2, not_after=9)), ErrorKind.TLS_VALIDITY),
    "wrong host": (secured(lambda: faulty.server_context("router.example")), ErrorKind.TLS_HOSTNAME),
    "wrong address": (secured(lambda: faulty.server_context("10.10.10.254")), ErrorKind.TLS_HOSTNAME),
    "unknown CA": (secured(lambda: faulty.server_context(foreign=True)), ErrorKind.TLS_UNTRUSTED),
    "self-signed": (secured(faulty.self_signed_context), ErrorKind.TLS_UNTRUSTED),
    "stalled handshake": (stalled_handshake, ErrorKind.TLS_HANDSHAKE),
    "https to a plain port": (https_to_a_plain_port, ErrorKind.TLS_HANDSHAKE),
    "http to a TLS port": (http_to_a_tls_port, ErrorKind.NET_CLOSED),
    "closed in the handshake": (closed_in_the_handshake, ErrorKind.TLS_HANDSHAKE),
    "versions that do not meet": (versions_that_do_not_meet, ErrorKind.TLS_HANDSHAKE),
}
