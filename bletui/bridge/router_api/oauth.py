"""Tokens for a secret: OAuth client credentials (RFC 6749, 4.4) as routers and access controllers give them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bletui.bridge.router_api.replies import body, json_reply
from bletui.bridge.router_api.tokens import LIFETIME, Tokens, basic_password


def token_endpoint(tokens: Tokens | None) -> Callable[[Request], Awaitable[Response]]:
    """The user name means nothing. None: there is no such path."""

    async def token(request: Request) -> Response:
        if tokens is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        password = basic_password(request.headers.get("authorization", ""))
        if password is None or not tokens.is_secret(password):
            return json_reply(
                {"error": "invalid_client", "error_description": "Client not found"}, HTTPStatus.UNAUTHORIZED
            )
        if await _grant_type(request) != "client_credentials":
            return json_reply({"error": "unsupported_grant_type"}, HTTPStatus.BAD_REQUEST)
        given = {"token_type": "bearer", "access_token": tokens.issue(), "expires_in": LIFETIME}
        return json_reply(given, headers={"cache-control": "no-store", "pragma": "no-cache"})

    return token


async def _grant_type(request: Request) -> str | None:
    """From a form or from JSON, whatever the media type says: both are sent to routers."""
    text = (await body(request)).decode("utf-8", "replace")
    try:
        given = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        given = dict(parse_qsl(text))
    return given.get("grant_type") if isinstance(given, dict) else None
