from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import BleError, ErrorKind
from bletui.wire import FRAME_MAX, Frames, frame


@given(st.lists(st.binary(max_size=50), max_size=6), st.lists(st.integers(1, 7), max_size=40))
def test_any_split_of_the_bytes_gives_the_same_payloads(payloads: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(frame, payloads))
    frames, got, start = Frames(), [], 0
    for cut in [*cuts, len(stream)]:
        got += frames.feed(stream[start : start + cut])
        start += cut
    assert got == payloads
    assert frames.pending == 0


def test_an_oversized_frame_is_refused_before_it_is_buffered() -> None:
    with pytest.raises(BleError) as refused:
        Frames(frame_max=100).feed((101).to_bytes(4, "big"))
    assert refused.value.failure.kind is ErrorKind.DATA_MALFORMED
    with pytest.raises(BleError):
        frame(bytes(FRAME_MAX + 1))


def test_a_cut_frame_is_seen() -> None:
    frames = Frames()
    assert frames.feed(frame(b"abc")[:-1]) == []
    assert frames.pending == 6
