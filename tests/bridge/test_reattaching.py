"""The connection is lost, the client or the bridge is killed: what goes on, what is told, what is never done twice."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bletui.bridge.fanout import Fanout
from bletui.bridge.remote import MISSED
from bletui.bridge.ring import Ring
from bletui.bridge.server import Bridge
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Advertisements,
    Event,
    LinkChanged,
    OperationChanged,
    OpId,
    Owner,
    Peer,
    Prompt,
    Read,
    ScanRequest,
    Shed,
    StreamChanged,
    Subscribe,
    SubscriptionChanged,
    Write,
)
from tests.bridge.reattached import HERE, Told, cut, heard, opened
from tests.bridge.running import bridge, remote
from tests.failing import failure_of
from tests.radio.asking import Asking
from tests.radio.playing import A, B
from tests.waiting import until


async def test_what_was_missed_follows_and_nothing_is_told_twice() -> None:
    backend, radio = await opened()
    async with bridge(radio) as (made, socket), asyncio.TaskGroup() as group:
        far = remote(socket)
        told = Told(group, await far.attach(Owner("me")))
        for n in range(200):
            backend.say(heard(n))
            if n % 50 == 25:
                made.fanout.flush()
                cut(made)
            await asyncio.sleep(0)
        backend.say(LinkChanged(9.0, HERE, "up"))
        await told.until(lambda event: isinstance(event, LinkChanged) and told.streams()[-1] == "live")
        assert [event.address for event in told.events if isinstance(event, Advertisement)] == [
            heard(n).address for n in range(200)
        ]
        assert told.streams()[0] == "broken"
        numbers = [batch.seq for batch in told.batches]
        assert numbers == sorted(set(numbers))
        await far.aclose()
    await radio.aclose()


async def test_requests_in_flight_end_once_although_their_connection_was_lost() -> None:
    backend, radio = await opened()
    going_on = asyncio.Event()

    async def wait() -> None:
        await going_on.wait()

    async with bridge(radio) as (made, socket), asyncio.TaskGroup() as group:
        far = remote(socket)
        seat = await far.attach(Owner("me"))
        told = Told(group, seat)
        await seat.connect(A)
        backend.script[A] = [wait]
        writing = group.create_task(seat.perform(Write(A, handle=7, value=b"x"), deadline=30))
        await until(lambda: ("write", *HERE) in backend.calls)
        cut(made)
        await told.until(lambda event: isinstance(event, StreamChanged) and event.state == "live")
        assert not writing.done()
        going_on.set()
        assert await writing is None
        assert [call[0] for call in backend.calls] == ["connect", "write"]
        assert await seat.perform(Read(A, handle=3)) == b"\x03"
        await far.aclose()
    await radio.aclose()


async def test_what_ended_while_nobody_was_there_is_answered_from_the_bridges_memory() -> None:
    backend, radio = await opened()
    async with bridge(radio) as (made, socket), asyncio.TaskGroup() as group:
        far = remote(socket)
        seat = await far.attach(Owner("me"))
        Told(group, seat)
        await seat.connect(A)
        going_on = asyncio.Event()

        async def wait() -> None:
            cut(made)
            await going_on.wait()

        backend.script[A] = [wait]
        writing = group.create_task(seat.perform(Write(A, handle=7, value=b"x")))
        await until(lambda: not made.clients() and ("write", *HERE) in backend.calls)
        going_on.set()
        assert await writing is None
        assert [call[0] for call in backend.calls] == ["connect", "write"]
        await far.aclose()
    await radio.aclose()


KILLED = """
import asyncio, sys
from pathlib import Path
from bletui.bridge.places import Place
from bletui.bridge.remote import RemoteRadio
from bletui.model import Connect, Owner, Pair, Write

async def main():
    seat = await RemoteRadio(Place(socket=Path(sys.argv[1])), "bridge").attach(Owner("session"))
    async with asyncio.TaskGroup() as group:
        group.create_task(seat.perform(Write("AA:00:00:00:00:01", "a", handle=7, value=b"x")))
        group.create_task(seat.perform(Connect("BB:00:00:00:00:02")))
        group.create_task(seat.perform(Pair("CC:00:00:00:00:03", "a")))

asyncio.run(main())
"""


async def test_a_killed_clients_write_connect_and_passkey_are_seen_to_their_end() -> None:
    """SIGKILL while a write runs, a connect waits for its next try and a passkey is asked for."""
    third = "CC:00:00:00:00:03"
    backend = Asking()
    _, radio = await opened(backend)
    written, paired, connected = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def writes() -> None:
        await written.wait()

    async def pairs() -> None:
        await paired.wait()

    async def connects() -> None:
        await connected.wait()

    backend.script[A], backend.script[third] = [writes], [pairs]
    backend.script[B] = [Failure(kind=ErrorKind.LINK_NOT_SEEN), connects]
    backend.say(LinkChanged(1.0, HERE, "up"), LinkChanged(1.0, Peer("a", third), "up"))
    async with bridge(radio) as (made, socket), asyncio.TaskGroup() as group:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(socket))
        await until(lambda: not (len(backend.calls) < 3 or made.fanout.folding.snapshot().operations == {}), 20)
        backend.say(Prompt(5.0, 9, Peer("a", third), "enter-passkey", made.wall() + 30))
        await until(lambda: any(o.operation.phase == "looking" for o in states(made)))
        process.kill()
        await process.wait()
        await until(lambda: not made.clients())

        far = remote(socket)
        seat = await far.attach(Owner("session"))
        assert seat.owner.id == "session"
        assert [prompt.op is not None for prompt in seat.snapshot.prompts.values()] == [True]
        assert sorted(o.operation.state for o in seat.snapshot.operations.values()) == [
            "retrying",
            "running",
            "running",
        ]
        told = Told(group, seat)
        await seat.answer(9, "123456")
        paired.set()
        written.set()
        backend.say(Advertisement(6.0, "a", B, "random", -50))
        connected.set()
        for id_ in seat.snapshot.operations:
            await told.until(lambda event, id_=id_: ended(event, id_))  # type: ignore[misc]
        assert {o.operation.state for o in told.folding.snapshot().operations.values()} == {"done"}
        assert backend.answers == [(9, "123456")]
        calls = [call[0] for call in backend.calls]
        assert (calls.count("write"), calls.count("pair"), calls.count("connect")) == (1, 1, 2)
        await far.aclose()
    await radio.aclose()


def states(made: Bridge) -> list[OperationChanged]:
    made.fanout.flush()
    return list(made.fanout.folding.snapshot().operations.values())


def ended(event: Event, id_: OpId) -> bool:
    return isinstance(event, OperationChanged) and event.operation.id == id_ and event.operation.ended


async def test_who_goes_leaves_what_it_asked_for_and_who_stays_takes_back_what_it_no_longer_wants() -> None:
    backend, radio = await opened()
    async with bridge(radio) as (_, socket), asyncio.TaskGroup() as group:
        far = remote(socket)
        seat = await far.attach(Owner("me"))
        await seat.connect(A)
        written = asyncio.Event()

        async def writes() -> None:
            await written.wait()

        backend.script[A] = [writes, writes]
        unwanted = group.create_task(seat.perform(Write(A, handle=7, value=b"x")))
        await until(lambda: ("write", *HERE) in backend.calls)
        unwanted.cancel()
        await until(lambda: unwanted.cancelled() and backend.calls.count(("write", *HERE)) == 1)
        left = group.create_task(seat.perform(Write(A, handle=8, value=b"y")))
        await until(lambda: backend.calls.count(("write", *HERE)) == 2)
        seat.going()
        left.cancel()
        await until(left.cancelled)
        await seat.detach(keep=True)
        again = await far.attach(Owner("me"))
        told = Told(group, again)
        assert [one.operation.state for one in again.snapshot.operations.values()] == ["done", "cancelled", "running"]
        written.set()
        await told.until(lambda event: isinstance(event, OperationChanged) and event.operation.state == "done")
        await far.aclose()
    await radio.aclose()


async def test_scans_links_and_notifications_go_on_while_nobody_is_there() -> None:
    backend, radio = await opened()
    async with bridge(radio) as (made, socket):
        far = remote(socket)
        seat = await far.attach(Owner("me"))
        await seat.scan(ScanRequest(active=True))
        await seat.connect(A)
        await seat.perform(Subscribe(A, handle=7, mode="notify"))
        cut(made)
        await until(lambda: not made.clients())
        await seat.detach(keep=True)
        assert backend.wishes == [ScanRequest(active=True)]
        backend.say(heard(1))
        again = await far.attach(Owner("me"))
        assert again.owner.id == "me"
        assert again.snapshot.links[HERE].state == "up"
        assert {changed.owners for changed in again.snapshot.subscriptions.values()} == {("me",)}
        assert heard(1).address in again.snapshot.heard["a"]
        assert [type(event) for batch in again.log for event in batch.events].count(SubscriptionChanged) == 1
        assert len(made.seats) == 1
        await again.detach(keep=False)
        assert backend.wishes[-1] is None
        assert ("disconnect", *HERE) in backend.calls
        assert len(made.seats) == 0
    await radio.aclose()


async def test_beyond_the_ring_the_gap_is_counted_and_the_state_is_that_of_now() -> None:
    backend, radio = await opened()
    async with bridge(radio) as (made, socket), asyncio.TaskGroup() as group:
        made.fanout.ring = Ring(bytes_max=2_000)
        far = remote(socket)
        told = Told(group, await far.attach(Owner("me")))
        backend.say(LinkChanged(1.0, HERE, "up"))
        await told.until(lambda event: isinstance(event, LinkChanged))
        before = made.fanout.seq
        cut(made)
        await until(lambda: not made.clients())
        for n in range(500):
            backend.say(heard(n))
        backend.say(LinkChanged(2.0, HERE, "down"), LinkChanged(3.0, Peer("a", B), "up"))
        await told.until(lambda event: isinstance(event, Shed))
        (gap,) = [event for event in told.events if isinstance(event, Shed)]
        assert (gap.what, gap.count) == (MISSED, made.fanout.seq - before)
        now, then = told.folding.snapshot(), made.fanout.folding.snapshot()
        assert (now.links, now.lanes, now.heard, now.operations) == (
            then.links,
            then.lanes,
            then.heard,
            then.operations,
        )
        assert [e.peer.address for e in told.events if isinstance(e, LinkChanged) and e.state == "down"] == [A]
        await far.aclose()
    await radio.aclose()


async def test_a_bridge_started_anew_is_found_and_nothing_is_done_twice(tmp_path: Path) -> None:
    backend, radio = await opened()
    async with asyncio.TaskGroup() as group:
        async with bridge(radio, path=tmp_path / "s") as (made, socket):
            far = remote(socket)
            seat = await far.attach(Owner("me"))
            told = Told(group, seat)
            await seat.scan(ScanRequest(active=True))
            await seat.connect(A)
            backend.script[A] = [asyncio.Event().wait]  # type: ignore[list-item]
            writing = group.create_task(failure_of(seat.perform(Write(A, handle=7, value=b"x"))))
            await until(lambda: ("write", *HERE) in backend.calls)
            cut(made)
        await told.until(lambda event: isinstance(event, StreamChanged) and event.state == "broken")
        async with bridge(radio, path=tmp_path / "s"):
            async with asyncio.timeout(8):
                unknown = await writing
            assert unknown.outcome_unknown
            assert [call[0] for call in backend.calls].count("write") == 1
            assert await seat.perform(Read(A, handle=3)) == b"\x03"
            assert backend.wishes[-1] == ScanRequest(active=True)
            states = [e.state for e in told.events if isinstance(e, StreamChanged) and e.stream == "bridge"]
            assert set(states[:-1]) == {"broken"}
            assert states[-1] == "live"
            await far.aclose()
    await radio.aclose()


async def test_events_are_gathered_but_a_lone_one_is_not_delayed() -> None:
    fanout = Fanout()
    told: list[int] = []
    fanout.clients.add(lambda frames, _: told.append(sum(frame.events for frame in frames)))
    fanout.take(Advertisements([heard(1)]))
    await asyncio.sleep(0)
    assert told == [1]
    fanout.take(Advertisements([heard(2)]))
    fanout.take(Advertisements([heard(3)]))
    await asyncio.sleep(0)
    assert told == [1]
    fanout.take([LinkChanged(1.0, HERE, "up")])
    fanout.take([LinkChanged(2.0, HERE, "down")])
    await asyncio.sleep(0)
    assert told == [1, 4]
    fanout.take(Advertisements([heard(4)]))
    await until(lambda: told == [1, 4, 1])
