"""Scan events, as JSON, to advertisements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from bletui.backends.cassia.api import CHIPS_MAX, Json, MalformedError, address, device, integer, word
from bletui.model import PDUS, AddressType, Advertisement, Event, Extended, Pdu
from bletui.text import bounded, visible

UNNAMED: Final = "(unknown)"
NAME_MAX = 248  # the longest device name (Core, Vol 3 Part C, 12.1)
DATA_MAX = 1650  # bytes of advertising data (Core, Vol 4 Part E, 7.8.54)
MEMO_MAX = 4096  # entries
REMEMBERED = 510  # characters of what a memo keeps
_TYPES: Mapping[object, AddressType] = {"public": "public", "random": "random"}
_PDUS: Mapping[object, Pdu] = dict(enumerate(PDUS[:5]))  # without extended ones, which say more
_NAME_TYPES = (0x08, 0x09)  # shortened, complete local name

ChipLane = Callable[[int | None], str]  # the lane of a chip; None: the event does not say


class ScanReader:
    """The scan events of one router to advertisements."""

    def __init__(self, lane_of: ChipLane) -> None:
        self._lane_of = lane_of
        self._lanes: dict[object, str] = {}
        # Devices repeat themselves; equal payloads are then one object, which the store compares by identity first.
        self._payloads = lru_cache(MEMO_MAX)(bytes.fromhex)
        self._addresses = lru_cache(MEMO_MAX)(address)
        self._names = lru_cache(MEMO_MAX)(_name)
        self._named = lru_cache(MEMO_MAX)(_carries_name)

    def read(self, parsed: Sequence[Json], at: float) -> tuple[list[Event], int]:
        """The advertisements among `parsed`, all heard at wall time `at`, and how many are none.

        Today's firmware in a straight line; whatever differs from it goes the careful way.
        """
        payloads, addresses, lanes = self._payloads, self._addresses, self._lanes
        heard: list[Event] = []
        add, new = heard.append, tuple.__new__  # the named tuple's own constructor costs as much as all the rest
        malformed = 0
        for event in parsed:
            try:
                who = event["bdaddrs"][0]
                digits = event["adData"] if "adData" in event else event["scanData"]
                rssi, name = event["rssi"], event["name"]
                if type(rssi) is not int or not -127 <= rssi <= 20 or len(digits) > REMEMBERED:
                    raise TypeError  # noqa: TRY301 - to the careful way, as what the lookups raise
                raw = payloads(digits)
                name = None if name == UNNAMED else self._beyond(raw, name)
                lane, where, kind = lanes[event.get("chipId")], addresses(who["bdaddr"]), _TYPES[who["bdaddrType"]]
                add(new(Advertisement, (at, lane, where, kind, rssi, _PDUS[event["evtType"]], raw, name, None, None)))
            except (LookupError, TypeError, ValueError, AttributeError):
                malformed += self._carefully(event, at, heard)
        return heard, malformed

    def _beyond(self, raw: bytes, name: str) -> str | None:
        """The name, unless the payload carries one itself."""
        if len(name) > REMEMBERED:
            raise ValueError
        return None if self._named(raw) else self._names(name)

    def _carefully(self, event: Json, at: float, heard: list[Event]) -> int:
        """Adds what `event` holds; the number of malformed events in it. An array is a batch of events."""
        if isinstance(event, list):
            return sum(self._carefully(one, at, heard) if isinstance(one, dict) else 1 for one in event)
        try:
            heard.append(advertisement(event, at, self._lane))
        except MalformedError:
            return 1
        return 0

    def _lane(self, chip: Json) -> str:
        number = None if chip is None else integer(chip, 0, CHIPS_MAX - 1, "chipId")
        lane = self._lane_of(number)
        if isinstance(chip, (int, str, type(None))) and len(self._lanes) < 64:
            self._lanes[chip] = lane
        return lane


def advertisement(event: Json, at: float, lane: Callable[[Json], str]) -> Advertisement:
    """One scan event of any firmware; `lane` makes a lane id of its `chipId`. `MalformedError` if it is none."""
    if not isinstance(event, dict):
        raise MalformedError("a scan event is not an object")
    where, kind = device(event)
    digits = event.get("scanData") if event.get("adData") is None else event["adData"]
    raw = None if digits is None else _payload(digits)
    pdu = _pdu(event)
    rssi = event.get("rssi")
    return Advertisement(
        at,
        lane(event.get("chipId")),
        where,
        kind,
        None if rssi is None or rssi in (127, "127") else integer(rssi, -127, 20, "rssi"),
        pdu,
        raw,
        None if raw is not None and _carries_name(raw) else _name(event.get("name")),
        None,
        _extended(event) if pdu == "ADV_EXT_IND" else None,
    )


def _payload(digits: Json) -> bytes:
    if not isinstance(digits, str):
        raise MalformedError("advertising data is not a string")
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        raise MalformedError("advertising data is not hex") from None
    if len(raw) > DATA_MAX:
        raise MalformedError("advertising data is too long")
    return raw


def _carries_name(raw: bytes) -> bool:
    at, end = 0, len(raw)
    while at < end - 2:
        length = raw[at]
        if raw[at + 1] in _NAME_TYPES and 1 < length < end - at:
            return True
        at += length + 1
    return False


def _name(text: Json) -> str | None:
    return bounded(visible(text), NAME_MAX) if isinstance(text, str) and text and text != UNNAMED else None


def _pdu(event: Mapping[str, Json]) -> Pdu | None:
    number = event.get("evtType", event.get("evt_type"))  # evt_type: firmware 1.3 and before
    if number is None:
        return "SCAN_RSP" if event.get("scanData") is not None and event.get("adData") is None else None
    number = integer(number, 0, 255, "evtType")
    return PDUS[number] if number < len(PDUS) else None


def _extended(event: Mapping[str, Json]) -> Extended:
    tx_power, prop = _told(event, "txPower", -127, 127), word(event.get("prop"))
    return Extended(
        primary_phy=word(event.get("primaryPhy")),
        secondary_phy=word(event.get("secondaryPhy", event.get("secondryPhy"))),  # misspelt by some firmware
        sid=_told(event, "sid", 0, 255),
        tx_power=None if tx_power == 127 else tx_power,
        interval=_told(event, "interval", 0, 0xFFFF),
        connectable=None if prop is None else prop.casefold() == "connectable",
        data_status=word(event.get("dataStatus")),
    )


def _told(event: Mapping[str, Json], key: str, low: int, high: int) -> int | None:
    return None if event.get(key) is None else integer(event[key], low, high, key)
