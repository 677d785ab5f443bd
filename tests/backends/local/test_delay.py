"""How long a failed start waits for its next try."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.local.scanner import delay
from bletui.failure import ErrorKind, Failure


@pytest.mark.parametrize(
    ("kind", "attempt", "seconds"),
    [
        (ErrorKind.ADAPTER_FAULT, 1, 0.5),
        (ErrorKind.ADAPTER_FAULT, 3, 2.0),
        (ErrorKind.ADAPTER_FAULT, 60, 30.0),
        (ErrorKind.BUSY_CHIP, 1, 0.5),
        (ErrorKind.BUSY_CHIP, 9, 2.0),
        (ErrorKind.ADAPTER_DENIED, 1, 15.0),
        (ErrorKind.ADAPTER_DENIED, 5, 30.0),
    ],
)
def test_delays_by_what_would_help(kind: ErrorKind, attempt: int, seconds: float) -> None:
    assert delay(Failure(kind=kind), attempt, 0.5) == pytest.approx(seconds)


def test_what_cannot_succeed_is_not_tried_again() -> None:
    assert delay(Failure(kind=ErrorKind.OP_UNSUPPORTED), 1, 0.5) is None


@given(st.sampled_from(ErrorKind), st.integers(1, 10_000), st.floats(0, 1))
def test_a_delay_is_neither_a_storm_nor_for_ever(kind: ErrorKind, attempt: int, luck: float) -> None:
    seconds = delay(Failure(kind=kind), attempt, luck)
    assert seconds is None or 0.3 < seconds < 36.1
