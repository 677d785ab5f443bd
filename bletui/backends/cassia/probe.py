"""The doctor's rungs for a router: each goes a step further than the one before, and shows what it saw."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

from bletui.backend import Env
from bletui.backends.cassia import api, controller_rungs, tls
from bletui.backends.cassia.auth import REFUSED
from bletui.backends.cassia.controller import ONLINE
from bletui.backends.cassia.ladder import Ladder, Seen, Step, climb, first_byte
from bletui.backends.cassia.native import broken, unreadable
from bletui.backends.cassia.options import Options, Trust
from bletui.backends.cassia.router import reach
from bletui.backends.cassia.watch import CONNECTED, NODES, read_info, why_untold
from bletui.failure import BleError
from bletui.fingerprint import written
from bletui.model import Rung


async def rungs(options: Options, env: Env) -> AsyncIterator[Rung]:
    """Every rung in order. Those after a failed one are skipped and say so; nothing is changed at the router."""
    steps = {**_REACHED, **(controller_rungs.STEPS if options.controller else _ALONE)}
    try:
        router = await reach(options, env)
    except BleError as error:
        yield Rung("name", "fail", "the target can't be used", error.failure)
        return
    ladder = Ladder(options, env, router)
    failed = ""
    try:
        for name, step in steps.items():
            rung = Rung(name, "skipped", f"skipped: {failed} failed") if failed else await climb(name, step, ladder)
            if rung.state == "fail":
                failed = name
            yield rung
    finally:
        await router.aclose()


async def _name(ladder: Ladder) -> Seen:
    site = ladder.options.site
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(ladder.patience):
            found = await loop.getaddrinfo(site.host, site.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failed:
        raise broken(failed, phase="resolve", operation="probe", context=ladder.router.context()) from failed
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    ladder.address = addresses[0]
    found_out = "an address" if addresses == [site.host] else ", ".join(addresses)
    return "ok", f"{site.host} is {found_out}"


async def _tcp(ladder: Ladder) -> Seen:
    await _connected(ladder, "tcp", None)
    return "ok", f"{ladder.address} port {ladder.options.site.port} accepts"


async def _tls(ladder: Ladder) -> Seen:
    trust = ladder.options.trust
    if trust is None:
        return "skipped", "skipped: plain http"
    context = await asyncio.to_thread(tls.context, trust)
    try:
        secured = await _connected(ladder, "tls", context)
    except BleError as error:
        raise BleError(replace(error.failure, detail=await _shown(ladder))) from error
    if trust.insecure:
        return "warn", f"{_certificate(secured)}; not checked (insecure=1)"
    return "ok", _certificate(secured)


async def _connected(ladder: Ladder, phase: str, context: ssl.SSLContext | None) -> ssl.SSLObject | None:
    site = ladder.options.site
    try:
        async with asyncio.timeout(ladder.patience):
            _, writer = await asyncio.open_connection(
                site.host, site.port, ssl=context, server_hostname=site.host if context else None
            )
    except OSError as failed:
        raise broken(failed, phase=phase, operation="probe", context=ladder.router.context()) from failed
    secured: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
    writer.close()
    with suppress(OSError):  # the far side may cut what we are closing
        await writer.wait_closed()
    return secured


async def _shown(ladder: Ladder) -> str:
    """The certificate that is not trusted, read without sending a byte: what `pin=` would take."""
    try:
        secured = await _connected(ladder, "tls", tls.context(Trust(insecure=True)))
    except BleError:
        return "no certificate was shown"
    return f"the certificate shown is {_fingerprint(secured)}; if it is the router's own: pin={_fingerprint(secured)}"


def _certificate(secured: ssl.SSLObject | None) -> str:
    """Version, end of validity and fingerprint; the dates are known only of a checked certificate."""
    assert secured is not None
    facts = secured.getpeercert() or {}
    until = f"certificate until {facts['notAfter']}" if "notAfter" in facts else "certificate"
    return f"{secured.version()}, {until}, {_fingerprint(secured)}"


def _fingerprint(secured: ssl.SSLObject | None) -> str:
    certificate = secured.getpeercert(binary_form=True) if secured else None
    return written(certificate or b"")


async def _http(ladder: Ladder) -> Seen:
    """Any answer counts: what it says is for the next steps."""
    try:
        path, query = (ONLINE, {}) if ladder.options.controller else (NODES, CONNECTED)
        answer = await ladder.router.bare(path, query, operation="probe")
    except BleError as error:
        if error.failure.status is None:
            raise
        ladder.refused = error
        return "ok", f"HTTP {error.failure.status}"
    return "ok", f"HTTP {answer.status}"


async def _credentials(ladder: Ladder) -> Seen:
    key = ladder.options.key
    if not key:
        if ladder.refused is not None and ladder.refused.failure.status in REFUSED:
            raise ladder.refused
        return "skipped", "skipped: none named, none asked for"
    await ladder.router.tokens.token()
    if ladder.options.trust is None:
        return "warn", f"token for {key}, sent in the clear over http"
    return "ok", f"token for {key}"


async def _local_api(ladder: Ladder) -> Seen:
    answer = await ladder.router.get(NODES, CONNECTED, operation="probe")
    try:
        links, unread = api.connections(answer.body)
    except api.MalformedError as wrong:
        raise unreadable(answer, str(wrong), operation="probe", context=ladder.router.context()) from wrong
    return "warn" if unread else "ok", f"{len(links)} links listed" + (f", {unread} unreadable" if unread else "")


async def _online(ladder: Ladder) -> Seen:
    try:
        ladder.info = await read_info(ladder.router)
    except BleError as error:
        if error.failure.status is None:
            raise
        return "warn", f"it answers, but not who it is: {why_untold(error.failure)}"
    info = ladder.info
    return "ok", " ".join(word for word in (info.mac, info.model, info.version) if word) or "it tells nothing of itself"


async def _chips(ladder: Ladder) -> Seen:
    chips = ladder.info.chips
    if not chips:
        return "skipped", "skipped: the router did not tell of its chips"
    told = (f"chip {chip.number}" + (f": status {chip.status}" if chip.status else "") for chip in chips)
    return "ok", "; ".join(told)


async def _first_byte(ladder: Ladder) -> Seen:
    heard = await first_byte(ladder, NODES, {"event": "1", **ladder.options.scan}, "scan")
    return ("ok", "first byte") if heard else ("warn", "the stream is open and nothing is heard")


_REACHED: Final[dict[str, Step]] = {"name": _name, "TCP": _tcp, "TLS": _tls, "HTTP": _http, "credentials": _credentials}
_ALONE: Final[dict[str, Step]] = {
    "local API": _local_api,
    "router online": _online,
    "chip ready": _chips,
    "first SSE byte": _first_byte,
}
