"""Exceptions of the network: TLS before name resolution before time-outs before errno before class names.

The order matters: `SSLCertVerificationError`, `gaierror` and `TimeoutError` are all `OSError`s, and OpenSSL's numbers
look like errnos (1 is EPERM). HTTP libraries hide the cause up to four levels down, sometimes in a group.
"""

from __future__ import annotations

import errno
from typing import NamedTuple

from bletui.errors.foreign import comes_from, full_name, is_a, names, text_of
from bletui.errors.rows import Row
from bletui.errors.tables import find

HTTP_CLIENT = frozenset({"httpx", "httpcore"})
DECODERS = frozenset({"json", "msgpack", "h11", "h2", "zlib", "gzip"})
_PORTS = {"http": 80, "https": 443}
_WANTS = frozenset({"SSLWantReadError", "SSLWantWriteError"})
# Where one address refused and another could not be reached, the refusal is the news: something answered there.
_NEWS = ("ECONNREFUSED", "EMFILE", "ENFILE", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT")


class Found(NamedTuple):
    """What a failure is called in which table, and the row if there is one."""

    source: str
    code: str
    message: str
    row: Row | None


def recognise(chain: list[BaseException], when: tuple[str, ...]) -> Found | None:
    """The first rule that applies to a whole chain, outermost first; None if the network has no part in it."""
    http = next((one for one in chain if comes_from(one, HTTP_CLIENT)), None)
    outer = type(http).__name__ if http else ""
    opening = outer.startswith("Connect") or "tls" in when or not (http or "stream" in when)
    if found := _certificate(chain) or _tls(chain, () if opening else ("stream",)) or _resolver(chain, outer):
        return found
    if http and outer.endswith("Timeout"):
        return _http_timeout(http, chain, when)
    if found := _errno(chain, outer, when):
        return found
    if http:
        return _named("httpx", http, when)
    return _plain(chain, when)


def _certificate(chain: list[BaseException]) -> Found | None:
    bad = next((one for one in chain if is_a(one, "ssl.SSLCertVerificationError")), None)
    if bad is None:
        return None
    code, words = str(getattr(bad, "verify_code", "")), str(getattr(bad, "verify_message", "")) or text_of(bad)
    return Found("ssl.verify_code", code, words, find("ssl.verify_code", code, words))


def _tls(chain: list[BaseException], when: tuple[str, ...]) -> Found | None:
    bad = next((one for one in chain if is_a(one, "ssl.SSLError") and type(one).__name__ not in _WANTS), None)
    if bad is None:
        return None
    reason = getattr(bad, "reason", None) or type(bad).__name__
    return Found("ssl", reason, text_of(bad), find("ssl", reason, "", when))


def _resolver(chain: list[BaseException], outer: str) -> Found | None:
    bad = next((one for one in chain if is_a(one, "socket.gaierror")), None)
    if bad is None:
        return None
    code = f"gaierror {getattr(bad, 'errno', None)}"
    return _coded("httpx", f"{outer}+{code}", bad) or _coded("os", code, bad)


def _http_timeout(http: BaseException, chain: list[BaseException], when: tuple[str, ...]) -> Found | None:
    stalled = any(type(one).__name__ in _WANTS for one in chain)
    code = type(http).__name__ + ("+SSLWantReadError" if stalled else "")
    return _coded("httpx", code, http, when) or _named("httpx", http, when)


def _errno(chain: list[BaseException], outer: str, when: tuple[str, ...]) -> Found | None:
    known = {errno.errorcode[number]: one for one in reversed(chain) if (number := _number(one)) is not None}
    if not known:
        return None
    name = next((name for name in _NEWS if name in known), next(iter(known)))
    bad = known[name]
    if outer and len(known) > 1 and name == "ECONNREFUSED":
        return _coded("httpx", f"{outer}+mixed group", bad)
    by_number = f"{outer}+errno {getattr(errno, name)}"
    if getattr(bad, "filename", None) is not None:
        when = ("file", *when)
    return (_coded("httpx", by_number, bad) if outer else None) or _coded("os", name, bad, when)


def _number(one: BaseException) -> int | None:
    return one.errno if isinstance(one, OSError) and one.errno in errno.errorcode else None


def _plain(chain: list[BaseException], when: tuple[str, ...]) -> Found | None:
    for one in chain:
        if comes_from(one, DECODERS) or isinstance(one, UnicodeDecodeError):
            return _named("httpx", one, when)
    for one in reversed(chain):  # the innermost names the cause: a time-out at the top wraps it
        if comes_from(one, frozenset({"anyio", "asyncio", "builtins"})) and (found := _named("os", one, when)):
            return found
    return _named("httpx", chain[0], when)


def _named(source: str, one: BaseException, when: tuple[str, ...]) -> Found | None:
    text = text_of(one)
    for name in names(one, HTTP_CLIENT | DECODERS):
        if row := find(source, name, text, when):
            return Found(source, name, text, row)
    return None


def _coded(source: str, code: str, one: BaseException, when: tuple[str, ...] = ()) -> Found | None:
    row = find(source, code, "", when)
    return Found(source, code, text_of(one), row) if row else None


def asked(chain: list[BaseException]) -> dict[str, str]:
    """Host, port and scheme that an HTTP library's exception was asked for; never the path or the query."""
    for one in chain:
        url = getattr(getattr(one, "_request", None), "url", None)
        if url is not None and comes_from(one, HTTP_CLIENT):
            scheme = str(url.scheme)
            return {"host": str(url.host), "port": str(url.port or _PORTS.get(scheme, "")), "scheme": scheme}
    return {}


def unknown(chain: list[BaseException], backend: str) -> Found:
    """An exception that no rule knows: its class is the code."""
    return Found(backend, full_name(chain[0]), text_of(chain[0]), None)
