"""Files of checked blocks: only ever appended to, and readable to the last whole block however the writer ended.

`MAGIC`, then blocks. A block is a length (4 bytes, big-endian), the CRC-32 of that length and the payload (4 bytes,
big-endian), and so many bytes of payload. The checksum covers the length so that a tail of zeros is no block.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

from bletui.failure import BleError, ErrorKind, Failure

MAGIC = b"\x89BLE\r\n\x1a\n"  # not text, and changed by whatever changes line ends
BLOCK_MAX = 32 * 1024 * 1024  # bytes of payload
_HEAD = 8


class Damaged(NamedTuple):
    """Bytes that are no block: a tail that was cut, or a block that was spoilt."""

    at: int
    size: int


def block(payload: bytes) -> bytes:
    """`payload` as a block; an empty one, or one over `BLOCK_MAX`, is `data.malformed`."""
    if not 0 < len(payload) <= BLOCK_MAX:
        raise _malformed(f"a block has 1 to {BLOCK_MAX} bytes, not {len(payload)}")
    length = len(payload).to_bytes(4, "big")
    return length + crc32(payload, crc32(length)).to_bytes(4, "big") + payload


def blocks(data: bytes) -> Iterator[bytes | Damaged]:
    """Each whole payload in order. A spoilt block is told as `Damaged` and passed by if a whole one, or the end,
    stands behind it; else everything from there on is one `Damaged`.

    `data.malformed`: the file does not begin with `MAGIC`. A file that was cut within it has no blocks.
    """
    if not data.startswith(MAGIC):
        if MAGIC.startswith(data):
            return
        raise _malformed("this is no file of blocks")
    at = len(MAGIC)
    while at < len(data):
        end = _end(data, at)
        if end is not None and _is_whole(data, at, end):
            yield data[at + _HEAD : end]
        elif end is None or not _goes_on(data, end):
            yield Damaged(at, len(data) - at)
            return
        else:
            yield Damaged(at, end - at)
        at = end


def _end(data: bytes, at: int) -> int | None:
    """Where the block's own length says that it ends; None for a length that can't be."""
    length = int.from_bytes(data[at : at + 4], "big")
    end = at + _HEAD + length
    return end if 0 < length <= BLOCK_MAX and end <= len(data) else None


def _is_whole(data: bytes, at: int, end: int) -> bool:
    view = memoryview(data)
    return crc32(view[at + _HEAD : end], crc32(view[at : at + 4])) == int.from_bytes(view[at + 4 : at + _HEAD], "big")


def _goes_on(data: bytes, at: int) -> bool:
    if at == len(data):
        return True
    end = _end(data, at)
    return end is not None and _is_whole(data, at, end)


def _malformed(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.DATA_MALFORMED, source="bletui.recordfile", operation="read", detail=detail))
