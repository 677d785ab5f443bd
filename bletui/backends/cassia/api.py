"""The router's JSON as values, whatever firmware wrote it. Pure; what can't be read is `MalformedError`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bletui.backends.cassia.query import Firmware
from bletui.model import AddressType
from bletui.text import bounded, visible

CHIPS_MAX = 8  # no router has more than two; a number beyond is no chip
_ADDRESS = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")
_INTEGER = re.compile(r"\s*[+-]?\d{1,9}\s*")
_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")
_TYPES: Mapping[object, AddressType] = {"public": "public", "random": "random"}

Sort = TypeVar("Sort")
Json = Any  # what json.loads gives: looked at with `isinstance` before it is used

_decode = json.JSONDecoder(strict=False).decode  # firmware does not escape control characters in names


class MalformedError(ValueError):
    """A piece of JSON that is not what this API sends."""


@dataclass(frozen=True, slots=True)
class Chip:
    number: int
    slots_max: int | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class RouterInfo:
    """`GET /cassia/info`; every part may be missing."""

    mac: str | None = None
    model: str = ""
    version: str = ""
    chips: tuple[Chip, ...] = ()

    def with_rest_of(self, known: RouterInfo) -> RouterInfo:
        """What is missing here as `known` has it."""
        return RouterInfo(
            self.mac or known.mac, self.model or known.model, self.version or known.version, self.chips or known.chips
        )

    @property
    def firmware(self) -> Firmware | None:
        """None if it is not told or is no number of Cassia's, which begin with 1: nothing is known to be missing."""
        found = _VERSION.match(self.version)
        return None if found is None or found[1] == "0" else (int(found[1]), int(found[2]), int(found[3] or 0))


@dataclass(frozen=True, slots=True)
class Connected:
    """One entry of the connection list."""

    address: str
    chip: int = 0
    phy: tuple[str, str] | None = None
    bonded: bool | None = None


@dataclass(frozen=True, slots=True)
class LinkState:
    """One event of `/management/nodes/connection-state`; early firmware tells neither chip nor reason."""

    address: str
    state: str
    chip: int | None = None
    reason: str = ""


def parse(body: bytes) -> Json:
    """JSON in UTF-8; bytes that are none become U+FFFD, for a device's name may hold anything."""
    try:
        return _decode(body.decode("utf-8", "replace").removeprefix("\ufeff"))
    except (ValueError, RecursionError) as wrong:
        raise MalformedError(f"not JSON: {bounded(visible(str(wrong)), 100)}") from None


def router_info(body: bytes) -> RouterInfo:
    found = parse(body)
    if not isinstance(found, dict):
        raise MalformedError("the router's info is not an object")
    mac = found.get("mac")
    chips = found.get("chipinfo")
    return RouterInfo(
        address(mac) if isinstance(mac, str) and _ADDRESS.fullmatch(mac.upper()) else None,
        word(found.get("model")) or "",
        word(found.get("version")) or "",
        tuple(_chip(key, value) for key, value in sorted(chips.items())) if isinstance(chips, dict) else (),
    )


def _chip(key: str, value: Json) -> Chip:
    facts = value if isinstance(value, dict) else {}
    slots = facts.get("max")
    return Chip(
        integer(key, 0, CHIPS_MAX - 1, "chip"),
        None if slots is None else integer(slots, 0, 1000, "chipinfo.max"),
        word(facts.get("status")) or "",
    )


def read_all(values: Iterable[Json], read: Callable[[Json], Sort]) -> tuple[list[Sort], int]:
    """What `read` makes of the values, and how many it can make nothing of."""
    found: list[Sort] = []
    malformed = 0
    for value in values:
        try:
            found.append(read(value))
        except MalformedError:
            malformed += 1
    return found, malformed


def connections(body: bytes) -> tuple[list[Connected], int]:
    """`GET /gap/nodes?connection_state=connected`: the links, and how many entries were none.

    An empty list comes as `{"nodes":{}}`, a table encoder's quirk.
    """
    found = parse(body)
    nodes = found.get("nodes") if isinstance(found, dict) else None
    if nodes == {}:
        return [], 0
    if not isinstance(nodes, list):
        raise MalformedError("the answer holds no connection list")
    return read_all(nodes, _connected)


def _connected(node: Json) -> Connected:
    if not isinstance(node, dict):
        raise MalformedError("a connection is not an object")
    chip = node.get("chipId")
    tx, rx = word(node.get("tx_phy")), word(node.get("rx_phy"))
    pairing = node.get("pairStatus")
    return Connected(
        address(node.get("id") or device(node)[0]),
        0 if chip is None else integer(chip, 0, CHIPS_MAX - 1, "chipId"),
        (tx, rx) if tx and rx else None,
        None if pairing is None else pairing == "paired",
    )


def link_state(event: Json) -> LinkState:
    if not isinstance(event, dict):
        raise MalformedError("a connection state is not an object")
    chip, reason = event.get("chipId"), event.get("reason")
    return LinkState(
        address(event.get("handle")),  # which holds the address
        word(event.get("connectionState")) or "",
        None if chip is None else integer(chip, 0, CHIPS_MAX - 1, "chipId"),
        reason if isinstance(reason, str) else "",
    )


def rssi(body: bytes) -> int:
    """`…/rssi`, dBm."""
    found = parse(body)
    return integer(found.get("rssi") if isinstance(found, dict) else None, -127, 20, "rssi")


def phy(body: bytes) -> tuple[str, str]:
    """`…/phy`: what is sent with, and what is received with."""
    found = parse(body)
    tx, rx = (word(found.get(key)) if isinstance(found, dict) else None for key in ("tx_phy", "rx_phy"))
    if tx is None or rx is None:
        raise MalformedError("tx_phy or rx_phy is missing")
    return tx, rx


def device(event: Mapping[str, Json]) -> tuple[str, AddressType | None]:
    """Address and its type: `bdaddrs` is a list in scan events and an object in lists; native events are flat."""
    found = event.get("bdaddrs", event)
    if isinstance(found, list):
        found = found[0] if found else None
    if not isinstance(found, dict):
        raise MalformedError("bdaddrs holds no device")
    kind = found.get("bdaddrType", found.get("bdaddType"))  # keys are misspelt in some of the vendor's samples
    return address(found.get("bdaddr", found.get("bdad"))), _TYPES.get(kind) if isinstance(kind, str) else None


def address(value: Json) -> str:
    """`value` in upper-case colon form."""
    upper = value.upper() if isinstance(value, str) else ""
    if not _ADDRESS.fullmatch(upper):
        raise MalformedError("not a device address")
    return upper


def integer(value: Json, low: int, high: int, what: str) -> int:
    """A whole number in [low, high]; firmware writes some as strings."""
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or not low <= value <= high:
        raise MalformedError(f"{what} is not a number from {low} to {high}")
    return int(value)


def word(value: Json) -> str | None:
    """A short text or number as visible text, else None."""
    return bounded(visible(str(value)), 60) if isinstance(value, (str, int, float)) and value != "" else None
