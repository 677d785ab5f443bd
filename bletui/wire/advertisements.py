"""Advertisements as columns, one record per lane: thousands a second pass here, and rows would cost half more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from math import isfinite
from struct import Struct
from typing import Any, TypeVar

from bletui.model import PDUS, AdvertisedFields, Advertisement, Advertisements, Extended
from bletui.wire.schema import ARRAY, Codec, ShapeError, codec_of

TAG = 1
ADDRESSES_KEPT = 16_384  # that need not be written out, or read, again

_COLUMNS = 8  # items of a record where nothing is known beyond the packets
_UNKNOWN = 255
_NO_ADDRESS = "an address is six bytes or text"
_NONE = type(None)
_ADDRESS_TYPES: dict[int, str | None] = {0: "public", 1: "random", _UNKNOWN: None}
_PDUS: dict[int, str | None] = {**dict(enumerate(PDUS)), _UNKNOWN: None}
_TYPE_NUMBERS: dict[object, int] = {word: number for number, word in _ADDRESS_TYPES.items()}
_PDU_NUMBERS: dict[object, int] = {word: number for number, word in _PDUS.items()}
_BEYOND: dict[str, Codec] = {
    "names": codec_of(str | None),
    "fields": codec_of(AdvertisedFields | None),
    "extended": codec_of(Extended | None),
}

K = TypeVar("K")
V = TypeVar("V")


class _Kept(dict[K, V]):
    """A function's last results; found twice as fast as in an lru_cache."""

    def __init__(self, function: Callable[[K], V]) -> None:
        self._function = function

    def __missing__(self, key: K) -> V:
        value = self._function(key)
        if len(self) >= ADDRESSES_KEPT:
            self.clear()
        self[key] = value
        return value


def records(heard: Sequence[Advertisement]) -> Iterator[list[Any]]:
    """`[tag, lane, columns …]` for each lane; the order within a lane is kept."""
    columns = tuple(zip(*heard, strict=True))
    if columns[1].count(heard[0].lane) == len(heard):
        yield _record(*columns)
        return
    lanes: dict[str, list[Advertisement]] = {}
    for one in heard:
        lanes.setdefault(one.lane, []).append(one)
    for some in lanes.values():
        yield _record(*zip(*some, strict=True))


def _record(
    at: Sequence[float],
    lanes: Sequence[str],
    addresses: Sequence[str],
    types: Sequence[object],
    rssi: Sequence[object],
    pdus: Sequence[object],
    raw: Sequence[object],
    *beyond: Sequence[object],
) -> list[Any]:
    known = [
        None if _unknown(column) else list(map(codec.plain, column))
        for codec, column in zip(_BEYOND.values(), beyond, strict=True)
    ]
    return [
        TAG,
        lanes[0],
        _doubles(len(at)).pack(*at),
        list(map(_packed.__getitem__, addresses)),
        bytes(map(_TYPE_NUMBERS.__getitem__, types)),
        rssi,
        bytes(map(_PDU_NUMBERS.__getitem__, pdus)),
        raw,
        *([] if _unknown(known) else known),
    ]


def events(record: Sequence[Any]) -> Advertisements:
    """The advertisements of one record. `ShapeError` names the column that does not fit."""
    if len(record) < _COLUMNS or type(record[1]) is not str:
        raise ShapeError("advertisements are [tag, lane, columns …]")
    _, lane, times, addresses, types, rssi, pdus, raw, *beyond = record[: _COLUMNS + len(_BEYOND)]
    at = _times(times)
    _demand("RSSI", rssi, {int, _NONE})
    _demand("payloads", raw, {bytes, _NONE})
    count = len(at)
    columns: list[Sequence[object]] = [
        at,
        (lane,) * count,
        _spelled(addresses),
        _words("address types", types, _ADDRESS_TYPES),
        rssi,
        _words("PDU types", pdus, _PDUS),
        raw,
        *(_values(what, column, count) for what, column in zip(_BEYOND, [*beyond, None, None, None], strict=False)),
    ]
    if {*map(len, columns)} != {count}:
        raise ShapeError("columns of different lengths")
    return Advertisements(map(tuple.__new__, repeat(Advertisement), zip(*columns, strict=True)))


def _doubles(count: int) -> Struct:
    return Struct(f">{count}d")


def _times(packed: object) -> tuple[float, ...]:
    if not isinstance(packed, bytes) or len(packed) % 8:
        raise ShapeError("times: 8 bytes expected for each")
    times = _doubles(len(packed) // 8).unpack(packed)
    if not isfinite(sum(times)):
        raise ShapeError("times: a finite number expected for each")
    return times


def _listed(what: str, column: Sequence[object]) -> None:
    if not isinstance(column, ARRAY):
        raise ShapeError(f"{what}: list expected, {type(column).__name__} found")


def _demand(what: str, column: Sequence[object], types: set[type]) -> None:
    _listed(what, column)
    if not set(map(type, column)) <= types:
        n, wrong = next((n, one) for n, one in enumerate(column) if type(one) not in types)
        raise ShapeError(f"{what}: {n}: {type(wrong).__name__} found")


def _spelled(addresses: Sequence[object]) -> list[str]:
    _listed("addresses", addresses)
    try:
        return list(map(_unpacked.__getitem__, addresses))
    except TypeError:  # not even hashable
        raise ShapeError(_NO_ADDRESS) from None


def _words(what: str, numbers: object, words: Mapping[int, str | None]) -> list[str | None]:
    if not isinstance(numbers, bytes):
        raise ShapeError(f"{what}: bytes expected, {type(numbers).__name__} found")
    try:
        return list(map(words.__getitem__, numbers))
    except KeyError as unknown:
        raise ShapeError(f"{what}: {unknown} is not known") from None


def _values(what: str, column: Sequence[object] | None, count: int) -> Sequence[object]:
    if column is None:
        return (None,) * count
    _listed(what, column)
    try:
        return list(map(_BEYOND[what].value, column))
    except ShapeError as wrong:
        raise ShapeError(f"{what}: {wrong}") from None


def _unknown(column: Sequence[object]) -> bool:
    return column.count(None) == len(column)


def _six_bytes(address: str) -> bytes | str:
    """For a colon-form address; an operating system's opaque id stays text."""
    if len(address) == 17 and address[2] == ":" and address == address.upper():
        try:
            packed = bytes.fromhex(address.replace(":", ""))
        except ValueError:
            return address
        return packed if packed.hex(":").upper() == address else address
    return address


def _text(address: object) -> str:
    if isinstance(address, str):
        return address
    if isinstance(address, bytes) and len(address) == 6:
        return address.hex(":").upper()
    raise ShapeError(_NO_ADDRESS)


_packed: _Kept[str, bytes | str] = _Kept(_six_bytes)
_unpacked: _Kept[object, str] = _Kept(_text)
