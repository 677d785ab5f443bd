"""Addresses and headers of requests to one router, and what of its answers calls and streams both look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

import httpcore

from bletui.backends.cassia.options import Site

FAILURES: Final = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ConnectionNotAvailable,
    OSError,
)


HEAD: Final = {
    "user-agent": "bletui",
    "accept-encoding": "identity",
}  # compressed answers, which may be bombs, are not asked for


def target(site: Site, path: str, params: Mapping[str, str] | None = None) -> str:
    """The request target of `path` below the site's own."""
    found = quote(site.path + path, safe="/%:@!$&'()*+,;=~")
    return f"{found}?{urlencode(params, quote_via=quote)}" if params else found


def address(site: Site, path: str, params: Mapping[str, str] | None = None) -> str:
    """The whole address of `path` below the site's own."""
    return f"{'https' if site.secure else 'http'}://{site.authority}{target(site, path, params)}"


def url(site: Site, path: str, params: Mapping[str, str] | None = None) -> httpcore.URL:
    """The same as httpcore takes it."""
    scheme = b"https" if site.secure else b"http"
    return httpcore.URL(scheme=scheme, host=site.host.encode(), port=site.port, target=target(site, path, params))


def head(site: Site, more: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The header of a request."""
    fields = {"host": site.authority, **HEAD, **more}
    return [(name.encode(), value.encode()) for name, value in fields.items()]


def field(response: httpcore.Response, name: bytes) -> str:
    """A header field of the answer; empty if it has none."""
    return next((value for key, value in response.headers if key.lower() == name), b"").decode("latin-1")


def retry_after(response: httpcore.Response) -> float | None:
    return seconds(field(response, b"retry-after"))


def seconds(text: str) -> float | None:
    """A `Retry-After`; the header's date form is not used by routers and counts as none."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
