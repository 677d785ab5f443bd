"""Events as the router writes them: one line of JSON in one `data:` field, never anything but JSON.

Everything outside ASCII is escaped, so that no name from the air reaches a terminal through `curl`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from bletui.bridge.router_api.beacon import beacon_of
from bletui.bridge.router_api.profiles import DEFAULT, Profile
from bletui.bridge.router_api.report import NO_RSSI, UNNAMED, evt_type, facts, made_up, payload
from bletui.failure import ErrorKind
from bletui.model import AddressType, Advertisement, Extended, LinkChanged, Notification

_MADE_UP: AddressType = "public"


def event(value: Mapping[str, object]) -> bytes:
    return b"data: " + json.dumps(value, separators=(",", ":")).encode() + b"\n\n"


def comment(text: str) -> bytes:
    return f":{text}\n\n".encode()


def scan_event(ad: Advertisement, chip: int, profile: Profile = DEFAULT) -> bytes:
    """The scan stream's event for one advertisement; `synthesised` names the keys whose values were made up.

    Written as text because thousands a second are made; the keys stand in the order of the firmware's samples.
    """
    raw = payload(ad)
    device, name = _device(ad.address, ad.address_type or _MADE_UP), _name(raw, ad.name)
    number = evt_type(ad)
    rssi = NO_RSSI if ad.rssi is None else ad.rssi
    if not profile.chips:
        data = "scanData" if number == 4 else "adData"
        text = f'{{"name":{name},"{profile.evt_type}":{number},"rssi":{rssi},"{data}":"{_hex(raw)}",{device}'
    elif number == 4:
        text = f'{{{device},"scanData":"{_hex(raw)}","evtType":4,"rssi":{rssi},"chipId":{chip},"name":{name}'
    else:
        text = f'{{{device},"chipId":{chip},"evtType":{number},"rssi":{rssi},"adData":"{_hex(raw)}","name":{name}'
    if ad.extended is not None:
        text += _extended(ad.extended, profile.secondary)
    if ad.raw is None or ad.pdu is None or ad.rssi is None or ad.address_type is None:
        text += f',"synthesised":{json.dumps(made_up(ad), separators=(",", ":"))}'
    return f"data: {text}}}\n\n".encode("ascii")


def with_keys(line: bytes, keys: bytes) -> bytes:
    """The event `line` with more keys at its end, each written as `key` writes it."""
    return b"%b%b}\n\n" % (line[:-3], keys) if keys else line


def key(name: str, value: object) -> bytes:
    return f',"{name}":{json.dumps(value, separators=(",", ":"))}'.encode("ascii")


@lru_cache(maxsize=4096)
def beacon_key(raw: bytes) -> bytes:
    """The key for the beacon in a payload; nothing where there is none."""
    beacon = beacon_of(raw)
    return key("beacon", beacon) if beacon else b""


def timestamp(at: float, zone: tzinfo | None) -> str:
    """Wall time as in `2021-03-08 10:07:17.723 CST`; `zone` None: this machine's."""
    second, milliseconds = divmod(int(at * 1000), 1000)
    clock, name = _second(second, zone)
    return f"{clock}.{milliseconds:03d} {name}"


@lru_cache(maxsize=64)
def _second(second: int, zone: tzinfo | None) -> tuple[str, str]:
    moment = datetime.fromtimestamp(second, UTC).astimezone(zone)
    return f"{moment:%Y-%m-%d %H:%M:%S}", moment.strftime("%Z")


def state_event(changed: LinkChanged, chip: int, *, whole: bool = True) -> bytes | None:
    """The connection-state stream's event; None for a change that routers do not tell. Not `whole`: as the earliest
    firmware, without chip and reason."""
    words = {"up": "connected", "down": "disconnected"}.get(changed.state)
    if words is None:
        return None
    if not whole:
        return event({"handle": changed.peer.address, "connectionState": words})
    value: dict[str, object] = {"handle": changed.peer.address, "chipId": chip, "connectionState": words}
    if changed.state == "down":
        value["reason"] = _reason(changed)
    return event(value)


def notification_event(told: Notification, number: int | None, *, zone: tzinfo | None, timed: bool) -> bytes:
    """The notification stream's event; `number` None: without `seqNum`."""
    value: dict[str, object] = {
        "value": told.value.hex(),
        "handle": told.handle,
        "id": told.peer.address,
        "dataType": "indication" if told.indication else "notification",
    }
    if number is not None:
        value["seqNum"] = number
    if timed:
        value["timestamp"] = timestamp(told.at, zone)
    return event(value)


def _reason(changed: LinkChanged) -> str:
    """The router's own words where the failure has them; without a reason the host ended the link."""
    if changed.reason is None or changed.reason.kind is ErrorKind.OP_CANCELLED:
        return "host disconnect"
    return changed.reason.message or "device disconnect"


@lru_cache(maxsize=8192)
def _device(address: str, address_type: str) -> str:
    return f'"bdaddrs":[{{"bdaddr":{json.dumps(address)},"bdaddrType":"{address_type}"}}]'


@lru_cache(maxsize=8192)
def _hex(raw: bytes) -> str:
    return raw.hex().upper()


@lru_cache(maxsize=8192)
def _name(raw: bytes, known: str | None) -> str:
    return json.dumps(known or facts(raw).name or UNNAMED)


@lru_cache(maxsize=256)
def _extended(extended: Extended, secondary: tuple[str, ...]) -> str:
    """The keys of extended advertising, the one of the secondary PHY in each of its spellings."""
    values = {
        "primaryPhy": extended.primary_phy,
        **dict.fromkeys(secondary, extended.secondary_phy),
        "sid": extended.sid,
        "txPower": NO_RSSI if extended.tx_power is None else extended.tx_power,
        "interval": extended.interval,
        "prop": _PROPS.get(extended.connectable),
        "dataStatus": extended.data_status,
    }
    return "," + json.dumps({k: v for k, v in values.items() if v is not None}, separators=(",", ":"))[1:-1]


_PROPS: Mapping[bool | None, str] = {True: "Connectable", False: "Non-Connectable"}
