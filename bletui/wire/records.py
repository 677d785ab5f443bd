"""Batches of events as msgpack: `[seq, [record, …]]`, each record `[tag, …]`.

Advertisements are grouped by lane, with times as microseconds after the group's first: 46 bytes each for a 22-byte
payload. Grouping keeps the order within a lane, which is all that the radio promises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any

import msgpack

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    PDUS,
    AdvertisedFields,
    Advertisement,
    Batch,
    Bond,
    Connect,
    Disconnect,
    Discover,
    Event,
    Extended,
    GattTree,
    LaneChanged,
    LaneDown,
    LinkChanged,
    ListBonds,
    Notification,
    OperationChanged,
    Pair,
    Peer,
    Phy,
    Prompt,
    PromptClosed,
    Read,
    ReadRssi,
    Request,
    Result,
    ServicesChanged,
    SetPhy,
    Shed,
    StreamChanged,
    Subscribe,
    SubscriptionChanged,
    TreeChanged,
    Unpair,
    Write,
)
from bletui.wire.schema import ShapeError, codec_of, tagged, variants

VERSION = 1

ADVERTISEMENTS = 1
ADDRESSES_KEPT = 16_384  # that need not be written out, or read, again
_EVENTS: dict[int, type] = {
    2: LaneChanged,
    3: LaneDown,
    4: LinkChanged,
    5: TreeChanged,
    6: ServicesChanged,
    7: SubscriptionChanged,
    8: Notification,
    9: Prompt,
    10: PromptClosed,
    11: StreamChanged,
    12: OperationChanged,
    13: Shed,
}
REQUESTS: dict[int, type] = {
    1: Connect,
    2: Disconnect,
    3: Discover,
    4: Read,
    5: Write,
    6: Subscribe,
    7: Pair,
    8: Unpair,
    9: ReadRssi,
    10: SetPhy,
    11: ListBonds,
}
variants(Request, REQUESTS)
variants(Result, {1: Peer, 2: GattTree, 3: Phy, 4: tuple[Bond, ...], 5: bytes, 6: int})
_event = tagged(_EVENTS)
_fields = codec_of(AdvertisedFields | None)
_extended = codec_of(Extended | None)
_str = codec_of(str | None)
_ADDRESS_TYPES = ("public", "random")
_TYPE_NUMBERS = {None: None, "public": 0, "random": 1}
_PDU_NUMBERS: dict[str | None, int | None] = {None: None, **{pdu: number for number, pdu in enumerate(PDUS)}}


def pack(batch: Batch) -> bytes:
    """The batch as one msgpack value. Times of advertisements are kept to the microsecond."""
    packed: bytes = msgpack.packb([batch.seq, list(_records(batch.events))])
    return packed


def unpack(data: bytes) -> tuple[Batch, int]:
    """The batch in one msgpack value, and how many records had a tag that this version does not know.

    `data.malformed` names the path to what does not fit.
    """
    return batch_of(_opened(data, 2))


def batch_of(plain: object) -> tuple[Batch, int]:
    """The batch in a value that was unpacked already, as `unpack`."""
    if not isinstance(plain, list) or len(plain) < 2 or type(plain[0]) is not int or not isinstance(plain[1], list):
        raise _malformed("a batch is [sequence number, records]")
    seq, records = plain[:2]
    events: list[Event] = []
    unknown = 0
    for n, record in enumerate(records):
        if not isinstance(record, list) or not record or type(record[0]) is not int:
            raise _malformed(f"record {n} has no tag")
        if record[0] != ADVERTISEMENTS and record[0] not in _EVENTS:
            unknown += 1
            continue
        try:
            events.extend(_heard(record) if record[0] == ADVERTISEMENTS else (_event.value(record),))
        except ShapeError as wrong:
            raise _malformed(f"record {n}, tag {record[0]}: {wrong}") from None
    return Batch(seq, tuple(events)), unknown


def pack_request(request: Request) -> bytes:
    packed: bytes = msgpack.packb(codec_of(Request).plain(request))
    return packed


def unpack_request(data: bytes) -> Request:
    try:
        request: Request = codec_of(Request).value(_opened(data))
    except ShapeError as wrong:
        raise _malformed(f"request: {wrong}") from None
    return request


def _records(events: Iterable[Event]) -> Iterator[list[Any]]:
    for advertisements, run in groupby(events, key=lambda event: type(event) is Advertisement):
        if not advertisements:
            yield from (_event.plain(event) for event in run)
            continue
        lanes: dict[str, list[Advertisement]] = {}
        for event in run:
            if type(event) is Advertisement:
                lanes.setdefault(event.lane, []).append(event)
        for lane, heard in lanes.items():
            start = round(heard[0].at * 1e6)
            yield [ADVERTISEMENTS, start, lane, [_row(one, start) for one in heard]]


def _row(heard: Advertisement, start: int) -> list[Any]:
    at, _, address, address_type, rssi, pdu, raw, name, fields, extended = heard
    row = [round(at * 1e6) - start, _short(address), _TYPE_NUMBERS[address_type], rssi, _PDU_NUMBERS[pdu], raw]
    if name is not None or fields is not None or extended is not None:
        row += [name, _fields.plain(fields), _extended.plain(extended)]
    return row


def _heard(record: list[Any]) -> Iterator[Advertisement]:
    if len(record) < 4 or type(record[1]) is not int or type(record[2]) is not str or type(record[3]) is not list:
        raise ShapeError("advertisements are [tag, microseconds, lane, rows]")
    _, start, lane, rows = record[:4]
    for n, row in enumerate(rows):
        try:
            yield _advertisement(start, lane, row)
        except (ShapeError, TypeError, IndexError, ValueError) as wrong:
            raise ShapeError(f"row {n}: {wrong}") from None


def _advertisement(start: int, lane: str, row: list[Any]) -> Advertisement:
    """Half the cost of a bridge's client is here: the fields that every row has are checked in place."""
    offset, address, address_type, rssi, pdu, raw, *more = row
    name, fields, extended = (*more, None, None, None)[:3] if more else (None, None, None)
    if type(offset) is not int:
        raise ShapeError("the time is no integer")
    if rssi is not None and type(rssi) is not int:
        raise ShapeError("the RSSI is no integer")
    if raw is not None and type(raw) is not bytes:
        raise ShapeError("the payload is no bytes")
    heard = (
        (start + offset) / 1e6,
        lane,
        _long(address),
        None if address_type is None else _ADDRESS_TYPES[_index(address_type)],
        rssi,
        None if pdu is None else PDUS[_index(pdu)],
        raw,
        _str.value(name) if more else None,
        _fields.value(fields) if more else None,
        _extended.value(extended) if more else None,
    )
    return tuple.__new__(Advertisement, heard)


def _index(number: object) -> int:
    if type(number) is not int or number < 0:
        raise ShapeError("no index")
    return number


@lru_cache(ADDRESSES_KEPT)
def _short(address: str) -> bytes | str:
    """Six bytes for a colon-form address; an operating system's opaque id stays text."""
    if len(address) == 17 and address[2] == ":" and address == address.upper():
        try:
            packed = bytes.fromhex(address.replace(":", ""))
        except ValueError:
            return address
        return packed if packed.hex(":").upper() == address else address
    return address


@lru_cache(ADDRESSES_KEPT)
def _long(address: object) -> str:
    if isinstance(address, str):
        return address
    if isinstance(address, bytes) and len(address) == 6:
        return address.hex(":").upper()
    raise ShapeError("an address is six bytes or text")


def _opened(data: bytes, length: int = 1) -> list[Any]:
    try:
        value = msgpack.unpackb(data, strict_map_key=False)
    except (ValueError, msgpack.UnpackException, RecursionError) as wrong:
        raise _malformed(f"not msgpack: {wrong}") from None
    if not isinstance(value, list) or len(value) < length:
        raise _malformed(f"a list of {length} or more items was expected")
    return value


def _malformed(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.DATA_MALFORMED, source="bletui.wire", detail=detail))
