"""What fails now: repeats grouped and counted, gone when it has worked, bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import ErrorKind, Failure
from bletui.log import Entry
from bletui.log.failing import GROUPS_MAX, HANDLES_MAX, LINK, OPEN_MAX, Failing, Group, repeats
from bletui.model import (
    Connect,
    Event,
    LinkChanged,
    Operation,
    OperationChanged,
    OpId,
    OpState,
    Peer,
    Read,
    Request,
    SubscriptionChanged,
    Write,
)

DEVICE, LANE, NOW = "C0:00:00:00:00:01", "tiny/hci0", 1_700_000_000.0
PEER = Peer(LANE, DEVICE)
BUSY, TIMEOUT = ErrorKind.BUSY_CHIP, ErrorKind.LINK_CONNECT_TIMEOUT
states: st.SearchStrategy[OpState] = st.sampled_from(["waiting", "running", "retrying", "failed", "done", "cancelled"])


def told(n: int, state: OpState, attempt: int = 1, kind: ErrorKind | None = None, request: Request | None = None,
         at: float = NOW) -> Event:  # fmt: skip
    failure = Failure(kind=kind) if kind is not None else None
    one = Operation(
        id=OpId("me", n), request=request or Connect(DEVICE), state=state, attempt=attempt, lane=LANE, started=NOW,
        limit=20.0, failure=failure,
    )  # fmt: skip
    return OperationChanged(at, one)


def after(*events: Event) -> Failing:
    failing = Failing()
    for event in events:
        failing.note(Entry("tiny", event))
    return failing


def only(failing: Failing) -> Group:
    (group,) = failing.now()
    return group


def test_repeats_are_one_group_with_their_count() -> None:
    group = only(
        after(
            told(1, "retrying", 1, BUSY),
            told(1, "waiting", 1, BUSY),
            told(1, "running", 2, BUSY),
            told(1, "retrying", 2, BUSY, at=NOW + 3),
            told(1, "failed", 2, BUSY, at=NOW + 9),  # its deadline passed while it waited: no attempt more
        )
    )
    assert (group.count, group.first_at, group.last_at) == (2, NOW, NOW + 3)
    assert group.what == ("tiny", "connect", DEVICE, BUSY)
    assert group.operation is not None
    assert group.operation.id == OpId("me", 1)


def test_kinds_are_apart_the_newest_first() -> None:
    failing = after(told(1, "failed", 1, BUSY), told(2, "failed", 1, TIMEOUT), told(3, "failed", 1, BUSY))
    assert [(group.what.kind, group.count) for group in failing.now()] == [(BUSY, 2), (TIMEOUT, 1)]
    assert failing.of(DEVICE) == failing.now()
    assert failing.of("elsewhere") == []


def test_what_has_worked_since_is_no_problem() -> None:
    assert after(told(1, "retrying", 1, BUSY), told(2, "failed", 1, TIMEOUT), told(1, "done", 2)).now() == []
    assert after(told(1, "retrying", 1, BUSY), told(1, "cancelled", 1)).now() == []
    assert after(told(1, "failed", 1, ErrorKind.OP_CANCELLED)).now() == []


def test_a_group_of_attributes_goes_when_each_has_worked() -> None:
    denied = ErrorKind.GATT_TIMEOUT
    failing = after(*(told(n, "failed", 1, denied, Read(DEVICE, handle=n)) for n in (3, 5)))
    assert only(failing).handles == {3, 5}
    failing.note(Entry("tiny", told(9, "done", 1, None, Read(DEVICE, handle=3))))
    assert only(failing).handles == {5}
    failing.note(Entry("other", told(9, "done", 1, None, Read(DEVICE, handle=5))))
    assert only(failing).handles == {5}
    failing.note(Entry("tiny", told(9, "done", 1, None, Read(DEVICE, handle=5))))
    assert failing.now() == []


def test_a_link_that_was_lost_is_one_until_it_is_up_again_and_a_foreign_one_never() -> None:
    lost = Failure(kind=ErrorKind.LINK_LOST)
    down = LinkChanged(NOW, PEER, "down", lost)
    assert only(after(down)).what == ("tiny", "link", DEVICE, ErrorKind.LINK_LOST)
    assert after(down, LinkChanged(NOW, PEER, "up")).now() == []
    assert after(LinkChanged(NOW, PEER, "down", lost, foreign=True)).now() == []
    assert after(LinkChanged(NOW, PEER, "down")).now() == []


def test_a_subscription_that_was_lost_is_one_until_it_delivers_again() -> None:
    lost = SubscriptionChanged(NOW, PEER, 7, "off", (), Failure(kind=ErrorKind.LINK_LOST))
    assert only(after(lost)).handles == {7}
    assert after(lost, SubscriptionChanged(NOW, PEER, 7, "notify", ("me",))).now() == []


def test_what_is_put_away_comes_back_when_it_fails_again() -> None:
    failing = after(told(1, "failed", 1, BUSY))
    failing.put_away(only(failing).what)
    assert failing.now() == []
    failing.put_away(("tiny", "connect", DEVICE, BUSY))  # type: ignore[arg-type]
    failing.note(Entry("tiny", told(2, "failed", 1, BUSY)))
    assert only(failing).count == 1


def test_memory_is_bounded_and_what_is_forgotten_counted() -> None:
    many = [told(n, "retrying", 1, BUSY, Connect(f"C0:{n:04}")) for n in range(GROUPS_MAX * 10)]
    failing = after(*many)
    assert len(failing.now()) == GROUPS_MAX
    assert failing.forgotten == GROUPS_MAX * 9
    handles = [told(n, "failed", 1, BUSY, Read(DEVICE, handle=n)) for n in range(1, HANDLES_MAX * 2)]
    group = only(after(*handles))
    assert (len(group.handles), group.count) == (HANDLES_MAX, HANDLES_MAX * 2 - 1)


@given(st.lists(st.tuples(st.integers(1, 3), states, st.integers(1, 3), st.sampled_from([BUSY, TIMEOUT])), max_size=40))
def test_what_was_last_done_or_cancelled_is_never_a_problem(steps: list[tuple[int, OpState, int, ErrorKind]]) -> None:
    events = [
        told(n, state, attempt, None if state in ("done", "cancelled") else kind, Read(DEVICE, handle=n))
        for n, state, attempt, kind in steps
    ]
    failing = after(*events)
    ended = {n: state in ("done", "cancelled") for n, state, _, _ in steps if state not in ("waiting", "running")}
    still = {handle for group in failing.now() for handle in group.handles}
    assert {n for n, over in ended.items() if over}.isdisjoint(still)
    assert sum(group.count for group in failing.now()) <= len(steps)


def lost(at: float) -> Event:
    return LinkChanged(at, PEER, "down", reason=Failure(kind=ErrorKind.LINK_CLOSED_REMOTE, lane=LANE, address=DEVICE))


def test_a_link_that_is_lost_says_what_had_just_worked_there() -> None:
    """A device that closes its link 0.4 s after a write does so because of it, more often than not."""
    reset = Write(DEVICE, LANE, handle=0x17, value=b"\x01")
    group = only(after(told(1, "done", request=reset, at=NOW), lost(NOW + 0.4)))
    assert group.after == "0.4 s after write 0x0017"
    assert repeats(group, NOW + 2) == "0.4 s after write 0x0017, 2 s ago"


def test_what_worked_long_before_or_elsewhere_is_no_reason() -> None:
    reset = Write(DEVICE, LANE, handle=0x17, value=b"\x01")
    other = Write("C0:00:00:00:00:02", LANE, handle=0x17, value=b"\x01")
    for before in (told(1, "done", request=reset, at=NOW - 60), told(1, "done", request=other, at=NOW),
                   told(1, "failed", kind=TIMEOUT, request=reset, at=NOW), told(1, "done", at=NOW - 9)):  # fmt: skip
        group = next(group for group in after(before, lost(NOW)).now() if group.what.verb == LINK)
        assert group.after == ""


def test_what_worked_last_is_remembered_of_so_many_devices_and_no_more() -> None:
    failing = after(*(told(n, "done", request=Connect(f"C0:00:00:00:{n >> 8:02X}:{n & 255:02X}"), at=NOW)
                      for n in range(OPEN_MAX + 9)))  # fmt: skip
    assert len(failing._worked_last) == OPEN_MAX
