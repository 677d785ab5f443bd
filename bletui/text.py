"""Hostile text made visible; the only door for strings from outside.

Names from the air, texts from routers and files may carry escape sequences, bidirectional overrides, zero-width
characters or lone surrogates. `visible` shows each as an escape that no terminal acts on and no eye overlooks.
"""

from __future__ import annotations

import re
import unicodedata

# C0, DEL, C1, soft hyphen, Arabic letter mark, zero width and bidi marks, separators, isolates, BOM, surrogates,
# non-characters and the tag block: what a terminal acts on, reorders or draws as nothing.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_ROUTER = re.compile(r"(?i)\b([0-9a-f]{2}:[0-9a-f]{2})(?::[0-9a-f]{2}){2}:([0-9a-f]{2}:[0-9a-f]{2})\b")
MARKS_MAX = 2  # combining marks on one letter: more than scripts need would climb over other rows


def visible(text: str) -> str:
    r"""`text` with everything invisible or active written out, as in `\x1b`, `\u202e`; one line, idempotent."""
    shown = _INVISIBLE.sub(_escape, text)
    return shown if shown.isascii() else _with_few_marks(shown)


def is_clean(text: str) -> bool:
    """Whether `visible` would leave `text` as it is."""
    return visible(text) == text


def decoded(data: bytes) -> str:
    r"""UTF-8 bytes from outside as visible text; bytes that are not UTF-8 appear as `\xff`."""
    return visible(data.decode("utf-8", "backslashreplace"))


def bounded(text: str, limit: int) -> str:
    """At most `limit` characters of `text`; what is cut is named in the last ones."""
    if len(text) <= limit:
        return text
    mark = f"…(+{len(text) - limit})"
    return text[: max(0, limit - len(mark))] + mark


def short_name(name: str) -> str:
    """A router's address shortened to its ends; everything visible."""
    return _ROUTER.sub(r"\1..\2", visible(name))


def _with_few_marks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        kept.append(char if run <= MARKS_MAX else _written(char))
    return "".join(kept)


def _escape(found: re.Match[str]) -> str:
    return _written(found.group())


def _written(char: str) -> str:
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
