"""Random stories: whatever is asked, answered, cancelled or taken away, the queue's promises hold."""

from __future__ import annotations

import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bletui.connections import Again, Call, CancelCall, ConnectionQueue, Step
from bletui.failure import ErrorKind, Failure
from bletui.model import Connect, Lane, Operation, OpId, Peer, Read, Request

LANES = ("a", "b")
ADDRESSES = tuple(f"AA:00:00:00:00:{n:02X}" for n in range(5))
KINDS = (ErrorKind.BUSY_CHIP, ErrorKind.LINK_CONNECT_FAILED, ErrorKind.LINK_NOT_SEEN, ErrorKind.REQUEST_INVALID)


def policy(failure: Failure, request: Request, tries: int) -> Again | None:
    match failure.kind:
        case ErrorKind.REQUEST_INVALID:
            return None
        case ErrorKind.LINK_NOT_SEEN:
            return Again("heard", 0.0) if tries < 3 else None
        case _:
            return Again("time", 1.0) if tries < 3 else None


class Story(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.queue = ConnectionQueue(policy, lambda address, lane: None)
        self.now = 0.0
        self.asked = 0
        self.calls: dict[OpId, Call] = {}
        self.ended: dict[OpId, str] = {}
        for lane in LANES:
            self.queue.lane_changed(Lane(lane, slots_used=0, slots_max=3))

    def make(self, steps: list[Step]) -> None:
        for step in steps:
            match step:
                case Call(id=made):
                    assert made not in self.calls
                    assert made not in self.ended
                    self.calls[made] = step
                case CancelCall(id=unwanted):
                    assert unwanted in self.calls

    def settle(self) -> None:
        self.make(self.queue.advance(self.now))
        for operation in self.queue.changed(self.now):
            self.note(operation)

    def note(self, operation: Operation) -> None:
        assert operation.id not in self.ended, "an ended operation was told again"
        if operation.ended:
            assert operation.id not in self.calls, "ended while its call runs"
            self.ended[operation.id] = operation.state
            spent = sum(seconds for _, seconds in operation.spent)
            assert spent == pytest.approx(self.now - operation.started), "a second that no stage has"

    @rule(
        address=st.sampled_from(ADDRESSES),
        lane=st.sampled_from([None, *LANES]),
        read=st.booleans(),
        lost=st.none() | st.sampled_from(KINDS),
        once=st.booleans(),
    )
    def ask(self, address: str, lane: str | None, read: bool, lost: ErrorKind | None, once: bool) -> None:
        self.asked += 1
        request = Read(address, lane, handle=3) if read else Connect(address, lane)
        self.queue.submit(
            OpId("me", self.asked),
            request,
            self.now,
            limit=20.0,
            policy=(lambda _failure, _request, _tries: None) if once else None,
            lost=Failure(kind=lost) if lost else None,
        )
        self.settle()

    @rule(pick=st.randoms(use_true_random=False), kind=st.none() | st.sampled_from(KINDS))
    def a_call_ends(self, pick: random.Random, kind: ErrorKind | None) -> None:
        if self.calls:
            call = self.calls.pop(pick.choice(sorted(self.calls)))
            outcome = Failure(kind=kind) if kind else Peer(call.lane or "a", call.request.address)
            self.make(self.queue.ended(call.id, self.now, outcome))
            self.settle()

    @rule(n=st.integers(1, 30))
    def cancel(self, n: int) -> None:
        self.make(self.queue.cancel(OpId("me", n)))
        self.settle()

    @rule(n=st.integers(1, 30))
    def promote(self, n: int) -> None:
        self.queue.promote(OpId("me", n))
        self.settle()

    @rule(address=st.sampled_from(ADDRESSES))
    def hear(self, address: str) -> None:
        self.queue.heard(address)
        self.settle()

    @rule(seconds=st.floats(0, 3))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.settle()

    @rule(lane=st.sampled_from(LANES), up=st.booleans())
    def lane(self, lane: str, up: bool) -> None:
        if up:
            self.queue.lane_changed(Lane(lane, slots_used=0, slots_max=3))
        else:
            self.queue.lane_down(lane)
        self.settle()

    @invariant()
    def never_two_connects_on_a_lane_nor_two_calls_for_a_device(self) -> None:
        connecting = [call.lane for call in self.calls.values() if isinstance(call.request, Connect)]
        assert len(connecting) == len(set(connecting))
        addresses = [call.request.address for call in self.calls.values()]
        assert len(addresses) == len(set(addresses))

    def teardown(self) -> None:
        """Whatever happened, everything ends once devices are heard and calls succeed."""
        for lane in LANES:
            self.queue.lane_changed(Lane(lane))
        for _ in range(10 * self.asked + 1):
            for address in ADDRESSES:
                self.queue.heard(address)
            self.now += 2.0
            self.settle()
            for made in sorted(self.calls):
                call = self.calls.pop(made)
                self.make(self.queue.ended(made, self.now, Peer(call.lane or "a", call.request.address)))
        self.settle()
        assert len(self.ended) == self.asked
        assert self.queue.wake_at() is None


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
