from __future__ import annotations

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Connect,
    Disconnect,
    Event,
    Lane,
    LaneChanged,
    LinkChanged,
    Owner,
    Pair,
    Peer,
    Read,
    Request,
)
from bletui.radio import QueuedRadio
from bletui.radio.journal import SETTLED, UNDONE, Journal, folded
from bletui.radio.journalfile import Put, put
from bletui.testing.memory_loop import MemoryLoop
from bletui.testing.virtual_time import run
from tests.failing import failure_of
from tests.radio.disks import SlowDisk
from tests.radio.playing import A, B, at_once, forever
from tests.radio.scripted import ScriptedBackend
from tests.values import addresses, peers
from tests.waiting import until

pytestmark = pytest.mark.in_process("a bridge's radio has the journal, not its client's")

HERE = Peer("a", A)
Left = tuple[frozenset[Peer], frozenset[str]]
NOTHING: Left = (frozenset(), frozenset())


def left(path: Path) -> Left:
    return Journal(path).left


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("?!+-"), peers), max_size=30), st.integers(0, 9))
async def test_the_next_process_knows_what_the_last_one_had(steps: list[tuple[str, Peer]], cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "links"
        journal = Journal(path)
        links: set[Peer] = set()
        calls: dict[str, list[asyncio.Event]] = defaultdict(list)  # the ends of those that run
        ended: list[asyncio.Event] = []
        (done := asyncio.Event()).set()
        async with asyncio.TaskGroup() as tasks:

            async def call(end: asyncio.Event) -> None:
                await end.wait()
                ended.append(end)

            for step, peer in steps:
                match step:
                    case "?":
                        end = asyncio.Event()
                        calls[peer.address].append(end)
                        tasks.create_task(journal.around(peer.address, partial(call, end)))
                    case "!" if calls[peer.address]:
                        calls[peer.address].pop().set()
                    case "+":
                        links.add(peer)
                        journal.up(peer)
                    case "-":
                        links.discard(peer)
                        journal.down(peer)
            has = frozenset(links), frozenset(address for address, ends in calls.items() if ends)
            over = sum(step == "?" for step, _ in steps) - sum(map(len, calls.values()))
            await until(lambda: len(ended) == over)
            await journal.around("last", partial(call, done))
            await until(lambda: left(path) == has)
            with path.open("ab") as file:
                file.write(b"+ a/hci0 A4:C1:38:0B"[:cut])  # a line that was being written
            again = Journal(path)
            assert again.left == has
            again.opened()
            await again.aclose()
            assert left(path) == has  # killed again before anything was told
            after = Journal(path)
            after.settled()
            await after.aclose()
            assert left(path) == NOTHING
            for end in [end for ends in calls.values() for end in ends]:
                end.set()
        await journal.aclose()


@settings(max_examples=30, deadline=None)
@given(addresses, st.text(max_size=9))
async def test_lanes_may_be_called_anything_without_line_ends(address: str, lane: str) -> None:
    peer = Peer(lane.replace("\n", "") + " x", address)
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "links")
        journal.up(peer)
        await journal.aclose()
        assert Journal(Path(folder) / "links").was_ours(peer)


async def opened(path: Path, *links: Peer, connects: int = 1, write: Put = put) -> tuple[ScriptedBackend, QueuedRadio]:
    lane = Lane("a", connects=connects)
    backend = ScriptedBackend(lane)
    backend.at_open = (LaneChanged(1.0, lane), *(LinkChanged(1.0, peer, "up") for peer in links))
    radio = QueuedRadio(backend, "a", policy=at_once, journal=Journal(path, write=write))
    await radio.open()
    return backend, radio


async def test_what_a_killed_process_left_is_released_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "links").write_text(f"+ a {A}\n? {B}\n")
    foreign = Peer("a", "FF:00:00:00:00:09")
    backend, radio = await opened(tmp_path / "links", HERE, foreign)
    await until(lambda: ("disconnect", *HERE) in backend.calls)
    backend.say(LinkChanged(2.0, Peer("a", B), "up"))  # the connect that was under way
    await until(lambda: ("disconnect", "a", B) in backend.calls)
    await radio.aclose()
    assert {call for call in backend.calls if call[0] == "disconnect"} == {
        ("disconnect", *HERE),
        ("disconnect", "a", B),
    }
    assert left(tmp_path / "links") == (frozenset(), frozenset({B}))


@pytest.mark.parametrize("request_", [Connect(A), Pair(A)])
async def test_what_may_make_a_link_is_on_disk_before_it_is_made(tmp_path: Path, request_: Connect | Pair) -> None:
    path, seen = tmp_path / "links", list[Left]()
    backend, radio = await opened(path)

    async def looks() -> None:
        seen.append(left(path))

    seat = await radio.attach(Owner("me"))
    backend.script[A] = [looks]
    await seat.perform(request_)
    assert seen == [(frozenset(), frozenset({A}))]
    await until(lambda: left(path) == (frozenset({HERE}), frozenset()))
    backend.script[B] = [Failure(kind=ErrorKind.LINK_STATE_CONFLICT, retry="never")]
    await failure_of(seat.connect(B))
    await until(lambda: left(path) == (frozenset({HERE}), frozenset()))
    await radio.aclose()
    assert left(path) == NOTHING


async def test_pairing_over_a_link_of_somebody_else_makes_it_no_more_ours(tmp_path: Path) -> None:
    path, seen = tmp_path / "links", list[Left]()
    backend, radio = await opened(path, HERE)

    async def looks() -> None:
        seen.append(left(path))

    backend.script[A] = [looks]
    await (await radio.attach(Owner("me"))).perform(Pair(A))
    assert seen == [NOTHING]
    await radio.aclose()


async def test_what_waits_in_the_queue_is_not_ours_yet(tmp_path: Path) -> None:
    backend, radio = await opened(tmp_path / "links")
    backend.script[A] = [forever]
    seat = await radio.attach(Owner("me"))
    async with asyncio.TaskGroup() as tasks:
        asking = [tasks.create_task(seat.connect(address)) for address in (A, B)]
        await until(lambda: backend.running)
        assert left(tmp_path / "links") == (frozenset(), frozenset({A}))
        for task in asking:
            task.cancel()
    await radio.aclose()


async def test_connects_of_one_turn_share_a_write_and_nobody_else_waits_for_it(tmp_path: Path) -> None:
    disk, many = SlowDisk(), [f"{n:017}" for n in range(60)]
    disk.let()
    backend, radio = await opened(tmp_path / "links", HERE, connects=len(many), write=disk)
    await until(lambda: disk.ended == 1)
    seat = await radio.attach(Owner("me"))
    async with asyncio.TaskGroup() as tasks:
        for address in many:
            tasks.create_task(seat.connect(address))
        await until(lambda: disk.begun == 2)
        assert await seat.perform(Read(A, handle=7)) == b"\x07"
        assert [call[0] for call in backend.calls] == ["read"]
        disk.let()
        await until(lambda: len(backend.calls) == 1 + len(many))
        disk.let(1000)
    assert set(disk.durable) >= {("?", address) for address in many}
    await radio.aclose()


class Witness(ScriptedBackend):
    """Looks at the disk when a call comes that may make a link."""

    def __init__(self, disk: SlowDisk, *lanes: Lane) -> None:
        super().__init__(*lanes)
        self.disk = disk
        self.up: set[Peer] = set()
        self.unknown: list[str] = []

    def say(self, *events: Event) -> None:
        for event in events:
            if isinstance(event, LinkChanged):
                (self.up.add if event.state == "up" else self.up.discard)(event.peer)
        super().say(*events)

    async def _play(self, verb: str, peer: Peer) -> None:
        if verb in ("connect", "pair"):
            links, wanted = folded(self.disk.durable)
            self.unknown += [] if peer in self.up | links or peer.address in wanted else [f"{verb} {peer}"]
        await super()._play(verb, peer)


ACTS = st.one_of(
    st.tuples(st.sampled_from(("connect", "pair", "disconnect", "drop")), st.sampled_from((A, B, "C"))),
    st.tuples(st.sampled_from(("cancel", "disk", "disk", "turn")), st.just("")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTS, max_size=30))
async def test_no_call_that_may_make_a_link_comes_before_its_line(acts: list[tuple[str, str]]) -> None:
    """Whatever is asked, cancelled, released or lost meanwhile, and however slow the disk is."""
    disk = SlowDisk()
    backend = Witness(disk, Lane("a", connects=2), Lane("b"))
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "links", write=disk)
        radio = QueuedRadio(backend, "a", policy=at_once, journal=journal)
        await radio.open()
        seat = await radio.attach(Owner("me"))
        asked: list[asyncio.Task[object]] = []
        async with asyncio.TaskGroup() as tasks:

            async def ask(request: Request) -> None:
                with suppress(BleError):
                    await seat.perform(request)

            for act, address in acts:
                match act:
                    case "connect":
                        asked.append(tasks.create_task(ask(Connect(address, "a" if address == A else None))))
                    case "pair":
                        asked.append(tasks.create_task(ask(Pair(address, "b"))))
                    case "disconnect":
                        asked.append(tasks.create_task(ask(Disconnect(address))))
                    case "drop":
                        ends = [LinkChanged(4.0, peer, "down") for peer in backend.up if peer.address == address]
                        backend.say(*ends)
                    case "cancel" if asked:
                        asked.pop().cancel()
                    case "disk":
                        ended = disk.ended
                        disk.let()
                        await until(lambda: disk.ended > ended or disk.begun == ended)  # noqa: B023
                    case _:
                        await asyncio.sleep(0)
            disk.let(10_000)
            await until(lambda: all(task.done() for task in asked))
        await radio.aclose()
    assert backend.unknown == []


def in_memory(test: Callable[[Path], Awaitable[None]]) -> Callable[[Path], None]:
    """In virtual time, where what is written has been written at once."""

    def runs(tmp_path: Path) -> None:
        async def whole() -> None:
            await test(tmp_path / "links")

        run(whole, loop_factory=MemoryLoop)

    return runs


@in_memory
async def test_a_cancelled_connect_may_bring_a_link_for_a_moment_also_while_the_next_one_runs(path: Path) -> None:
    backend, radio = await opened(path)
    seat = await radio.attach(Owner("me"))
    backend.script[A] = [forever, forever]
    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            asking = tasks.create_task(seat.connect(A))
            await until(lambda: backend.running)
            asking.cancel()
            await until(lambda: not backend.running)
            assert left(path) == (frozenset(), frozenset({A}))
            await asyncio.sleep(UNDONE - 1)
        backend.script[A] = [forever]
        asking = tasks.create_task(seat.connect(A))
        await asyncio.sleep(UNDONE)
        assert left(path) == (frozenset(), frozenset({A})), "one runs"
        asking.cancel()
        await asyncio.sleep(UNDONE + 1)
    assert left(path) == NOTHING
    await radio.aclose()


@in_memory
async def test_a_connect_whose_outcome_is_unknown_may_bring_a_link_for_a_moment(path: Path) -> None:
    backend, radio = await opened(path)
    seat = await radio.attach(Owner("me"))
    backend.script[A] = [Failure(kind=ErrorKind.NET_TIMEOUT, outcome_unknown=True, retry="never")]
    await failure_of(seat.connect(A))
    await asyncio.sleep(UNDONE - 1)
    assert left(path) == (frozenset(), frozenset({A}))
    await asyncio.sleep(2)
    assert left(path) == NOTHING
    await radio.aclose()


@in_memory
async def test_the_journal_of_a_radio_that_was_closed_does_not_write_into_its_successors(path: Path) -> None:
    """As a reload makes them one after the other in one process."""
    _, before = await opened(path)
    await before.aclose()
    _, radio = await opened(path)
    await (await radio.attach(Owner("me"))).connect(A)
    await asyncio.sleep(SETTLED + 1)
    assert left(path) == (frozenset({HERE}), frozenset())
    await radio.aclose()


async def test_a_disk_that_takes_nothing_stops_no_link(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    _, radio = await opened(tmp_path / "file" / "links")
    assert await (await radio.attach(Owner("me"))).connect(A) == HERE
    await radio.aclose()
