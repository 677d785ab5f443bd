"""Topics: our own levels, and names from outside as one level each that means nothing to a broker."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from bletui.target import invalid
from bletui.text import is_clean

LEVEL_MAX = 128  # characters of one level
PREFIX_MAX = 200
_SAFE = ":"  # besides letters, digits and _.-~


def level(name: str) -> str:
    """One topic level for any text: `/`, `+`, `#`, NUL and all else that is not plain are percent-encoded.

    What is too long ends in a digest of the whole, so that two names do not become one.
    """
    written = quote(name, safe=_SAFE, errors="surrogatepass") or "%"
    if len(written) <= LEVEL_MAX:
        return written
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{written[: LEVEL_MAX - 17]}~{digest}"


def checked_prefix(text: str) -> str:
    """What a person wants all topics to begin with: one level or several. `request.invalid`: no topic begins so."""
    levels = text.split("/")
    if len(text) > PREFIX_MAX or not is_clean(text) or not all(levels) or any(sign in text for sign in "+#"):
        raise invalid(f"{text!r} begins no topic: levels between slashes, none of them empty, without + and #")
    if text.startswith("$"):
        raise invalid(f"{text!r}: topics that begin with $ are the broker's own")
    return text


def topic(root: str, *levels: str) -> str:
    return "/".join((root, *map(level, levels)))
