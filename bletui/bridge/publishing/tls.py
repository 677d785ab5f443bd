"""The SSL context of a broker: the system's authorities, a named one, or one pinned certificate."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from bletui.bridge.publishing.broker import Trust
from bletui.fingerprint import parsed, written
from bletui.target import invalid

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


_WANTS = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Socket(ssl.SSLSocket):
    """paho leaves a socket open whose handshake fails, and forgets why one failed later: `failed` keeps that."""

    failed: ssl.SSLError | None = None

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        try:
            return super().recv(buflen, flags)
        except _WANTS:
            raise
        except ssl.SSLError as failed:
            self.failed = failed
            raise

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        try:
            return super().send(data, flags)
        except _WANTS:
            raise
        except ssl.SSLError as failed:
            self.failed = self._alert() or failed
            raise

    def _alert(self) -> ssl.SSLError | None:
        """What the other side said before it closed: whoever writes to it hears of the closing only."""
        try:
            super().recv(1)
        except ssl.SSLError as alert:
            return alert
        return None

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
            self.check()
        except BaseException:  # interrupted too: the socket must not outlive the handshake
            self.close()
            raise

    def check(self) -> None:
        """What else has to hold before a password is sent."""


def context(trust: Trust) -> ssl.SSLContext:
    """Takes 10 to 70 ms: call it in a thread. `request.invalid`: a file of its can't be used."""
    made = _pinned(trust.pin) if trust.pin is not None else _trusting(trust.ca)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if trust.cert is not None:
        _identify(made, trust.cert, trust.cert_key)
    return made


def _identify(made: ssl.SSLContext, cert: str, key: str | None) -> None:
    files = (str(Path(cert).expanduser()), None if key is None else str(Path(key).expanduser()))
    try:
        made.load_cert_chain(*files, password=_no_password)
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or wrong
        raise invalid(f"cert={cert} with certkey={key}: {why}") from wrong


def _no_password() -> str:
    raise ValueError("the key is encrypted; give one without a passphrase")


def _trusting(ca: str | None) -> ssl.SSLContext:
    try:
        made = ssl.create_default_context(cafile=None if ca is None else str(Path(ca).expanduser()))
    except (OSError, ssl.SSLError) as wrong:
        raise invalid(f"ca={ca}: {wrong.strerror or wrong}") from wrong
    made.sslsocket_class = Socket
    return made


def _pinned(pin: bytes) -> ssl.SSLContext:
    """Neither chain, name nor dates count: this certificate and no other."""

    class PinnedSocket(Socket):
        def check(self) -> None:
            shown = written(self.getpeercert(binary_form=True) or b"")
            if parsed(shown) != pin:
                raise ssl.SSLCertVerificationError(f"the certificate is not the pinned one: the broker shows {shown}")

    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.sslsocket_class = PinnedSocket
    return made
