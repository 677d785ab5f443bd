"""A router's HTTP answer: the message in its body, whichever of text, JSON string, JSON object or HTML it came in."""

from __future__ import annotations

import json

READ_MAX = 64 * 1024  # bytes looked at; no message of a router comes near
BODY_MAX = 4_000  # characters kept

# In the order of their worth: an access controller says `error: forbidden` and explains in `error_description`.
_KEYS = ("error_description", "error", "message", "msg", "reason", "detail", "title")


def text_of(body: bytes) -> str:
    r"""The body as text, bounded; what is not UTF-8 appears as `\xff`."""
    return body[:READ_MAX].decode("utf-8", "backslashreplace").lstrip("\ufeff")


def message_in(text: str) -> str:
    """The words in which the body says what is wrong; the text itself where it is no JSON."""
    stripped = text.strip()
    if stripped[:1] not in ('"', "{", "["):
        return stripped
    try:
        return _words(json.loads(stripped)) or stripped
    except (ValueError, RecursionError):
        return stripped


def is_page(text: str, content_type: str) -> bool:
    """Whether it is an HTML page: a login form, a captive portal, a proxy's or a web server's own error."""
    start = text.lstrip()[:200].casefold()
    return content_type.casefold().startswith("text/html") or start.startswith(("<!doctype html", "<html", "<head"))


def _words(value: object) -> str:
    match value:
        case str():
            return value
        case dict():
            return next((words for key in _KEYS if (words := _words(value.get(key)))), "")
        case [first, *_]:
            return _words(first)
        case _:
            return ""
