"""Answers and events as a broken router, a proxy or another server would send them; pure."""

from __future__ import annotations

import json

HUGE = 2 * 1024 * 1024  # bytes; clients with a limit have a smaller one
LOGIN_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Login</title></head><body>"
    b'<form method="post" action="/cassia/login"><input name="username"><input name="password" type="password">'
    b"</form></body></html>\n"
)
OTHER_SERVER = b'{"status":"ok","data":[]}'
GARBAGE_EVENT = b'data: {"bdaddrs":[{"bdaddr"\n\n'
TYPES_EVENT = (
    b'data: {"bdaddrs":7,"handle":[],"id":{},"value":12,"chipId":"x","evtType":"x","rssi":[],"adData":9,"name":{},'
    b'"connectionState":1,"dataType":0}\n\n'
)
HUGE_EVENT = b'data: {"name":"' + b"x" * HUGE + b'"}\n\n'


def retyped(body: bytes) -> bytes:
    """Every value of another type; text that is no JSON becomes a number."""
    try:
        return json.dumps(_other(json.loads(body)), separators=(",", ":")).encode()
    except ValueError:
        return b"7"


def cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def padded(body: bytes) -> bytes:
    return body + b"x" * HUGE


def _other(value: object) -> object:
    match value:
        case {**fields} if fields:
            return {key: _other(found) for key, found in fields.items()}
        case list() if value:
            return [_other(found) for found in value]
        case str():
            return 7
        case dict() | list() | bool() | None:
            return "x"
        case _:
            return str(value) + "?"


def halved(events: bytes) -> bytes:
    """The events, the last one without its second half."""
    whole, _, last = events.removesuffix(b"\n\n").rpartition(b"\n\n")
    return (whole + b"\n\n" if whole else b"") + cut(last)
