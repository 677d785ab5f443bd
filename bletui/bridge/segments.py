"""The ring on disk, read: which runs of the bridge left what, and where something is missing.

A folder of segments, numbered; each a file of blocks (`bletui/recordfile.py`). A segment's first block says which run
wrote it: `[version, version of the records, bridge, epoch, started]`. Each later one is `[[seq, events, sort, at,
batch], …]`: the frames of a second or so, each with the number of its first event, how many it has, 0 for
advertisements, 1 for notifications, 2 for everything else, the wall time of its last one, and the packed batch.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgpack

from bletui import wire
from bletui.bridge.frames import STATE, Frame
from bletui.bridge.protocol import codec
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Batch, Event, Shed, StreamChanged
from bletui.radio.seat import ADVERTISEMENTS, NOTIFICATIONS
from bletui.recordfile import Damaged, block, blocks

VERSION = 1
SUFFIX = ".blering"
SORTS = (ADVERTISEMENTS, NOTIFICATIONS, STATE)
STREAM = "bridge"
MISSING = "events of the ring's file"


class Head(NamedTuple):
    """Which run of which bridge wrote a segment."""

    bridge: str
    epoch: str
    started: float


class Segment(NamedTuple):
    """`damaged`: bytes of it that can't be read."""

    head: Head
    frames: tuple[Frame, ...]
    damaged: int = 0


def numbered(folder: Path) -> list[tuple[int, Path]]:
    """The folder's segments, oldest first; what has another name is not ours."""
    found = [(int(path.stem), path) for path in folder.glob(f"*{SUFFIX}") if path.stem.isdecimal()]
    return sorted(found)


def opening(head: Head) -> bytes:
    """The first block."""
    return block(msgpack.packb([VERSION, wire.VERSION, *head]))


def written(frames: Iterable[Frame]) -> bytes:
    """A later block."""
    return block(msgpack.packb([[f.seq, f.events, SORTS.index(f.sort), f.at, f.packed] for f in frames]))


def read(path: Path, size_max: int) -> Segment:
    """`data.malformed`: no segment, or of a version that is not known here; `access.refused`: somebody else's file."""
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(number, "rb") as file:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
            raise BleError(Failure(kind=ErrorKind.ACCESS_REFUSED, source="bletui.bridge", detail=f"{path} is not ours"))
        return parsed(file.read(size_max))


def parsed(data: bytes) -> Segment:
    """What a segment's bytes say, as far as they can be read."""
    head: Head | None = None
    frames: list[Frame] = []
    damaged = 0
    for one in blocks(data):
        if isinstance(one, Damaged):
            damaged += one.size
        elif head is None:
            head = _head(_opened(one))
        else:
            frames += _frames(_opened(one))
    if head is None:
        raise _malformed("no whole block says who wrote it")
    return Segment(head, tuple(frames), damaged)


def history(segments: Iterable[Segment], started: float) -> Iterator[Frame]:
    """What earlier runs left, in order: a `Shed` where numbers are missing within one, and the stream `bridge` as
    broken (killed) or off (stopped) between two, and live again from the next one's start; `started` is this one's."""
    before: Segment | None = None
    following = 0  # the number that comes next within the run
    at = 0.0
    stopped = False
    for segment in segments:
        if before is not None and before.head.epoch != segment.head.epoch:
            yield from _between(at, segment.head.started, stopped=stopped)
            following, stopped = 0, False
        for frame in segment.frames:
            if 0 < following < frame.seq:
                yield _frame(Shed(frame.at, None, MISSING, frame.seq - following))
            yield frame
            at, following = max(at, frame.at), frame.last + 1
            stopped = frame.seq == 0
        before = segment
    if before is not None:
        yield from _between(at or before.head.started, started, stopped=stopped)


def end(at: float) -> Frame:
    """The last frame of a run that ends as it should: it holds no event, and has no number."""
    return _frame(StreamChanged(at, None, STREAM, "off", _why("the bridge was stopped")))


def _between(ended: float, started: float, *, stopped: bool) -> Iterator[Frame]:
    if not stopped:
        why = "the bridge ended without a word: it was killed, or its machine was; its last second may be missing"
        yield _frame(StreamChanged(ended, None, STREAM, "broken", _why(why)))
    yield _frame(StreamChanged(started, None, STREAM, "live"))


def _why(detail: str) -> Failure:
    return Failure(kind=ErrorKind.NET_CLOSED, source="bletui.bridge", detail=detail)


def _frame(event: Event) -> Frame:
    """One that no run numbered."""
    return Frame(codec.told(wire.pack(Batch(0, (event,)))), 0, 1, STATE, event.at, ())


def _opened(payload: bytes) -> list[Any]:
    try:
        plain = msgpack.unpackb(payload)
    except (ValueError, msgpack.UnpackException, RecursionError) as wrong:
        raise _malformed(f"not msgpack: {wrong}") from None
    if not isinstance(plain, list):
        raise _malformed("a block holds a list")
    return plain


def _head(plain: list[Any]) -> Head:
    match plain:
        case [int(version), int(records), str(bridge), str(epoch), float(started), *_] if (
            version == VERSION and records == wire.VERSION
        ):
            return Head(bridge, epoch, started)
        case [int(version), int(records), *_]:
            raise _malformed(f"of version {version}, with records of version {records}, which is not known here")
        case _:
            raise _malformed("its first block does not say who wrote it")


def _frames(plain: list[Any]) -> Iterator[Frame]:
    for entry in plain:
        match entry:
            case [int(seq), int(events), (0 | 1 | 2) as sort, float(at) | int(at), bytes(packed), *_] if (
                events > 0 <= seq
            ):
                yield Frame(codec.told(packed), seq, events, SORTS[sort], float(at), ())
            case _:
                raise _malformed("an entry of a block has another shape")


def _malformed(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.DATA_MALFORMED, source="bletui.bridge", operation="read", detail=detail))
