"""An access controller's JSON as values: its routers, and its answers to switches. What can't be read is
`MalformedError`."""

from __future__ import annotations

from typing import NamedTuple

from bletui.backends.cassia.api import Json, MalformedError, address, parse, read_all, word


class Hub(NamedTuple):
    """A router as its access controller knows it; what it does not say is empty."""

    mac: str
    online: bool
    name: str = ""
    model: str = ""
    version: str = ""
    group: str = ""


def hub_list(body: bytes, *, online: bool) -> tuple[list[Hub], int]:
    """`GET /cassia/hubs` or `/ac/ap`: the routers, and how many entries were none. `online`: where it is not said.

    A list, or an object of rows by address.
    """
    found = parse(body)
    if not isinstance(found, list | dict):
        raise MalformedError("the answer holds no list of routers")
    return read_all(found.values() if isinstance(found, dict) else found, lambda row: hub(row, online=online))


def hub(row: Json, *, online: bool) -> Hub:
    """One row of a router list, or an event that tells of a router's state."""
    if not isinstance(row, dict):
        raise MalformedError("a router is not an object")
    status = row.get("status")
    if status is not None and status not in ("online", "offline"):
        raise MalformedError("a router's status is neither online nor offline")
    uplink = row.get("ap")
    return Hub(
        address(row.get("mac") or row.get("id") or uplink),
        online if status is None else status == "online",
        word(row.get("name")) or "",
        word(row.get("model")) or "",
        word(row.get("version")) or "",
        word(row.get("group")) or "",
    )


def stated(event: Json) -> Hub:
    """An event that tells whether a router is online."""
    if not isinstance(event, dict) or event.get("status") is None:
        raise MalformedError("a router's status is missing")
    return hub(event, online=False)


def accepted(body: bytes) -> None:
    """A controller's answer to `/aps/…`: `{"status":"accepted"}`, elsewhere `OK` as text; else `MalformedError`."""
    if body.strip().upper() == b"OK":
        return
    found = parse(body)
    status = found.get("status") if isinstance(found, dict) else None
    if status not in ("accepted", "success", "ok"):
        raise MalformedError("neither OK nor accepted")
