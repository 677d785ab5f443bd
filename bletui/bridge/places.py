"""Where a bridge is, read from its target: `bridge:`, `bridge:/run/bletui/bridge.sock`, `bridge://KEY@host:7325`."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bletui.bridge.sockets import default_socket
from bletui.target import Target, invalid

PORT = 7325
_PARAMS = ("seat", "role", "take", "tls", "ca")


@dataclass(frozen=True, slots=True)
class Place:
    """`socket` or `host` and `port`. `tls`: None, or the file of authorities to trust ("" for the system's)."""

    socket: Path | None = None
    host: str = ""
    port: int = PORT
    tls: str | None = None
    token: str = field(default="", repr=False)
    seat: str = ""
    role: str = ""
    take: str = "free"

    def __str__(self) -> str:
        return str(self.socket) if self.socket else f"{self.host}:{self.port}"


def place(target: Target, secret: Callable[[str], str]) -> Place:
    """`request.invalid`: a parameter is wrong; `auth.refused`: the credential that it names is not there."""
    target.refuse_unknown(_PARAMS)
    seat, role = target.params.get("seat", ""), _one_of(target, "role", "", "viewer", "reader", "operator")
    take = _one_of(target, "take", "free", "exactly", "over")
    if not target.host:
        if target.key or "tls" in target.params or "ca" in target.params:
            raise invalid("bridge: on a Unix socket needs neither credential nor TLS")
        path = Path(target.name) if target.name else default_socket(os.environ)
        return Place(socket=path, seat=seat, role=role, take=take)
    return Place(
        host=target.host,
        port=target.port or PORT,
        tls=_tls(target),
        token=secret(target.key) if target.key else "",
        seat=seat,
        role=role,
        take=take,
    )


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _tls(target: Target) -> str | None:
    wanted = _one_of(
        target, "tls", "yes" if "ca" in target.params or not is_loopback(target.host) else "no", "yes", "no"
    )
    if wanted == "no" and not is_loopback(target.host):
        raise invalid(f"{target.host} is not this machine: without TLS everybody on the way hears every value and key")
    return target.params.get("ca", "") if wanted == "yes" else None


def _one_of(target: Target, name: str, default: str, *allowed: str) -> str:
    value = target.params.get(name, default)
    if value not in (default, *allowed):
        raise invalid(f"{name}={value}: there are {', '.join(allowed)}")
    return value
