"""The SSL context of a broker: the system's authorities, a named one, or one pinned certificate."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path

from bletui.bridge.publishing.broker import Trust
from bletui.target import invalid


class _Socket(ssl.SSLSocket):
    """paho leaves a socket open whose handshake fails."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
            self.check()
        except BaseException:
            self.close()
            raise

    def check(self) -> None:
        """What else has to hold before a password is sent."""


def context(trust: Trust) -> ssl.SSLContext:
    """Takes 10 to 70 ms: call it in a thread. `request.invalid`: the file of `ca=` can't be used."""
    made = _pinned(trust.pin) if trust.pin is not None else _trusting(trust.ca)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def _trusting(ca: str | None) -> ssl.SSLContext:
    try:
        made = ssl.create_default_context(cafile=None if ca is None else str(Path(ca).expanduser()))
    except (OSError, ssl.SSLError) as wrong:
        raise invalid(f"ca={ca}: {wrong.strerror or wrong}") from wrong
    made.sslsocket_class = _Socket
    return made


def _pinned(pin: bytes) -> ssl.SSLContext:
    """Neither chain, name nor dates count: this certificate and no other."""

    class PinnedSocket(_Socket):
        def check(self) -> None:
            shown = hashlib.sha256(self.getpeercert(binary_form=True) or b"")
            if shown.digest() != pin:
                raise ssl.SSLCertVerificationError(
                    f"the certificate is not the pinned one: the broker shows sha256:{shown.hexdigest()}"
                )

    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.sslsocket_class = PinnedSocket
    return made
