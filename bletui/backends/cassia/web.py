"""Requests to one router, as httpcore takes them, and what of its answers calls and streams both look at."""

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


def url(site: Site, path: str, params: Mapping[str, str] | None = None) -> httpcore.URL:
    """The address of `path` below the site's own."""
    target = quote(site.path + path, safe="/%:@!$&'()*+,;=~")
    if params:
        target += "?" + urlencode(params, quote_via=quote)
    scheme = b"https" if site.secure else b"http"
    return httpcore.URL(scheme=scheme, host=site.host.encode(), port=site.port, target=target.encode())


def head(site: Site, more: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The header of a request; compressed answers, which may be bombs, are not asked for."""
    fields = {"host": site.authority, "accept-encoding": "identity", **more}
    return [(name.encode(), value.encode()) for name, value in fields.items()]


def field(response: httpcore.Response, name: bytes) -> str:
    """A header field of the answer; empty if it has none."""
    return next((value for key, value in response.headers if key.lower() == name), b"").decode("latin-1")


def retry_after(response: httpcore.Response) -> float | None:
    """Seconds; the header's date form is not used by routers and counts as none."""
    text = field(response, b"retry-after")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
