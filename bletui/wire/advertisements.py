"""Advertisements as rows, one record per lane. Made and read by column, not by row: thousands a second pass here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, TypeVar

from bletui.model import PDUS, AdvertisedFields, Advertisement, Extended
from bletui.wire.schema import ARRAY, Codec, ShapeError, codec_of

TAG = 1
ADDRESSES_KEPT = 16_384  # that need not be written out, or read, again

_ROW = 6  # fields of a row where nothing is known beyond the packet
_NONE = type(None)
_ADDRESS_TYPES: dict[int | None, str | None] = {None: None, 0: "public", 1: "random"}
_PDUS: dict[int | None, str | None] = {None: None, **dict(enumerate(PDUS))}
_TYPE_NUMBERS: dict[object, object] = {word: number for number, word in _ADDRESS_TYPES.items()}
_PDU_NUMBERS: dict[object, object] = {word: number for number, word in _PDUS.items()}
_BEYOND: tuple[Codec, ...] = (codec_of(str | None), codec_of(AdvertisedFields | None), codec_of(Extended | None))

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
    """`[tag, microseconds, lane, rows]` for each lane; the order within a lane is kept."""
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
    start = round(at[0] * 1e6)
    rows: Iterable[tuple[object, ...]] = zip(
        [round(one * 1e6) - start for one in at],
        map(_packed.__getitem__, addresses),
        map(_TYPE_NUMBERS.__getitem__, types),
        rssi,
        map(_PDU_NUMBERS.__getitem__, pdus),
        raw,
        strict=True,
    )
    if not all(map(_unknown, beyond)):
        rows = (_whole(row, *more) for row, *more in zip(rows, *beyond, strict=True))
    return [TAG, start, lanes[0], list(rows)]


def _whole(row: tuple[object, ...], *beyond: object) -> tuple[object, ...]:
    if _unknown(beyond):
        return row
    return (*row, *(codec.plain(one) for codec, one in zip(_BEYOND, beyond, strict=True)))


def events(record: Sequence[Any]) -> tuple[Advertisement, ...]:
    """The advertisements of one record. `ShapeError` names the first row that does not fit."""
    if len(record) < 4 or type(record[1]) is not int or type(record[2]) is not str or not isinstance(record[3], ARRAY):
        raise ShapeError("advertisements are [tag, microseconds, lane, rows]")
    _, start, lane, rows = record[:4]
    try:
        return _events(start, lane, rows)
    except (ShapeError, TypeError):
        for n, row in enumerate(rows):
            _check(n, row)
        raise


def _check(n: int, row: Any) -> None:
    try:
        _events(0, "", [row])
    except (ShapeError, TypeError) as wrong:
        raise ShapeError(f"row {n}: {wrong}") from None


def _events(start: int, lane: str, rows: Sequence[Any]) -> tuple[Advertisement, ...]:
    count = len(rows)
    if not rows:
        return ()
    if set(map(len, rows)) != {_ROW}:
        rows = list(map(_padded, rows))
    offsets, addresses, types, rssi, pdus, raw, *beyond = zip(*rows, strict=True)
    _demand("the time", offsets, {int})
    _demand("the RSSI", rssi, {int, _NONE})
    _demand("the payload", raw, {bytes, _NONE})
    columns = (
        [(start + offset) / 1e6 for offset in offsets],
        repeat(lane, count),
        map(_unpacked.__getitem__, addresses),
        _words("the address type", types, _ADDRESS_TYPES),
        rssi,
        _words("the PDU type", pdus, _PDUS),
        raw,
        *(_values(codec, column) for codec, column in zip(_BEYOND, beyond or [(None,) * count] * 3, strict=True)),
    )
    return tuple(map(tuple.__new__, repeat(Advertisement), zip(*columns, strict=True)))


def _padded(row: Sequence[object]) -> tuple[object, ...]:
    """To the fields that are known here, whatever a newer version appended."""
    if len(row) < _ROW:
        raise ShapeError(f"{_ROW} fields or more expected")
    return (*row, *[None] * len(_BEYOND))[: _ROW + len(_BEYOND)]


def _demand(what: str, column: Sequence[object], types: set[type]) -> None:
    if not set(map(type, column)) <= types:
        raise ShapeError(f"{what} is of another type")


def _words(what: str, numbers: Sequence[Any], words: Mapping[int | None, str | None]) -> list[str | None]:
    _demand(what, numbers, {int, _NONE})
    try:
        return list(map(words.__getitem__, numbers))
    except KeyError as unknown:
        raise ShapeError(f"{what} {unknown} is not known") from None


def _values(codec: Codec, column: Sequence[object]) -> Sequence[object]:
    return column if _unknown(column) else list(map(codec.value, column))


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
    raise ShapeError("an address is six bytes or text")


_packed: _Kept[str, bytes | str] = _Kept(_six_bytes)
_unpacked: _Kept[object, str] = _Kept(_text)
