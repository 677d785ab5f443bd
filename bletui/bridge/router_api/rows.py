"""What the router's API answers in one piece: links and the router itself, from snapshots; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bletui import __version__
from bletui.bridge.router_api.bodies import is_address
from bletui.bridge.router_api.profiles import DEFAULT, Profile
from bletui.model import AddressType, Lane, LinkChanged, Snapshot, StreamChanged

_NO_TYPES: Mapping[str, AddressType] = {}
_NO_SIGNALS: Mapping[str, int] = {}

OURS = "bletui"
# A radio of this machine is in no network: keys that programs read are empty, as in an access controller's rows.
_NO_NETWORK = {"wired": {"iface": {"ip": ""}}, "wireless": {"iface": {"ip": ""}}, "capwap-ip": "", "capwap-uplink": ""}
NO_CONTAINER = {"status_code": 6, "status": "not_exist"}  # as recorded of a router that has none


@dataclass(frozen=True, slots=True)
class Counters:
    """What the server can say of itself. `uptime` seconds; shed: events that radios, or this server's clients, lost."""

    uptime: float = 0.0
    streams: int = 0
    radio_shed: int = 0
    client_shed: int = 0


def nodes(
    links: Iterable[LinkChanged],
    chip: Callable[[str], int],
    profile: Profile = DEFAULT,
    types: Mapping[str, AddressType] = _NO_TYPES,
    signals: Mapping[str, int] = _NO_SIGNALS,
) -> dict[str, object]:
    """The list of connected devices; with none the firmware writes an object instead of a list."""
    up = [(link, link.peer.address) for link in links if link.state == "up"]
    rows = [node(link, chip(link.peer.lane), profile, types.get(one), signals.get(one)) for link, one in up]
    return {"nodes": rows or {}}


def node(
    link: LinkChanged, chip: int, profile: Profile, kind: AddressType | None, rssi: int | None = None
) -> dict[str, object]:
    """One link, without bond and PHY before firmware 2; what is not known is left out, as the address type of a link
    that somebody else made."""
    device: dict[str, object] = {"bdaddr": link.peer.address}
    known: dict[str, object | None] = {
        "type": None if profile.m2000 else kind,
        "bdaddrs": device if kind is None else {**device, "bdaddrType": kind},
        "chipId": chip,
        "handle": "",
        "name": "",
        "connectionState": "connected",
        "pairStatus": None if link.bonded is None or not profile.bonds else "paired" if link.bonded else "none",
        "tx_phy": link.phy[0] if link.phy and profile.bonds else None,
        "rx_phy": link.phy[1] if link.phy and profile.bonds else None,
        "rssi": rssi,
        "id": link.peer.address,
    }
    return _told(known)


def interference(
    links: Iterable[LinkChanged],
    chip: Callable[[str], int],
    types: Mapping[str, AddressType],
    signals: Mapping[str, int],
) -> list[dict[str, object]]:
    """How well each link is heard; `packetLossRate` no radio tells."""
    up = [(link, link.peer.address) for link in links if link.state == "up"]
    return [
        _told({"id": one, "chipId": chip(link.peer.lane), "type": types.get(one), "rssi": signals.get(one)})
        for link, one in up
    ]


def _told(known: Mapping[str, object | None]) -> dict[str, object]:
    return {key: value for key, value in known.items() if value is not None}


def info(
    now: Iterable[Snapshot],
    chip: Callable[[str], int],
    counters: Counters,
    version: str,
    model: str = OURS,
    mac: str = "",
    at: float = 0.0,
    container: bool = False,
) -> dict[str, object]:
    """`/cassia/info`: only what is known; without `mac` a radio's, or an adapter's; `bletui` has our own counters.

    `at`: wall seconds, told in this machine's zone; `container`: whether it is told that there is none.
    """
    states = tuple(now)
    lanes = [(state, changed.lane) for state in states for changed in state.lanes.values()]
    return {
        "mac": mac or next(filter(None, (lane.router or own_address(lane) for _, lane in lanes)), ""),
        "model": model,
        "version": version,
        "uptime": int(counters.uptime),
        "timeconf": {"now": f"{datetime.fromtimestamp(at):%Y-%m-%d %H:%M:%S}"},
        "chipinfo": {str(chip(lane.id)): _chip(lane, _scan(state, lane)) for state, lane in lanes},
        **_NO_NETWORK,
        **({"container": NO_CONTAINER} if container else {}),
        "bletui": {
            "version": __version__,
            "streams": counters.streams,
            "shed": {"radio": counters.radio_shed, "clients": counters.client_shed},
        },
    }


def own_address(lane: Lane) -> str:
    """The adapter's own; "" where it is not known."""
    found = lane.info.get("address", "")
    return found if is_address(found) else ""


def _scan(state: Snapshot, lane: Lane) -> StreamChanged | None:
    """The lane's own scan stream, else the one that serves the whole radio."""
    return state.streams.get((lane.id, "scan")) or state.streams.get((None, "scan"))


def _chip(lane: Lane, scan: StreamChanged | None) -> dict[str, object]:
    """`failure`: why the chip can't be used, else why its scan is broken."""
    chip: dict[str, object] = {
        "name": lane.name or lane.id,
        "status": 0 if lane.usable else 1,
        "scan_en": int(scan is not None and scan.state == "live"),
    }
    if own_address(lane):
        chip["addr"] = own_address(lane)
    if lane.slots_max is not None:
        chip["max"] = lane.slots_max
    failure = lane.usable or (scan and scan.failure)
    if failure:
        chip["failure"] = failure.kind.value
    return chip
