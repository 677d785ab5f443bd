"""A bridge on TCP: on loopback by token, beyond it only with TLS as well."""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bletui.bridge.places import is_loopback
from bletui.failure import BleError, ErrorKind, Failure
from bletui.target import invalid
from bletui.text import visible

_BACKLOG = 128
_LISTEN = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[^\[\]:]+)):(?P<port>[0-9]{1,5})")


@contextmanager
def bound(where: str, *, tls: bool) -> Iterator[socket.socket]:
    """A socket that listens at `HOST:PORT`. `request.invalid`: it can't be had, or other machines reach it without TLS.

    Looks up a name, so it may block: call it before the event loop runs.
    """
    found = _LISTEN.fullmatch(where)
    if not found or int(found["port"]) > 65535:
        raise invalid(f"{where!r} is not HOST:PORT; one looks like 127.0.0.1:7325 or [::1]:7325")
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            found["v6"] or found["host"], int(found["port"]), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as failed:
        raise _can_not_listen(where, failed) from failed
    if not tls and not is_loopback(str(address[0])):
        raise invalid(f"{where} can be reached from other machines, which needs --tls-cert and --tls-key")
    made = socket.socket(family, kind, proto)
    try:
        if os.name == "posix":  # elsewhere it lets two programs share the port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_BACKLOG)
    except OSError as failed:
        made.close()
        raise _can_not_listen(where, failed) from failed
    with made:
        yield made


def context(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """TLS 1.2 or newer for a certificate chain and its key, both PEM; None without either."""
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise invalid("--tls-cert and --tls-key belong together")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        made.load_cert_chain(cert, key, password=_no_password)
    except (OSError, ValueError) as failed:
        why = getattr(failed, "strerror", None) or str(failed)
        raise invalid(f"certificate {cert} with key {key}: {why}") from failed
    return made


def _no_password() -> str:
    raise ValueError("the key is encrypted; give one without a passphrase")


def _can_not_listen(where: str, failed: Exception) -> BleError:
    why = getattr(failed, "strerror", None) or str(failed)
    return BleError(
        Failure(
            kind=ErrorKind.REQUEST_INVALID,
            source="os",
            message=why,
            operation="listen",
            detail=visible(f"can't listen on {where}"),
        )
    )
