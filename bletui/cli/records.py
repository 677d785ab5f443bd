"""The JSON objects of the headless commands; `docs/json.md` is written for whoever reads them.

Keys are only ever added. Times are seconds since the epoch, bytes are lower-case hex, what is not known is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bletui.errors.rules import remedies
from bletui.failure import Failure, to_plain
from bletui.model import AdvertisedFields, Advertisement, Extended, Lane, LaneDown, Rung, Shed, StreamChanged

Record = dict[str, Any]


def failure_object(failure: Failure) -> Record:
    """The failure with what to do about it, in order."""
    steps = [step.plain() for step in remedies(failure)]
    return {"schema": "bletui.failure/1", **to_plain(failure), "remedies": steps}


def advertisement_object(heard: Advertisement, name: str | None, company: int | None) -> Record:
    """`name` and `company` as known of the device so far; everything else is this report's own."""
    from bletui.decode.names import company as company_name

    at, lane, address, address_type, rssi, pdu, raw, _, fields, extended = heard
    return {
        "schema": "bletui.advertisement/1",
        "at": round(at, 6),
        "lane": lane,
        "address": address,
        "address_type": address_type,
        "rssi": rssi,
        "pdu": pdu,
        "name": name,
        "company": company,
        "company_name": None if company is None else company_name(company),
        "raw": None if raw is None else raw.hex(),
        "fields": None if fields is None else _fields(fields),
        "extended": None if extended is None else _extended(extended),
    }


def shed_object(shed: Shed) -> Record:
    return {
        "schema": "bletui.shed/1",
        "at": round(shed.at, 6),
        "lane": shed.lane,
        "what": shed.what,
        "count": shed.count,
    }


def stream_object(radio: str, changed: StreamChanged) -> Record:
    return {
        "schema": "bletui.stream/1",
        "at": round(changed.at, 6),
        "radio": radio,
        "lane": changed.lane,
        "stream": changed.stream,
        "state": changed.state,
        "failure": changed.failure and failure_object(changed.failure),
        "retry_at": changed.retry_at,
    }


def lane_object(radio: str, at: float, lane: Lane, gone: Failure | None = None) -> Record:
    return {
        "schema": "bletui.lane/1",
        "at": round(at, 6),
        "radio": radio,
        "lane": lane.id,
        "name": lane.name,
        "router": lane.router,
        "chip": lane.chip,
        "slots_used": lane.slots_used,
        "slots_max": lane.slots_max,
        "paused": lane.paused,
        "usable": lane.usable is None and gone is None,
        "failure": failure_object(failure) if (failure := gone or lane.usable) else None,
        "cannot": dict(lane.cannot),
        "info": dict(lane.info),
    }


def lane_down_object(radio: str, down: LaneDown) -> Record:
    return lane_object(radio, down.at, Lane(down.lane), down.reason)


def rung_object(target: str, rung: Rung) -> Record:
    return {
        "schema": "bletui.rung/1",
        "target": target,
        "name": rung.name,
        "state": rung.state,
        "evidence": rung.evidence,
        "failure": rung.failure and failure_object(rung.failure),
    }


def _fields(fields: AdvertisedFields) -> Record:
    return {
        "manufacturer": {f"{company:04x}": data.hex() for company, data in fields.manufacturer.items()},
        "service_data": _hexed(fields.service_data),
        "service_uuids": list(fields.service_uuids),
        "tx_power": fields.tx_power,
    }


def _hexed(data: Mapping[str, bytes]) -> dict[str, str]:
    return {uuid: value.hex() for uuid, value in data.items()}


def _extended(extended: Extended) -> Record:
    return {
        "primary_phy": extended.primary_phy,
        "secondary_phy": extended.secondary_phy,
        "sid": extended.sid,
        "tx_power": extended.tx_power,
        "interval": extended.interval,
        "connectable": extended.connectable,
        "data_status": extended.data_status,
    }
