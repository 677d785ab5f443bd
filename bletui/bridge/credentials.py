"""Tokens for clients that come over TCP: given out once, kept as digests, in a file that only its owner reads.

One line per token: its name, role, the time it was made, the SHA-256 of the secret. A secret has 256 random bits, so
that a fast digest is no weakness.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from bletui.bridge.access import Credential, refused
from bletui.bridge.folders import made, reason, unusable
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Role
from bletui.target import invalid
from bletui.text import visible

TOKENS_MAX = 256
_SIZE_MAX = 64 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Token:
    name: str
    role: Role
    made: int  # wall seconds
    digest: str


class Tokens:
    """The tokens in one file, which is read anew whenever it has changed: a revoked token ends at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble = ""  # why the file could not be read when it was looked at last
        self._stamp: tuple[int, int, int] | None = None
        self._tokens: tuple[Token, ...] = ()

    def all(self) -> tuple[Token, ...]:
        """`auth.refused` for a file that others can read or that holds anything else; `request.invalid`,
        `busy.capacity` for one that the system does not give."""
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
                if stamp != self._stamp:
                    _check(self.path, status)
                    self._tokens = _parsed(file.read(_SIZE_MAX + 1), self.path)
                    self._stamp = stamp
        except FileNotFoundError:
            self._stamp, self._tokens = None, ()
        except OSError as failed:
            raise unusable(self.path, failed) from failed
        return self._tokens

    def credential(self, secret: str) -> Credential:
        """Whose token it is; `auth.refused`. Every token is compared, each in constant time."""
        given = _digest(secret)
        try:
            tokens = self.all()
        except BleError as unreadable:
            raise refused("the bridge can't read its tokens now; its log says why") from unreadable
        found = [token for token in tokens if hmac.compare_digest(token.digest, given)]
        if not found:
            raise refused("the token is not known here, or was revoked")
        return Credential(found[0].name, found[0].role, digest=given)

    def look(self) -> str:
        """Reads the file if it has changed; why it can't be read, else ""."""
        try:
            self.all()
            self.trouble = ""
        except BleError as failed:
            self.trouble = reason(failed.failure)
        return self.trouble

    def is_current(self, credential: Credential) -> bool:
        """Whether somebody who came in with it may stay, as the file was when it could be read last."""
        return any(token.role == credential.role and token.digest == credential.digest for token in self._tokens)

    def add(self, name: str, role: Role, now: float, random: Callable[[int], str] = secrets.token_urlsafe) -> str:
        """A new token's secret, which is shown this once. `request.invalid`: the name is taken or is none."""
        if not _NAME.fullmatch(name):
            raise invalid(f"{name!r} is no name for a token: 1 to 32 letters, digits, dots, dashes, underscores")
        tokens = self.all()
        if any(token.name == name for token in tokens):
            raise invalid(f"there is a token called {name} already; rotate or revoke it")
        if len(tokens) >= TOKENS_MAX:
            raise invalid(f"there are {TOKENS_MAX} tokens already")
        secret = random(32)
        self._write((*tokens, Token(name, role, int(now), _digest(secret))))
        return secret

    def rotate(self, name: str, now: float) -> str:
        """A new secret for the token `name`; the old one ends."""
        old = self._named(name)
        secret = secrets.token_urlsafe(32)
        new = replace(old, made=int(now), digest=_digest(secret))
        self._write(tuple(new if token is old else token for token in self.all()))
        return secret

    def revoke(self, name: str) -> None:
        gone = self._named(name)
        self._write(tuple(token for token in self.all() if token is not gone))

    def _named(self, name: str) -> Token:
        tokens = self.all()
        for token in tokens:
            if token.name == name:
                return token
        raise invalid(f"no token is called {visible(name)!r}; there are {', '.join(t.name for t in tokens) or 'none'}")

    def _write(self, tokens: tuple[Token, ...]) -> None:
        """A whole new file or the old one, whatever happens in between."""
        made(self.path.parent)
        text = "".join(f"{token.name} {token.role} {token.made} {token.digest}\n" for token in tokens)
        try:
            number, name = tempfile.mkstemp(prefix=f"{self.path.name}.", dir=self.path.parent)  # mode 0600
        except OSError as failed:
            raise unusable(self.path, failed) from failed
        try:
            with os.fdopen(number, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except OSError as failed:
            Path(name).unlink(missing_ok=True)
            raise unusable(self.path, failed) from failed


def _check(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode) or (os.name == "posix" and status.st_mode & 0o077):
        raise _unusable(path, f"it must be a file that only its owner reads: chmod 600 {path}")
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        raise _unusable(path, f"it belongs to uid {status.st_uid}, not to this user")


def _parsed(content: bytes, path: Path) -> tuple[Token, ...]:
    lines = content.decode("ascii", "replace").splitlines() if len(content) <= _SIZE_MAX else [""]
    tokens: list[Token] = []
    for number, line in enumerate(lines, 1):
        match line.split():
            case [name, ("viewer" | "reader" | "operator") as role, made, digest] if (
                _NAME.fullmatch(name) and made.isdecimal() and _DIGEST.fullmatch(digest)
            ):
                tokens.append(Token(name, role, int(made), digest))
            case _:
                raise _unusable(path, f"line {number} is no token")
    return tuple(tokens)


def roles() -> tuple[str, ...]:
    return get_args(Role)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _unusable(path: Path, why: str) -> BleError:
    detail = visible(f"token file {path}: {why}")
    return BleError(Failure(kind=ErrorKind.AUTH_REFUSED, source="bletui.bridge", operation="credential", detail=detail))
