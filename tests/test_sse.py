"""Streams are written out as bytes; httpx-sse is the second opinion where both follow the specification."""

from __future__ import annotations

import itertools

import httpx
import httpx_sse
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.sse import Named, Parser

LINE_END = st.sampled_from(["\n", "\r\n", "\r"])
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=12)
LINES = st.one_of(
    st.just(""),
    WORDS.map(lambda text: "data: " + text),
    WORDS.map(lambda text: "data:" + text),
    WORDS.map(lambda text: ":" + text),
    st.sampled_from(["data", "event: message", "event: keep-alive", "event:", "retry: 10", "data: {}", "x: y"]),
    WORDS,
)


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    lines = draw(st.lists(LINES, max_size=24))
    text = "".join(line + draw(LINE_END) for line in lines)
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[a:b] for a, b in itertools.pairwise(at)]


def parsed(chunks: list[bytes], limit: int = 10_000) -> tuple[list[bytes | Named], int]:
    parser = Parser(limit)
    return [event for chunk in chunks for event in parser.feed(chunk)], parser.oversized


@settings(max_examples=500)
@given(streams(), st.lists(st.integers(0, 500), max_size=12), st.sampled_from([8, 20, 10_000]))
def test_any_split_gives_the_same_events(stream: bytes, cuts: list[int], limit: int) -> None:
    assert parsed(pieces(stream, cuts), limit) == parsed([stream], limit)
    assert parsed([stream[i : i + 1] for i in range(len(stream))], limit) == parsed([stream], limit)


@given(streams())
def test_agrees_with_httpx_sse(stream: bytes) -> None:
    """Without a byte order mark, which httpx-sse leaves to the decoder."""
    stream = stream.removeprefix(b"\xef\xbb\xbf")
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream)
    theirs = [
        (event.event, event.data)
        for event in httpx_sse.EventSource(response).iter_sse()
        if event.data or b"data" in stream
    ]
    ours = [
        (event.name, event.data.decode()) if isinstance(event, Named) else ("message", event.decode())
        for event in parsed([stream])[0]
    ]
    # An event with an id or a name but no data is dispatched by httpx-sse and is none by the specification.
    assert [one for one in theirs if one[1]] == [one for one in ours if one[1]]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b'data: {"a":1}\n\ndata: {"a":2}\n\n', [b'{"a":1}', b'{"a":2}']),
        (b"data: one\r\n\r\ndata: two\r\n\r\n", [b"one", b"two"]),
        (b"data: one\r\rdata: two\r\r", [b"one", b"two"]),
        (b"\xef\xbb\xbfdata: one\n\n", [b"one"]),
        (b":keep-alive\n\ndata: one\n\n", [b"one"]),
        (b"data: one\ndata: more\n\n", [b"one\nmore"]),
        (b"data:one\n\n", [b"one"]),
        (b"data\n\n", [b""]),
        (b"event: keep-alive\ndata: x\n\ndata: y\n\n", [Named("keep-alive", b"x"), b"y"]),
        (b"event: lost\n\ndata: y\n\n", [b"y"]),
        (b"id: 7\nretry: 1\ndata: y\n\n", [b"y"]),
        (b"data: unfinished", []),
    ],
)
def test_shapes(stream: bytes, events: list[bytes | Named]) -> None:
    assert parsed([stream]) == (events, 0)


def test_a_line_feed_belongs_only_to_the_carriage_return_right_before_it() -> None:
    assert parsed([b"data: a\rdata: b", b"\n\n"]) == ([b"a\nb"], 0)
    assert parsed([b"data: a\r", b"\n\r", b"\ndata: b\r\n\r\n"]) == ([b"a", b"b"], 0)


def test_a_long_event_is_dropped_and_counted_and_the_next_is_heard() -> None:
    long = b"data: " + b"x" * 100 + b"\ndata: tail\n\n"
    assert parsed([b"data: a\n\n" + long + b"data: b\n\n"], limit=50) == ([b"a", b"b"], 1)


def test_a_long_event_is_counted_before_it_ends_also_after_others() -> None:
    assert parsed([b"data: a\n\ndata: " + b"x" * 100], limit=50) == ([b"a"], 1)


def test_an_endless_line_is_counted_once_and_not_kept() -> None:
    parser = Parser(1000)
    for _ in range(1000):
        assert parser.feed(b"x" * 1000) == []
    assert parser.oversized == 1
    assert sum(map(len, parser._line)) <= 1000
    assert parser.feed(b"\n\ndata: back\n\n") == [b"back"]
