"""The language of trouble: what it says, where it is wrong, and when trouble lasts."""

from __future__ import annotations

import math
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import BleError, ErrorKind
from bletui.scenario import read, span, spans


def test_every_part() -> None:
    all_of_it, first, plain = read("connect:busy:2.5%[hci0]@10s-14s/1m, http:login:3x[/cassia/*]@2s ,sse:stall")
    assert (all_of_it.what, all_of_it.how, all_of_it.chance, all_of_it.where) == ("connect", "busy", 0.025, "hci0")
    assert (all_of_it.start, all_of_it.length, all_of_it.every) == (10.0, 4.0, 60.0)
    assert (first.first, first.where, first.start, first.length) == (3, "/cassia/*", 2.0, None)
    assert first.lasting(5.0) == 5.0
    assert (plain.start, plain.length, plain.every, plain.first, plain.chance) == (0.0, math.inf, None, None, 1.0)
    assert [one.timed for one in (all_of_it, first, plain)] == [True, True, False]
    assert read("  ") == ()


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("connect", 1),
        ("a:b,,c:d", 1),
        ("connect:busy:20", 13),
        ("connect:busy:0%", 14),
        ("connect:busy:101%", 14),
        ("connect:busy:0x", 14),
        ("connect:busy[hci0", 13),
        ("connect:busy@", 13),
        ("connect:busy@10", 14),
        ("connect:busy@10s-5s", 18),
        ("connect:busy@10s-14s/x", 21),
        ("connect:busy/1m", 13),
    ],
)
def test_what_is_wrong_is_named_with_its_column(text: str, column: int) -> None:
    with pytest.raises(BleError) as refused:
        read(text)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert f"column {column}: " in refused.value.failure.detail


def test_what_would_begin_again_before_it_ends() -> None:
    (asked,) = read("lane:reboot@10s/20s")
    with pytest.raises(BleError, match="before it ends"):
        asked.lasting(20.0)
    assert asked.lasting(19.0) == 19.0


@given(st.text(max_size=60) | st.from_regex(r"\A[a-z]+:[a-z]+(:\d+[%x])?(\[.\])?(@\d+s(-\d*s?)?(/\d+m)?)?\Z"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.REQUEST_INVALID
        assert refused.failure.detail.isprintable()


@given(st.floats(0, 1000), st.floats(0.1, 50), st.floats(0.1, 50), st.floats(0, 5000))
def test_the_next_time_is_the_one_that_lasts_or_comes(start: float, length: float, gap: float, t: float) -> None:
    every = length + gap
    times = list(islice(spans(t, start, length, every), 2))
    assert times[1][0] - times[0][0] == pytest.approx(every)
    now = span(t, start, length, every)
    if now is None:
        assert times[0][0] >= t - 1e-6
    else:
        assert now == pytest.approx(times[0])
