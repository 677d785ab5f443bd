"""A certificate's SHA-256 fingerprint, as people and `openssl x509 -fingerprint` write it."""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"sha256:((?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2})")


def parsed(text: str) -> bytes | None:
    """The 32 bytes of `sha256:` and 64 hex digits, colons between pairs or not; None for anything else."""
    found = _WRITTEN.fullmatch(text)
    return bytes.fromhex(found[1].replace(":", "")) if found else None


def written(certificate: bytes) -> str:
    """`sha256:` and 64 hex digits of a certificate in DER."""
    import hashlib  # the console's first paint reads fingerprints and writes none

    return f"sha256:{hashlib.sha256(certificate).hexdigest()}"
