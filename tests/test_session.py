from __future__ import annotations

import asyncio

import pytest

from bletui.backend import Emit, Env
from bletui.failure import BleError, ErrorKind, Failure
from bletui.log import Mark
from bletui.log.tally import Where
from bletui.model import (
    Advertisement,
    Disconnect,
    Lane,
    LaneChanged,
    LaneDown,
    Operation,
    OperationChanged,
    OpId,
    Owner,
    Peer,
    ScanRequest,
    Shed,
    StreamChanged,
)
from bletui.radio import QueuedRadio, Radio
from bletui.radio.attachment import LocalAttachment
from bletui.session import Session
from bletui.target import Target, parse
from bletui.testing.virtual_time import clock, in_virtual_time
from tests.tiny import TinyBackend
from tests.waiting import until

REFUSED = Failure(kind=ErrorKind.REQUEST_INVALID, detail="no such adapter")


class Site:
    """Tiny backends by target name, opened as the registry would."""

    def __init__(self, **backends: TinyBackend) -> None:
        self.backends = backends
        self.envs: list[Env] = []

    async def open(self, target: Target, env: Env) -> Radio:
        self.envs.append(env)
        radio = QueuedRadio(self.backends[target.name], env.radio)
        await radio.open()
        return radio

    def session(self) -> Session:
        return Session([parse(f"tiny:{name}") for name in self.backends], open_radio=self.open)


def heard(lane: str, rssi: int) -> Advertisement:
    return Advertisement(1.0, lane, "A4:C1:38:0B:7F:2A", "random", rssi)


async def test_several_radios_fill_one_store_and_a_lane_that_goes_leaves_the_others_word() -> None:
    one, two = TinyBackend(LaneChanged(1.0, Lane("one/hci0"))), TinyBackend()
    async with Site(one=one, two=two).session() as session:
        await session.scan(ScanRequest())
        await until(lambda: one.wishes and two.wishes)
        one.say(heard("one/hci0", -50))
        two.say(heard("two/0", -70))
        await until(lambda: session.store.received == 2)
        (device,) = session.store.devices.values()
        assert device.lanes == ("one/hci0", "two/0")
        one.say(LaneDown(2.0, "one/hci0", Failure(kind=ErrorKind.ADAPTER_MISSING)))
        await until(lambda: device.lanes == ("two/0",))
        assert session.radios["tiny:one"].state.lanes == {}
    assert (one.closed, two.closed) == (1, 1)


async def test_a_radio_that_does_not_open_is_shown_and_disturbs_nobody() -> None:
    good, bad = TinyBackend(), TinyBackend(refuses=REFUSED)
    async with Site(good=good, bad=bad).session() as session:
        await until(lambda: session.radios["tiny:bad"].failure and session.radios["tiny:good"].attachment)
        assert session.problems() == [REFUSED]
        good.say(heard("good/0", -50))
        await until(lambda: session.store.received == 1)


async def test_who_only_looks_asks_for_no_scan_and_sees_what_is_heard() -> None:
    """A viewer's wish would be refused, and a radio that refuses is taken for one that did not open."""
    one = TinyBackend()
    site = Site(one=one)
    async with Session([parse("tiny:one")], owner=Owner("me", "viewer"), open_radio=site.open) as session:
        await session.scan(ScanRequest())
        await until(lambda: session.radios["tiny:one"].attachment)
        await session.scan(None)
        await session.rescan()
        one.say(heard("one/hci0", -50))
        await until(lambda: session.store.received == 1)
        assert one.wishes == []
        assert session.problems() == []


async def test_state_problems_log_and_shed_follow_the_events() -> None:
    backend = TinyBackend()
    async with Site(one=backend).session() as session:
        joined = session.radios["tiny:one"]
        await until(lambda: joined.attachment)
        broken = Failure(kind=ErrorKind.NET_CLOSED)
        off = Failure(kind=ErrorKind.ADAPTER_OFF)
        backend.say(
            heard("a", -50), StreamChanged(1.0, "a", "scan", "broken", broken, 4.0), Shed(1.0, "a", "malformed", 3)
        )
        backend.say(LaneChanged(1.0, Lane("a", usable=off)))
        await until(lambda: joined.state.lanes)
        assert session.problems() == [off, broken]
        assert session.shed() == 3
        assert [type(entry.event).__name__ for entry in session.log] == ["StreamChanged", "Shed", "LaneChanged"]
        assert joined.state is joined.state


async def test_one_cause_that_shows_at_the_lane_and_the_stream_counts_once() -> None:
    backend = TinyBackend()
    async with Site(one=backend).session() as session:
        await until(lambda: session.radios["tiny:one"].attachment)
        off = Failure(kind=ErrorKind.ADAPTER_OFF, source="bluez.dbus", message="Not Ready", lane="a")
        again = Failure(kind=ErrorKind.ADAPTER_OFF, source="bluez.dbus", message="Not Ready", operation="scan")
        backend.say(LaneChanged(1.0, Lane("a", usable=off)), StreamChanged(1.0, "a", "scan", "broken", again))
        await until(lambda: session.radios["tiny:one"].state.streams)
        assert session.problems() == [off]


async def test_rescan_opens_the_streams_anew_and_keeps_the_wish() -> None:
    one, two = TinyBackend(), TinyBackend()
    async with Site(one=one, two=two).session() as session:
        await until(lambda: all(joined.attachment for joined in session.radios.values()))
        await session.rescan()
        assert one.wishes == []
        await session.scan(ScanRequest(active=True))
        await session.rescan()
        assert one.wishes == two.wishes == [ScanRequest(active=True), None, ScanRequest(active=True)]


async def test_a_radio_is_reopened_in_its_place_at_another_target_if_asked() -> None:
    one, two = TinyBackend(LaneChanged(1.0, Lane("a"))), TinyBackend(LaneChanged(1.0, Lane("b")))
    site = Site(one=one, two=two)
    async with Session([parse("tiny:one")], open_radio=site.open) as session:
        await session.scan(ScanRequest())
        await until(lambda: one.wishes)
        one.say(heard("a", -50))
        await until(lambda: session.store.received)
        await session.reopen("tiny:one", parse("tiny:two"))
        assert one.closed == 1
        assert session.store.devices == {}
        await until(lambda: two.wishes)
        assert list(session.radios["tiny:one"].state.lanes) == ["b"]


async def test_a_radio_that_refused_can_be_tried_again() -> None:
    stubborn = TinyBackend(refuses=REFUSED)
    async with Site(one=stubborn).session() as session:
        await until(lambda: session.radios["tiny:one"].failure)
        stubborn.refuses = None
        await session.reopen("tiny:one")
        await until(lambda: session.radios["tiny:one"].attachment)
        assert session.problems() == []


@in_virtual_time
async def test_a_radio_that_does_not_open_for_a_reason_that_may_pass_is_tried_again_by_itself() -> None:
    """A bridge that is not up yet, a router that still boots."""
    late = TinyBackend(refuses=Failure(kind=ErrorKind.NET_REFUSED))
    site = Site(one=late)
    async with Session([parse("tiny:one")], clock=clock(), open_radio=site.open) as session:
        joined = session.radios["tiny:one"]
        await session.scan(ScanRequest())
        started = asyncio.get_running_loop().time()
        await until(lambda: len(site.envs) == 3, 60)
        assert asyncio.get_running_loop().time() - started == pytest.approx(3.0, abs=0.1)  # one second, then two
        assert joined.failure is not None
        await until(lambda: joined.retry_at is not None, 60)
        tried = len(site.envs)
        await session.scan(ScanRequest())
        await until(lambda: len(site.envs) == tried + 1 and joined.retry_at is not None, 60)
        assert asyncio.get_running_loop().time() - started < 4.0  # at once
        late.refuses = None
        await session.rescan()
        await until(lambda: joined.attachment is not None)
        assert session.problems() == []
        assert joined.retry_at is None
        await until(lambda: late.wishes)
        told = [entry.event for entry in session.log if isinstance(entry.event, StreamChanged)]
        assert [(one.stream, one.state) for one in told] == [("radio", "broken"), ("radio", "live")]  # not every try
        assert told[0].failure == Failure(kind=ErrorKind.NET_REFUSED)
        assert joined.first_line == session.log.end


@in_virtual_time
async def test_what_no_waiting_helps_is_not_tried_again() -> None:
    site = Site(one=TinyBackend(refuses=REFUSED))
    async with Session([parse("tiny:one")], clock=clock(), open_radio=site.open) as session:
        await until(lambda: session.radios["tiny:one"].failure, 60)
        await asyncio.sleep(600)
        assert len(site.envs) == 1


async def test_a_radio_added_later_joins_the_scan() -> None:
    one, two = TinyBackend(), TinyBackend()
    site = Site(one=one, two=two)
    async with Session([parse("tiny:one")], open_radio=site.open) as session:
        await session.scan(ScanRequest())
        assert session.add(parse("tiny:two")) == "tiny:two"
        await until(lambda: two.wishes)
        assert session.add(parse("tiny:two")) == "tiny:two#2"


async def test_a_late_session_sees_what_the_radio_already_heard() -> None:
    backend = TinyBackend(LaneChanged(1.0, Lane("a")), heard("a", -50))
    async with Site(one=backend).session() as session:
        await until(lambda: session.store.received == 1)
        assert list(session.radios["tiny:one"].state.lanes) == ["a"]


async def test_two_targets_of_one_name_get_lanes_of_their_own() -> None:
    names: list[str] = []

    async def open_radio(target: Target, env: Env) -> Radio:
        names.append(env.radio)
        radio = QueuedRadio(TinyBackend(), env.radio)
        await radio.open()
        return radio

    targets = [
        parse("sim:"),
        parse("sim:crowd"),
        parse("sim:"),
        parse("cassia://10.0.0.7:8080"),
        parse("cassia://10.0.0.7"),
    ]
    async with Session(targets, open_radio=open_radio):
        await until(lambda: len(names) == 5)
    assert names == ["sim", "sim:crowd", "sim#2", "10.0.0.7", "10.0.0.7#2"]


async def test_leaving_while_a_radio_still_opens_does_not_wait_for_it() -> None:
    class Slow(TinyBackend):
        async def open(self, emit: object) -> None:
            await asyncio.Event().wait()

    slow = Slow()
    async with asyncio.timeout(5):
        async with Site(slow=slow).session() as session:
            await asyncio.sleep(0)
            assert session.radios["tiny:slow"].attachment is None
    assert slow.closed == 1


async def test_a_bug_in_a_radio_ends_the_session_with_its_exception() -> None:
    async def open_radio(target: Target, env: Env) -> Radio:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup) as crashed:
        async with asyncio.timeout(5), Session([parse("tiny:x")], open_radio=open_radio):
            await asyncio.Event().wait()
    assert crashed.group_contains(ZeroDivisionError)


async def test_a_bug_in_a_backends_task_ends_the_session_with_its_exception() -> None:
    class Crashing(TinyBackend):
        async def open(self, emit: Emit) -> None:
            self.group = asyncio.TaskGroup()
            await self.group.__aenter__()
            self.group.create_task(self.crash())

        async def crash(self) -> None:
            await asyncio.sleep(0)
            raise ZeroDivisionError

        async def aclose(self) -> None:
            await self.group.__aexit__(None, None, None)

    with pytest.raises(ExceptionGroup) as crashed:
        async with asyncio.timeout(5), Site(one=Crashing()).session():
            await asyncio.Event().wait()
    assert crashed.group_contains(ZeroDivisionError)


async def test_a_bug_in_a_call_ends_the_session_with_its_exception() -> None:
    class Crashing(TinyBackend):
        async def disconnect(self, peer: Peer, *, within: float) -> None:
            raise ZeroDivisionError

    async def story() -> None:
        async with asyncio.timeout(5), Site(one=Crashing(LaneChanged(1.0, Lane("a")))).session() as session:
            await until(lambda: session.radios["tiny:one"].attachment)
            seat = session.radios["tiny:one"].attachment
            assert seat is not None
            with pytest.raises(BleError) as told:
                await seat.perform(Disconnect("X", "a"))
            assert told.value.failure.kind is ErrorKind.INTERNAL_BUG
            await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as crashed:
        await story()
    assert crashed.group_contains(ZeroDivisionError)


async def test_what_the_body_raises_comes_out_as_it_is() -> None:
    with pytest.raises(BleError) as raised:
        async with Site(one=TinyBackend()).session():
            raise BleError(REFUSED)
    assert raised.value.failure == REFUSED


def test_no_target_is_refused() -> None:
    with pytest.raises(BleError):
        Session([])


async def test_the_log_begins_with_how_a_radio_stands_and_does_so_again_when_it_is_opened_anew() -> None:
    off = LaneChanged(1.0, Lane("one/hci0", usable=Failure(kind=ErrorKind.ADAPTER_OFF)))
    site = Site(one=TinyBackend(off, StreamChanged(1.0, "one/hci0", "scan", "off")))
    async with site.session() as session:
        await until(lambda: session.radios["tiny:one"].attachment)
        assert [entry.event for entry in session.log][:2] == [off, StreamChanged(1.0, "one/hci0", "scan", "off")]
        assert session.radios["tiny:one"].first_line == 2
        number = session.mark("before")
        assert session.log.entry(number).event == Mark(session.log[-1].event.at, "before")
        await session.reopen("tiny:one")
        await until(lambda: session.radios["tiny:one"].attachment)
        assert session.log.entry(number + 1).event == off
        assert session.radios["tiny:one"].first_line > number + 1


async def test_what_was_asked_for_at_a_radio_that_is_closed_is_no_problem_any_more() -> None:
    failure = Failure(kind=ErrorKind.BUSY_CHIP)
    one = Operation(id=OpId("me", 1), request=Disconnect("A4:C1:38:0B:7F:2A"), state="failed", attempt=1, started=1.0,
                    limit=1.0, failure=failure)  # fmt: skip
    backend = TinyBackend()
    async with Site(one=backend).session() as session:
        await until(lambda: session.radios["tiny:one"].attachment)
        backend.say(OperationChanged(1.0, one))
        await until(lambda: session.failing.now())
        assert session.tally.at(Where("tiny:one", "A4:C1:38:0B:7F:2A")) == ["1 of 1 disconnect: busy.chip"]
        await session.remove("tiny:one")
        assert session.failing.now() == []


async def test_a_radio_that_ends_hides_none_of_what_it_told_before() -> None:
    """Plain mode prints a radio's lines from `first_line` on, and some may still be due when it ends."""
    backend = TinyBackend()
    site = Site(one=backend)
    async with site.session() as session:
        joined = session.radios["tiny:one"]
        await until(lambda: joined.attachment)
        first = joined.first_line
        backend.say(LaneDown(1.0, "a", Failure(kind=ErrorKind.ADAPTER_MISSING)))
        seat = joined.attachment
        assert isinstance(seat, LocalAttachment)
        seat.close(BleError(Failure(kind=ErrorKind.NET_CLOSED)))
        await until(lambda: joined.failure)
        assert joined.first_line == first
        assert LaneDown in {type(entry.event) for entry in session.log}
