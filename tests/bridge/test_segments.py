"""The ring on disk as bytes: what earlier runs left, and where something is missing."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bletui import wire
from bletui.bridge import segments
from bletui.bridge.frames import Frame, frames
from bletui.bridge.segments import Head, Segment
from bletui.failure import BleError, ErrorKind
from bletui.model import Advertisement, Batch, Event, LinkChanged, Peer, Shed, StreamChanged
from bletui.recordfile import MAGIC, block
from tests import values

FIRST, SECOND = Head("b", "one", 10.0), Head("b", "two", 20.0)


def link(at: float) -> LinkChanged:
    return LinkChanged(at, Peer("a", "A4:C1:38:0B:7F:2A"), "up")


def framed(seq: int, *events: Event) -> tuple[Frame, ...]:
    return tuple(frames(seq, events))


def told(found: list[Frame]) -> list[Event]:
    return [event for frame in found for event in wire.unpack(frame.packed)[0].events]


def streams(found: list[Event]) -> list[tuple[float, str]]:
    return [(event.at, event.state) for event in found if isinstance(event, StreamChanged)]


@settings(max_examples=30)
@given(st.lists(st.lists(values.states, min_size=1, max_size=4), min_size=1, max_size=8), st.data())
def test_a_segment_that_was_cut_or_spoilt_gives_whole_frames_of_its_beginning(
    said: list[list[Event]], data: st.DataObject
) -> None:
    written, seq = MAGIC + segments.opening(FIRST), 1
    everything: list[Frame] = []
    begins = len(written)
    for events in said:
        batch = framed(seq, *events)
        written += segments.written(batch)
        everything += batch
        seq += len(events)
    assert segments.parsed(written) == Segment(FIRST, tuple(frame._replace(lanes=()) for frame in everything))
    cut = data.draw(st.integers(begins, len(written)))
    found = segments.parsed(written[:cut]).frames
    assert found == tuple(frame._replace(lanes=()) for frame in everything[: len(found)])
    spoilt = bytearray(written)
    spoilt[data.draw(st.integers(begins, len(written) - 1))] ^= 0x55
    left = segments.parsed(bytes(spoilt))
    assert left.damaged > 0
    assert set(left.frames) < set(segments.parsed(written).frames)


def test_a_kill_is_told_from_a_stop_and_the_gap_has_its_beginning_and_its_end() -> None:
    killed = list(segments.history([Segment(FIRST, framed(1, link(11.0)))], 30.0))
    assert streams(told(killed)) == [(11.0, "broken"), (30.0, "live")]
    stopped = list(segments.history([Segment(FIRST, (*framed(1, link(11.0)), segments.end(12.0)))], 30.0))
    assert streams(told(stopped)) == [(12.0, "off"), (30.0, "live")]
    assert told(stopped)[0] == link(11.0)
    assert list(segments.history([], 30.0)) == []


def test_runs_follow_one_another_each_with_its_end() -> None:
    runs = [
        Segment(FIRST, framed(1, link(11.0))),
        Segment(FIRST, framed(2, link(12.0))),
        Segment(SECOND, (*framed(1, link(21.0)), segments.end(22.0))),
    ]
    assert streams(told(list(segments.history(runs, 30.0)))) == [
        (12.0, "broken"), (20.0, "live"), (22.0, "off"), (30.0, "live"),
    ]  # fmt: skip


def test_numbers_that_are_missing_are_counted_where_they_are_missing() -> None:
    runs = [Segment(FIRST, framed(7, link(11.0))), Segment(FIRST, framed(12, link(12.0)), damaged=90)]
    found = told(list(segments.history(runs, 30.0)))
    assert [event for event in found if isinstance(event, Shed)] == [Shed(12.0, None, segments.MISSING, 4)]
    assert found.index(link(11.0)) < 1 < found.index(link(12.0))


def test_advertisements_keep_their_sort() -> None:
    heard = framed(1, Advertisement(11.0, "a", "A4:C1:38:0B:7F:2A", None, -1), link(12.0))
    back = segments.parsed(MAGIC + segments.opening(FIRST) + segments.written(heard))
    assert [(frame.sort, frame.at, frame.data) for frame in back.frames] == [(f.sort, f.at, f.data) for f in heard]


def read_by_the_page(data: bytes) -> list[object]:
    """As `docs/bridge.md` has it, and without anything of ours."""
    assert data[:8] == bytes.fromhex("89424c450d0a1a0a")
    payloads, at = [], 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        payload = data[at + 8 : at + 8 + length]
        assert zlib.crc32(data[at : at + 4] + payload) == int.from_bytes(data[at + 4 : at + 8], "big")
        payloads.append(msgpack.unpackb(payload))
        at += 8 + length
    return payloads


def test_the_page_has_a_segment_and_says_how_it_is_read() -> None:
    page = (Path(__file__).parents[2] / "docs/bridge.md").read_text("utf-8")
    (vector,) = re.findall(r"^89424c450d0a1a0a\n(?:[0-9a-f ]+\n)+", page, re.MULTILINE)
    data = bytes.fromhex(vector)
    shed = Shed(1.0, None, "x", 3)
    assert data == MAGIC + segments.opening(Head("b", "e", 1.0)) + segments.written(framed(3, shed))
    head, told_ = read_by_the_page(data)
    assert head == [1, 1, "b", "e", 1.0]
    assert told_ == [[3, 1, 2, 1.0, wire.pack(Batch(3, (shed,)))]]


LATER = msgpack.packb([2, wire.VERSION, "b", "e", 1.0])
RECORDS = msgpack.packb([1, 99, "b", "e", 1.0])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no whole block"),
        (MAGIC, "no whole block"),
        (MAGIC + block(b"\xc1"), "not msgpack"),
        (MAGIC + block(b"\x91" * 5000), "not msgpack"),
        (MAGIC + block(b"\x01"), "a list"),
        (MAGIC + block(msgpack.packb(["x"])), "who wrote it"),
        (MAGIC + block(LATER), "version 2"),
        (MAGIC + block(RECORDS), "records of version 99"),
        (MAGIC + segments.opening(FIRST) + block(msgpack.packb([[1, 1, 9, 1.0, b""]])), "another shape"),
        (MAGIC + segments.opening(FIRST) + block(msgpack.packb([[-1, 1, 0, 1.0, b""]])), "another shape"),
        (b"a text file\n", "no file of blocks"),
    ],
)
def test_what_is_no_segment_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(BleError) as refused:
        segments.parsed(data)
    assert refused.value.failure.kind is ErrorKind.DATA_MALFORMED
    assert words in refused.value.failure.detail
