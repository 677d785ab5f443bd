"""A failure in somebody else's words, before it is classified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Native:
    """What a backend saw: the table to look in (`source`), the native code and message byte for byte, HTTP's part."""

    source: str  # as in errors/native/*.tsv: `cassia.http500`, `bluez.dbus`, `att` …
    code: str = ""
    message: str = ""
    status: int | None = None
    body: bytes = b""
    content_type: str = ""
    phase: str = ""  # where it happened: resolve, connect, tls, request, stream …
    cause: BaseException | None = None
