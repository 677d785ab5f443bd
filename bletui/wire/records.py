"""Batches of events as msgpack: `[seq, [record, …]]`, each record `[tag, …]`.

Advertisements are grouped by lane, in columns: 45 bytes each for a 22-byte payload. Grouping keeps the order within a
lane, which is all that the radio promises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, cast

import msgpack

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Advertisements,
    Batch,
    Bond,
    Connect,
    Disconnect,
    Discover,
    Event,
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
from bletui.wire import advertisements
from bletui.wire.schema import ARRAY, ShapeError, codec_of, tagged, variants

VERSION = 1

EVENTS: dict[int, type] = {
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
_event = tagged(EVENTS)


def pack(batch: Batch) -> bytes:
    """The batch as one msgpack value."""
    packed: bytes = msgpack.packb([batch.seq, list(_records(batch.events))])
    return packed


def unpack(data: bytes) -> tuple[Batch, int]:
    """The batch in one msgpack value, and how many records had a tag that this version does not know.

    `data.malformed` names the path to what does not fit.
    """
    return batch_of(_opened(data, 2))


def batch_of(plain: object) -> tuple[Batch, int]:
    """The batch in a value that was unpacked already, as `unpack`."""
    if not isinstance(plain, ARRAY) or len(plain) < 2 or type(plain[0]) is not int or not isinstance(plain[1], ARRAY):
        raise _malformed("a batch is [sequence number, records]")
    seq, records = plain[:2]
    events: list[Event] = []
    unknown = 0
    for n, record in enumerate(records):
        if not isinstance(record, ARRAY) or not record or type(record[0]) is not int:
            raise _malformed(f"record {n} has no tag")
        if record[0] != advertisements.TAG and record[0] not in EVENTS:
            unknown += 1
            continue
        try:
            some = advertisements.events(record) if record[0] == advertisements.TAG else (_event.value(record),)
        except ShapeError as wrong:
            raise _malformed(f"record {n}, tag {record[0]}: {wrong}") from None
        if len(records) == 1:
            return Batch(seq, some), 0
        events += some
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
    if type(events) is Advertisements:
        yield from advertisements.records(events)
        return
    for kind, run in groupby(events, key=type):
        if kind is Advertisement:
            yield from advertisements.records(cast(list[Advertisement], list(run)))
        else:
            yield from map(_event.plain, run)


def _opened(data: bytes, length: int = 1) -> Sequence[Any]:
    try:
        value = msgpack.unpackb(data, strict_map_key=False, use_list=False)
    except (ValueError, msgpack.UnpackException, RecursionError) as wrong:
        raise _malformed(f"not msgpack: {wrong}") from None
    if not isinstance(value, ARRAY) or len(value) < length:
        raise _malformed(f"a list of {length} or more items was expected")
    return value


def _malformed(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.DATA_MALFORMED, source="bletui.wire", detail=detail))
