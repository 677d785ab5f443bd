"""Tokens: OAuth 2 client credentials as routers and access controllers speak them (`POST …/oauth2/token`)."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from bletui.backends.cassia.api import MalformedError, parse
from bletui.backends.cassia.native import Answer, unreadable
from bletui.backends.cassia.rpc import Rpc
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind

PATH: Final = "/oauth2/token"
LIFE_MAX: Final = 1800.0  # seconds; the vendor advises a new token every half hour
EARLY: Final = 10.0  # seconds before it expires
REFUSED: Final = frozenset({401, 403})  # an expired token is a 403

NOT_JSON: Final = frozenset({400, 406, 415, 422})  # what answers to a body that is not understood
GRANT: Final = {"grant_type": "client_credentials"}

T = TypeVar("T")


class Tokens:
    """The one token of a radio, fetched when needed. `secret(key)` gives `user:password` or `devkey:secret`."""

    __slots__ = ("_expires", "_form", "_key", "_lock", "_now", "_rpc", "_secret", "_token")

    def __init__(self, rpc: Rpc, key: str, secret: Callable[[str], str], now: Callable[[], float]) -> None:
        self._rpc = rpc
        self._key = key
        self._secret = secret
        self._now = now
        self._lock = asyncio.Lock()
        self._token = ""
        self._expires = 0.0
        self._form = False

    async def using(self, call: Callable[[Mapping[str, str]], Awaitable[T]]) -> T:
        """`call` with the header that proves who we are (none without a credential); once more with a new token if
        the one it had is refused."""
        token = await self.token()
        try:
            return await call(_bearer(token))
        except BleError as error:
            if not token or error.failure.status not in REFUSED:
                raise BleError(_without(error.failure, token)) from error
        self.forget(token)
        token = await self.token()
        try:
            return await call(_bearer(token))
        except BleError as error:
            failure = _without(error.failure, token)
            if failure.status in REFUSED:  # so it is not the token's age: only a person can help
                failure = replace(failure, retry=None, evidence=(*failure.evidence, ("token", "fresh")))
            raise BleError(failure) from error

    async def token(self) -> str:
        """A token that should be good, or "" without a credential. `auth.refused`: the credential is not taken."""
        if not self._key:
            return ""
        async with self._lock:
            if not self._token or self._now() >= self._expires:
                await self._fetch()
            return self._token

    def forget(self, token: str) -> None:
        if token == self._token:
            self._token = ""

    async def _fetch(self) -> None:
        secret = await asyncio.to_thread(self._secret, self._key)  # may run a command
        if ":" not in secret:
            detail = f"the credential {self._key!r} is not of the form user:password"
            raise BleError(Failure(kind=ErrorKind.AUTH_REFUSED, operation="token", detail=detail))
        basic = base64.b64encode(secret.encode()).decode()
        header = {"authorization": f"Basic {basic}"}
        try:
            answer = await self._granted(header)
        except BleError as error:
            raise BleError(_without(error.failure, secret, basic, secret.partition(":")[2])) from error
        found = _read(answer)
        if found is None:
            bare = Answer(answer.status, answer.content_type)  # its body may hold what is secret
            raise unreadable(bare, "no access_token in the reply", operation="token", context=self._rpc.context())
        self._token, life = found
        self._expires = self._now() + min(life - EARLY, LIFE_MAX)

    async def _granted(self, header: Mapping[str, str]) -> Answer:
        """As JSON, which is what was recorded; as a form where that is not taken (both are in the vendor's samples)."""
        if not self._form:
            try:
                return await self._rpc.call("POST", PATH, operation="token", header=header, body=GRANT)
            except BleError as error:
                if error.failure.status not in NOT_JSON:
                    raise
        answer = await self._rpc.call("POST", PATH, operation="token", header=header, form=GRANT)
        self._form = True
        return answer


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _read(answer: Answer) -> tuple[str, float] | None:
    """The token and its life in seconds."""
    try:
        facts = parse(answer.body)
    except MalformedError:
        return None
    token = facts.get("access_token") if isinstance(facts, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token or not token:
        return None
    life = facts.get("expires_in")
    return token, float(life) if isinstance(life, (int, float)) and life == life else LIFE_MAX


def _without(failure: Failure, *secrets: str) -> Failure:
    """The failure without our own secrets, should the far side have sent them back."""
    for secret in secrets:
        if len(secret) >= 4:
            failure = replace(
                failure,
                body=failure.body.replace(secret, "[redacted]"),
                message=failure.message.replace(secret, "[redacted]"),
            )
    return failure
