"""Events as the messages that are published: topics, and the objects of the headless commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from bletui import __version__
from bletui.bridge.publishing.messages import Message, Sort, message
from bletui.cli.linkrecords import link_object
from bletui.cli.records import Record, failure_object, lane_down_object, lane_object, shed_object
from bletui.decode import beacons
from bletui.decode.beacon import Beacon
from bletui.decode.fields import fields
from bletui.decode.names import company as company_name
from bletui.devices import Device
from bletui.failure import Failure
from bletui.model import Event, LaneChanged, LaneDown, LinkChanged, OperationChanged, Shed, StreamChanged


class Published:
    """`root`: what every topic begins with; `radios` gives their names."""

    def __init__(self, root: str, bridge: str, radios: Callable[[], list[str]], wall: Callable[[], float]) -> None:
        self._root = root
        self._bridge = bridge
        self._radios = radios
        self._wall = wall
        self._broken: dict[tuple[str, str | None, str], Failure] = {}

    def status(self, state: str) -> Message:
        record = {
            "schema": "bletui.publisher/1",
            "state": state,
            "at": round(self._wall(), 6),
            "bridge": self._bridge,
            "program": f"bletui {__version__}",
            "radios": self._radios(),
        }
        return message(self._root, Sort.STATUS, record)

    def lost(self, lost: Counter[Sort]) -> Iterator[Message]:
        for sort, count in lost.items():
            yield self._shed(Shed(self._wall(), None, f"messages on {sort.level}", count))

    def event(self, radio: str, event: Event) -> Iterable[Message]:
        match event:
            case LaneChanged(at=at, lane=lane):
                yield message(self._root, Sort.LANE, lane_object(radio, at, lane), lane.id)
            case LaneDown(lane=gone):
                yield message(self._root, Sort.LANE, lane_down_object(radio, event), gone)
            case LinkChanged(peer=peer):
                yield message(self._root, Sort.LINK, link_object(radio, event), peer.address)
            case OperationChanged(at=at, operation=operation) if operation.state == "failed" and operation.failure:
                where = {"address": operation.request.address or None, "lane": operation.lane}
                yield self._failure(radio, at, operation.failure, where)
            case StreamChanged(at=at, lane=on, stream=stream, failure=failure):
                if self._is_news((radio, on, stream), failure) and failure is not None:
                    yield self._failure(radio, at, failure, {"lane": on})
            case Shed():
                yield self._shed(event)
            case _:
                pass

    def device(self, device: Device, meaning: str | None) -> Message:
        return message(self._root, Sort.DEVICE, device_object(device, meaning), device.address)

    def _shed(self, shed: Shed) -> Message:
        return message(self._root, Sort.SHED, shed_object(shed))

    def _failure(self, radio: str, at: float, failure: Failure, where: Record) -> Message:
        record = {**failure_object(failure), "at": round(at, 6), "radio": radio}
        for name, value in where.items():
            if value is not None:
                record.setdefault(name, value)
        return message(self._root, Sort.FAILURE, record, failure.kind.value)

    def _is_news(self, stream: tuple[str, str | None, str], failure: Failure | None) -> bool:
        """A stream that is tried again and again fails once until it is live, or fails in another way."""
        before = self._broken.pop(stream, None)
        if failure is None:
            return False
        self._broken[stream] = failure
        return before is None or _sort(before) != _sort(failure)


def _sort(failure: Failure) -> tuple[str, str, str]:
    return failure.kind.value, failure.source, failure.code


def device_object(device: Device, meaning: str | None) -> Record:
    """A device as it is heard now, by every lane together."""
    best = device.best()
    found = _beacons(device)
    return {
        "schema": "bletui.device/1",
        "at": round(device.last_at, 6),
        "address": device.address,
        "address_type": device.address_type,
        "name": device.name,
        "company": device.company,
        "company_name": None if device.company is None else company_name(device.company),
        "rssi": None if best is None else best.rssi,
        "lane": None if best is None else best.lane,
        "lanes": {heard.lane: heard.rssi for heard in device.heard()},
        "count": device.count,
        "interval": None if device.interval is None else round(device.interval, 3),
        "connectable": device.connectable,
        "tx_power": device.tx_power,
        "service_uuids": list(device.service_uuids),
        "meaning": meaning,
        "beacons": None if found is None else [_beacon_object(one) for one in found],
        "raw": None if device.adv is None else device.adv.hex(),
        "scan_response": None if device.rsp is None else device.rsp.hex(),
    }


def _beacons(device: Device) -> list[Beacon] | None:
    """None: this radio hands out no bytes to look for any."""
    raw = device.raw
    if raw is None:
        return None
    read = (
        beacons.read(one.code, one.value, address=device.address, keys=device.keys) for one in fields(raw) if one.whole
    )
    return [beacon for beacon in read if beacon is not None]


def _beacon_object(beacon: Beacon) -> Record:
    return {
        "kind": beacon.kind,
        "facts": [{"name": fact.name, "value": fact.value, "unit": fact.unit or None} for fact in beacon.facts],
        "problem": beacon.problem,
    }
