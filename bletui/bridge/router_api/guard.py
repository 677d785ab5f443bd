"""What keeps other people's web pages and programs out; plain ASGI, in front of everything else.

The API writes by GET, so a page in a browser on the same machine could write by an `<img>`, and a name server that
answers with 127.0.0.1 makes any page look local. Therefore: the Host must be ours, the Origin listed, the fetch not
from another site; and with a token set, each request carries it.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from bletui.bridge.router_api.tokens import Tokens
from bletui.kinds import ErrorKind
from bletui.target import invalid

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Refused = Callable[[str, ErrorKind, str], None]
"""Is told of each refusal: who asked, the kind, and why in words."""

TOKEN_PATH = "/oauth2/token"
_ENDS: Headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"GET,POST,PUT,DELETE"),
    (b"access-control-allow-headers", b"Content-Type,Accept,Authorization"),
    (b"access-control-max-age", b"600"),
]

_NAME = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[a-z0-9_.:\[\]-]+")
_HOST = re.compile(r"(?:\[(?P<bracketed>[0-9A-Fa-f:.]+)\]|(?P<plain>[A-Za-z0-9_.-]+))(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Whose requests are served. `hosts`: names besides the addresses; `addresses`: Host may be any address literal.

    Without `addresses` only loopback literals are ours. A literal can't be rebound by a name server.
    """

    hosts: frozenset[str] = frozenset({"localhost"})
    addresses: bool = False
    origins: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """`request.invalid` for an entry that no header could ever equal."""
        for name in self.hosts:
            if not _NAME.fullmatch(name):
                raise invalid(f"{name!r} is not a host's name, lower case and without a port")
        for origin in self.origins:
            if not _ORIGIN.fullmatch(origin):
                raise invalid(f"{origin!r} is not an origin; one looks like https://tools.example:8443")

    def host(self, header: str) -> bool:
        name = _host_name(header)
        return name in self.hosts or self._is_our_address(name)

    def _is_our_address(self, name: str) -> bool:
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return self.addresses or address.is_loopback


def _host_name(header: str) -> str:
    """The name or address in a Host header, lower case; "" where it is not one."""
    found = _HOST.fullmatch(header)
    return str(found["bracketed"] or found["plain"]).lower() if found else ""


def unheard(client: str, kind: ErrorKind, why: str) -> None:
    """Tells nobody of a refusal."""


def client_of(scope: Scope) -> str:
    """As the bridge's other clients are called: where from, and behind which door."""
    host, port = (scope.get("client") or ("?", 0))[:2]
    return f"router-api {host}:{port}"


class OriginGuard:
    """Refuses a foreign Host, an Origin that is not listed and a fetch from another site; answers listed Origins."""

    def __init__(self, app: App, allowed: Allowed, refused: Refused = unheard) -> None:
        self._app = app
        self._allowed = allowed
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        sites = _values(scope, b"sec-fetch-site")
        listed = len(origins) == 1 and origins[0] in self._allowed.origins
        if _values(scope, b"transfer-encoding") and _values(scope, b"content-length"):
            # Whoever stands between may go by the other one, and take the end of this for a request (RFC 9112, 6.1).
            self._refused(client_of(scope), ErrorKind.DATA_MALFORMED, "a request of two lengths")
            await respond(send, HTTPStatus.BAD_REQUEST, _ENDS, b"two lengths")
        elif len(hosts) != 1 or not self._allowed.host(hosts[0]):
            await self._refuse(scope, send, "host not allowed", "--allow-host lists names", hosts)
        elif origins and not listed:
            await self._refuse(scope, send, "origin not allowed", "--allow-origin lists origins", origins)
        elif not listed and any(site not in ("none", "same-origin") for site in sites):
            await self._refuse(scope, send, "cross-site request", "only listed origins may call from a page", sites)
        elif listed:
            await self._answer(scope, receive, send, origins[0])
        else:
            await self._app(scope, receive, send)

    async def _refuse(self, scope: Scope, send: Send, text: str, detail: str, given: list[str]) -> None:
        self._refused(client_of(scope), ErrorKind.ACCESS_REFUSED, f"{text}: {', '.join(given) or 'none given'}")
        await refuse(send, HTTPStatus.FORBIDDEN, text, detail)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, origin: str) -> None:
        shared: Headers = [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin")]
        if scope["method"] == "OPTIONS":
            await respond(send, HTTPStatus.NO_CONTENT, shared + _PREFLIGHT, b"")
            return

        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *shared]}
            await send(message)

        await self._app(scope, receive, send_shared)


class TokenGuard:
    """Lets through what carries a token, as header or as `access_token=`, and the request for one at `path`.

    The refusals are the router's, bytes and missing content type included.
    """

    def __init__(self, app: App, tokens: Tokens, path: str = TOKEN_PATH, refused: Refused = unheard) -> None:
        self._app = app
        self._tokens = tokens
        self._path = path
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].rstrip("/") == self._path and scope["method"] == "POST":
            await self._app(scope, receive, self._noting(scope, send))
            return
        token = _token(scope)
        if not token:
            await self._deny(scope, send, "access_denied", "Wrong authorization header")
        elif not self._tokens.is_valid(token):
            await self._deny(scope, send, "forbidden", "Token not found or expired")
        else:
            await self._app(scope, receive, send)

    def _noting(self, scope: Scope, send: Send) -> Send:
        async def noted(message: Message) -> None:
            if message.get("status") == HTTPStatus.UNAUTHORIZED:
                self._refused(client_of(scope), ErrorKind.AUTH_REFUSED, "a wrong secret")
            await send(message)

        return noted

    async def _deny(self, scope: Scope, send: Send, error: str, description: str) -> None:
        self._refused(client_of(scope), ErrorKind.AUTH_REFUSED, description)
        body = json.dumps({"error": error, "error_description": description}, separators=(",", ":")).encode()
        await respond(send, HTTPStatus.FORBIDDEN, [], body)


async def refuse(send: Send, status: HTTPStatus, text: str, detail: str = "") -> None:
    """A refusal in one line of text; `detail` stands in a header, because clients compare the text."""
    headers: Headers = [(b"content-type", b"text/plain")]
    if detail:
        headers.append((b"bletui-detail", detail.encode("ascii", "backslashreplace")))
    await respond(send, status, headers, text.encode())


def _token(scope: Scope) -> str:
    for header in _values(scope, b"authorization"):
        scheme, _, token = header.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    query: str = scope.get("query_string", b"").decode("latin-1")
    return dict(parse_qsl(query)).get("access_token", "")


async def respond(send: Send, status: HTTPStatus, headers: Headers, body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": int(status), "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]
