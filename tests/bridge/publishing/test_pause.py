"""How long a publisher waits before it dials again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.publishing.publisher import FIXED_BY_A_PERSON, pause
from bletui.errors.policy import LONGEST_WAIT
from bletui.failure import ErrorKind, Failure


@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        (ErrorKind.NET_REFUSED, [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]),
        (ErrorKind.NET_CLOSED, [0.25, 0.25, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]),
        (ErrorKind.AUTH_REFUSED, [30.0] * 3),
        (ErrorKind.TLS_UNTRUSTED, [30.0] * 3),
        (ErrorKind.REQUEST_INVALID, [30.0] * 3),
    ],
)
def test_it_grows_and_what_a_person_mends_is_asked_for_seldom(kind: ErrorKind, waits: list[float]) -> None:
    assert [pause(Failure(kind=kind), attempt, 0.0) for attempt in range(1, len(waits) + 1)] == waits


@given(st.sampled_from(ErrorKind), st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_it_never_hammers_and_never_gives_up(kind: ErrorKind, attempt: int, jitter: float) -> None:
    wait = pause(Failure(kind=kind), attempt, jitter)
    assert 0.25 <= wait <= max(LONGEST_WAIT, FIXED_BY_A_PERSON)
    assert pause(Failure(kind=kind), attempt, 0.0) <= wait
