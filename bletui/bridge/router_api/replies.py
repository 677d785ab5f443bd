"""Answers in one piece: the router's JSON and its bare text."""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.responses import Response


def json_reply(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Escaped down to ASCII: nothing from the air reaches a terminal through `curl`."""
    return Response(json.dumps(value, separators=(",", ":")), status, headers, "application/json")


def text_reply(status: HTTPStatus, text: str, detail: str = "") -> Response:
    """`detail` stands in a header, because clients compare the text."""
    headers = {"content-type": "text/plain"}
    if detail:
        headers["bletui-detail"] = detail.encode("ascii", "backslashreplace").decode()
    return Response(text, int(status), headers)
