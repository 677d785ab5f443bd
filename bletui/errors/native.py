"""A failure in somebody else's words, before it is classified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Native:
    """What a backend saw: the table to look in (`source`), the native code and message byte for byte, HTTP's part.

    A router's HTTP answer needs only `source="cassia.http"`, `status` and `body`: the message is read from the body.
    """

    source: str  # as in errors/native/*.tsv: `cassia.http`, `bluez.dbus`, `att` …
    code: str = ""
    message: str = ""
    status: int | None = None
    body: bytes = b""
    content_type: str = ""
    phase: str = ""  # where it happened: resolve, connect, tls, request, stream, json, asked, unasked …
    cause: BaseException | None = None
    retry_after: float | None = None  # seconds, from the answer's header
