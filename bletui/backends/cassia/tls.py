"""The one SSL context of a router: the system's authorities, a named one, one pinned certificate, or anything."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path

from bletui.backends.cassia.options import Trust
from bletui.fingerprint import written
from bletui.target import invalid


def context(trust: Trust) -> ssl.SSLContext:
    """Takes 10 to 70 ms: call it in a thread. `request.invalid`: the file of `ca=` can't be used."""
    if trust.pin is not None:
        return _pinned(trust.pin)
    if trust.ca is not None:
        try:
            made = ssl.create_default_context(cafile=Path(trust.ca).expanduser())
        except (OSError, ssl.SSLError) as wrong:
            raise invalid(f"ca={trust.ca}: {wrong.strerror or wrong}") from wrong
    else:
        made = ssl.create_default_context()
    if trust.insecure:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def _pinned(pin: bytes) -> ssl.SSLContext:
    """Neither chain, name nor dates count: this certificate and no other does, checked before a byte is sent."""

    class PinnedObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            certificate = self.getpeercert(binary_form=True) or b""
            if hashlib.sha256(certificate).digest() != pin:
                raise ssl.SSLCertVerificationError(
                    f"the certificate is not the pinned one: the router shows {written(certificate)}"
                )

    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.sslobject_class = PinnedObject
    return made
