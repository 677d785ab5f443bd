"""Who may call: the secret of the token file, and the tokens given out for it.

Digests are compared in constant time, and only digests are kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
import time
from collections.abc import Callable
from pathlib import Path

from bletui.failure import BleError, ErrorKind, Failure
from bletui.target import invalid
from bletui.text import visible

LIFETIME = 3600  # seconds, as routers
_ISSUED_MAX = 1024  # the oldest ends first
_SECRET_MIN = 16  # characters
_FILE_MAX = 4096  # bytes


class Tokens:
    """Bearer tokens: the secret itself, and 64 hex digits that are issued for it and live `LIFETIME` seconds.

    Without a secret anybody is given a token, and a token is still needed.
    """

    def __init__(self, secret: str | None, *, now: Callable[[], float] = time.monotonic) -> None:
        self._secret = None if secret is None else _digest(secret)
        self._now = now
        self._issued: dict[bytes, float] = {}

    def is_secret(self, given: str) -> bool:
        return self._secret is None or hmac.compare_digest(self._secret, _digest(given))

    def is_valid(self, token: str) -> bool:
        """Whether `token` is the secret or was issued and has not ended."""
        digest = _digest(token)
        now = self._now()
        issued = [hmac.compare_digest(digest, known) and now < ends for known, ends in self._issued.items()]
        ours = self._secret is not None and hmac.compare_digest(self._secret, digest)
        return ours | any(issued)

    def issue(self) -> str:
        token = secrets.token_hex(32)
        if len(self._issued) >= _ISSUED_MAX:
            del self._issued[next(iter(self._issued))]
        self._issued[_digest(token)] = self._now() + LIFETIME
        return token

    def expire(self) -> None:
        """Ends every token that was issued; the secret stays."""
        self._issued.clear()


def basic_password(header: str) -> str | None:
    """The password of an `Authorization: Basic` header; None where there is none."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        _, colon, password = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return password if colon else None


def read_token_file(path: Path) -> str:
    """The secret in `path`: one line of at least 16 printable characters, readable by its owner alone."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode) or mode & 0o077:
                raise invalid(f"token file {path}: only its owner may read it; mend it with: chmod 600 {path}")
            content = file.read(_FILE_MAX + 1)
    except OSError as failed:
        raise BleError(
            Failure(
                kind=ErrorKind.REQUEST_INVALID,
                source="os",
                code=str(failed.errno),
                message=failed.strerror or "",
                detail=f"token file {visible(str(path))}",
            )
        ) from failed
    secret = content.decode("ascii", "replace").removesuffix("\n").removesuffix("\r")
    if not (_SECRET_MIN <= len(secret) < _FILE_MAX and all("!" <= character <= "~" for character in secret)):
        raise invalid(f"token file {path}: one line of {_SECRET_MIN} or more printable ASCII characters is expected")
    return secret


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
