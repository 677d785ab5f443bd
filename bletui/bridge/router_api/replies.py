"""Requests and answers in one piece: the router's JSON and its bare text."""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from bletui.target import invalid

BODY_MAX = 4096  # bytes


def json_reply(
    value: object, status: int = 200, headers: dict[str, str] | None = None, kind: str = "application/json"
) -> Response:
    """Escaped down to ASCII: nothing from the air reaches a terminal through `curl`."""
    return Response(json.dumps(value, separators=(",", ":")), status, headers, kind)


def accepted() -> Response:
    """What an access controller says to most calls, without a media type."""
    return Response('{"status":"accepted"}', HTTPStatus.ACCEPTED)


def bad_request(error: str, *, typed: bool = False, detail: str = "") -> Response:
    """An access controller's refusal; only some of its calls give it a media type."""
    text = json.dumps({"status": "bad request", "error": error}, separators=(",", ":"))
    headers = {"bletui-detail": detail.encode("ascii", "backslashreplace").decode()} if detail else None
    return Response(text, HTTPStatus.BAD_REQUEST, headers, "application/json" if typed else None)


def text_reply(status: HTTPStatus, text: str, detail: str = "") -> Response:
    """`detail` stands in a header, because clients compare the text."""
    headers = {"content-type": "text/plain"}
    if detail:
        headers["bletui-detail"] = detail.encode("ascii", "backslashreplace").decode()
    return Response(text, int(status), headers)


async def body(request: Request, most: int = BODY_MAX) -> bytes:
    """At most `most` bytes."""
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > most:
            raise invalid(f"a body of more than {most} bytes")
    return bytes(found)
