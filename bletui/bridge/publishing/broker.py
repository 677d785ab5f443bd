"""Which broker, and what it is told: `mqtts://KEY@broker.example/site?every=30`, parsed and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import unquote

from bletui.bridge.publishing.topics import checked_prefix
from bletui.filters import Filter
from bletui.filters import parse as parse_filter
from bletui.target import Target, invalid, parse
from bletui.text import is_clean

PORTS = {"mqtt": 1883, "mqtts": 8883}
PREFIX = "bletui"
EVERY, CHANGE = 10.0, 1.0  # seconds
EVERY_MAX = 86_400.0
Protocol = Literal["5", "3.1.1"]
PROTOCOLS: tuple[Protocol, ...] = ("5", "3.1.1")
_TLS = ("ca", "pin", "cert", "certkey")
_PARAMETERS = (*_TLS, "id", "protocol", "every", "change", "filter", "devices")
_ID_MAX = 128  # characters


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose certificate counts: an authority's in the file `ca`, the very one of `pin`, else as the system says.

    `cert`, `cert_key`: the files that say who we are, for a broker that asks.
    """

    ca: str | None = None
    pin: bytes | None = None
    cert: str | None = None
    cert_key: str | None = None


@dataclass(frozen=True, slots=True)
class Broker:
    """`tls` None: plain TCP. `key` names a credential, "" for none. `every`, `change`: seconds between two messages on
    one device that says the same, and on one that says something else. `wanted`: which devices; None: all."""

    host: str
    port: int
    tls: Trust | None = None
    key: str = ""
    prefix: str = PREFIX
    client_id: str = ""
    protocol: Protocol = "5"
    every: float = EVERY
    change: float = CHANGE
    devices: bool = True
    wanted: Filter | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mqtt{'s' if self.tls else ''}://{host}:{self.port}/{self.prefix}"

    @property
    def evidence(self) -> dict[str, str]:
        """What remedies are filled with."""
        return {"host": self.host, "port": str(self.port), "scheme": "mqtts" if self.tls else "mqtt"}


def broker(text: str, filters: Mapping[str, str] | None = None) -> Broker:
    """The broker that `text` names; `filters`: those that have a name. `request.invalid` says what is wrong."""
    target = parse(text)
    if target.scheme not in PORTS or not target.host:
        raise invalid(f"{text!r} is no broker to publish to; one looks like mqtt://broker.example/site")
    target.refuse_unknown(_PARAMETERS)
    named = target.params.get("filter")
    every = target.number("every", EVERY, 0, EVERY_MAX)
    return Broker(
        host=_host(target.host),
        port=target.port or PORTS[target.scheme],
        tls=_trust(target),
        key=target.key,
        prefix=checked_prefix(unquote(target.path.strip("/"))) if target.path.strip("/") else PREFIX,
        client_id=_client_id(target.params.get("id", "")),
        protocol=cast(Protocol, _one_of(target, "protocol", PROTOCOLS)),
        every=every,
        change=min(target.number("change", CHANGE, 0, EVERY_MAX), every),
        devices=_one_of(target, "devices", ("1", "0")) == "1",
        wanted=parse_filter(named, named=filters or {}) if named else None,
    )


def _host(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError as wrong:
        raise invalid(f"{host}: no name of a host: {wrong}") from wrong


def _one_of(target: Target, name: str, words: tuple[str, ...]) -> str:
    found = target.params.get(name, words[0])
    if found not in words:
        raise invalid(f"{name}={found}: one of {', '.join(words)}")
    return found


def _client_id(text: str) -> str:
    if len(text) > _ID_MAX or not is_clean(text):
        raise invalid(f"id={text}: up to {_ID_MAX} visible characters")
    return text


def _trust(target: Target) -> Trust | None:
    named = [name for name in _TLS if name in target.params]
    if target.scheme == "mqtt":
        if named:
            raise invalid(f"{named[0]}= speaks of a certificate, and mqtt:// has none: use mqtts://")
        return None
    if {"ca", "pin"} <= set(named):
        raise invalid("ca= and pin= contradict each other: name one")
    if ("cert" in named) != ("certkey" in named):
        raise invalid("cert= and certkey= belong together: our certificate chain and its key, PEM")
    told = target.params.get
    return Trust(told("ca"), target.pin(), told("cert"), told("certkey"))
