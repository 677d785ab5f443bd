"""What a `cassia:` or `cassia+https:` target says, checked before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bletui.backends.cassia import arguments, query
from bletui.target import Target, invalid

RETRIES_MAX = 10  # by the router itself, before it says that a connect has failed
_TLS = ("ca", "pin", "insecure")
_CONNECT = ("fail_retry_times", "connect_phy")
API = "/api"  # what an access controller's paths begin with
_MAC = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")
_HOST = re.compile(r"[A-Za-z0-9._:%-]+")


@dataclass(frozen=True, slots=True)
class Trust:
    """Which certificate counts. `ca`: a PEM file of authorities; `pin`: SHA-256 of the one certificate; else the
    system's authorities. `insecure`: any."""

    ca: str | None = None
    pin: bytes | None = None
    insecure: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """Where a router answers: `path` is what its API's paths come after, without a slash at the end."""

    secure: bool
    host: str
    port: int
    path: str = ""

    @property
    def authority(self) -> str:
        """Host and port, as in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def base(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.authority}{self.path}"


@dataclass(frozen=True, slots=True)
class Options:
    """One router, or an access controller and of its routers those in `only`; empty: all. `trust` None: plain HTTP;
    `key` names a credential or is empty; `scan` and `connect`: fixed parameters of these."""

    site: Site
    key: str
    trust: Trust | None
    scan: Mapping[str, str]
    connect: Mapping[str, int | str] = field(default_factory=dict)
    controller: bool = False
    only: frozenset[str] = frozenset()


def options(target: Target) -> Options:
    """The options of `target`; `request.invalid` or `op.unsupported` says what is wrong."""
    target.refuse_unknown({*query.PARAMETERS, *_TLS, *_CONNECT, "router"})
    if not target.host:
        raise invalid(f"{target.scheme}: needs the router's address, as in {target.scheme}://192.168.1.20")
    secure = target.scheme.endswith("https")
    controller = "router" in target.params or target.path.endswith(API)
    path = target.path or (API if controller else "")
    site = Site(secure, _host(target), target.port or (443 if secure else 80), path)
    return Options(
        site, target.key, _trust(target, secure), query.fixed(target), _connect(target), controller, _only(target)
    )


def _connect(target: Target) -> dict[str, int | str]:
    """What every connect asks for beside what it is given."""
    found: dict[str, int | str] = {}
    if "fail_retry_times" in target.params:
        text = target.params["fail_retry_times"]
        if not (text.isascii() and text.isdigit() and int(text) <= RETRIES_MAX):
            raise invalid(f"fail_retry_times={text}: a number from 0 to {RETRIES_MAX}")
        found["fail_retry_times"] = int(text)
    if "connect_phy" in target.params:
        found["phy"] = arguments.phys("connect_phy", target.params["connect_phy"].split(","))
    return found


def _only(target: Target) -> frozenset[str]:
    named = target.params.get("router", "*").upper()
    if named == "*":
        return frozenset()
    found = frozenset(named.split(","))
    for mac in found:
        if not _MAC.fullmatch(mac):
            raise invalid(f"router={mac}: addresses as CC:1B:E0:00:00:01, separated by commas, or * for all")
    return found


def _host(target: Target) -> str:
    """The host in ASCII, as names are looked up."""
    try:
        host = target.host.encode("idna").decode()
    except UnicodeError as wrong:
        raise invalid(f"{target.host}: no name of a host: {wrong}") from wrong
    if not _HOST.fullmatch(host):
        raise invalid(f"{target.host}: no name of a host")
    return host


def _trust(target: Target, secure: bool) -> Trust | None:
    named = [name for name in _TLS if name in target.params]
    if not secure:
        if named:
            raise invalid(f"{named[0]}= speaks of a certificate, and http has none: use {target.scheme}+https:")
        return None
    if len(named) > 1:
        raise invalid(f"{' and '.join(f'{name}=' for name in named)} contradict each other: name one")
    return Trust(target.params.get("ca"), target.pin(), _insecure(target))


def _insecure(target: Target) -> bool:
    text = target.params.get("insecure", "0")
    if text not in {"0", "1"}:
        raise invalid(f"insecure={text}: 0 or 1")
    if text == "1" and target.key:
        raise invalid(
            f"insecure=1 would hand the credential {target.key!r} to whoever answers: "
            "name the certificate with pin=sha256:… or its authority with ca=FILE"
        )
    return text == "1"
