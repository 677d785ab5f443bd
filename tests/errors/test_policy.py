"""What happens after a failure, and what never happens by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.errors.policy import ATTEMPTS, FIRST_WAIT, LONGEST_WAIT, NEVER_REPEATED, NOW_MAX, Decision, policy
from bletui.failure import Failure, Retry
from bletui.kinds import ErrorKind as K

OPERATIONS = ("scan", "connect", "disconnect", "discover", "read", "write", "subscribe", "pair", "unpair", "rssi")


def after(kind: K, operation: str, attempt: int = 1, *, unknown: bool = False, retry: Retry | None = None) -> Decision:
    return policy(Failure(kind=kind, retry=retry), operation, outcome_unknown=unknown, attempt=attempt)


@pytest.mark.parametrize(
    ("kind", "when"),
    [
        (K.LINK_CONNECT_FAILED, "now"),
        (K.LINK_CONNECT_TIMEOUT, "later"),
        (K.BUSY_CHIP, "queue"),
        (K.LINK_NOT_SEEN, "rescan"),
        (K.SECURITY_PAIRING_REQUIRED, "user"),
        (K.REQUEST_INVALID, "never"),
        (K.OP_CANCELLED, "never"),
    ],
)
def test_the_retry_class_decides_for_a_connect(kind: K, when: str) -> None:
    assert after(kind, "connect").when == when


def test_at_once_means_three_times_and_then_with_growing_waits() -> None:
    whens = [after(K.NET_CLOSED, "scan", attempt).when for attempt in range(1, 6)]
    assert whens == ["now"] * (NOW_MAX - 1) + ["later"] * (6 - NOW_MAX)


def test_waits_double_up_to_the_longest() -> None:
    refused = Failure(kind=K.NET_REFUSED)
    decisions = [policy(refused, "scan", outcome_unknown=False, attempt=n, jitter=0.999) for n in range(1, 12)]
    waits = [decision.wait for decision in decisions]
    assert waits == sorted(waits)
    assert waits[0] == pytest.approx(FIRST_WAIT, rel=0.01)
    assert waits[-1] == pytest.approx(LONGEST_WAIT, rel=0.01)


def test_the_far_sides_own_time_counts() -> None:
    failure = Failure(kind=K.ROUTER_UNAVAILABLE, retry_after=90.0)
    assert policy(failure, "scan", outcome_unknown=False, attempt=1) == Decision("later", 90.0)


def test_a_row_knows_better_than_its_kind() -> None:
    assert after(K.AUTH_REFUSED, "scan").when == "user"
    assert after(K.AUTH_REFUSED, "scan", retry="now").when == "now"


def test_a_read_is_repeated_once() -> None:
    assert after(K.LINK_LOST, "read", 1).repeats
    assert not after(K.LINK_LOST, "read", 2).repeats


def test_what_is_as_wanted_is_not_repeated() -> None:
    done = Failure(kind=K.LINK_STATE_CONFLICT, already_done=True)
    assert policy(done, "connect", outcome_unknown=False, attempt=1).when == "never"


def test_a_write_that_waited_for_its_turn_runs_then() -> None:
    assert after(K.BUSY_CHIP, "write").when == "queue"
    assert after(K.BUSY_CHIP, "connect", 99).when == "queue"


@pytest.mark.parametrize("operation", sorted(NEVER_REPEATED))
@pytest.mark.parametrize("kind", K)
def test_a_write_or_a_pairing_that_may_have_happened_is_never_repeated(operation: str, kind: K) -> None:
    decision = after(kind, operation, unknown=True)
    assert not decision.repeats
    assert decision.ask_first or decision.when == "never"


@given(
    st.sampled_from(K),
    st.sampled_from(OPERATIONS),
    st.booleans(),
    st.integers(1, 10_000),
    st.floats(0, 1, exclude_max=True),
)
def test_every_decision_is_bounded_and_asks_before_it_repeats(
    kind: K, operation: str, unknown: bool, attempt: int, jitter: float
) -> None:
    decision = policy(Failure(kind=kind), operation, outcome_unknown=unknown, attempt=attempt, jitter=jitter)
    assert 0 <= decision.wait <= LONGEST_WAIT
    assert (decision.wait > 0) == (decision.when == "later")
    if decision.repeats:
        assert decision.ask_first == unknown
        assert operation not in NEVER_REPEATED or kind.retry == "queue"
        assert operation not in ATTEMPTS or attempt < ATTEMPTS[operation] or kind.retry == "queue"
