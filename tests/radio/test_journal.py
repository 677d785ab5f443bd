from __future__ import annotations

import asyncio
import errno
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.failure import ErrorKind, Failure
from bletui.model import Lane, LaneChanged, LinkChanged, Owner, Peer
from bletui.radio import QueuedRadio
from bletui.radio.journal import Journal
from tests.radio.playing import A, B, at_once, failure_of
from tests.radio.scripted import ScriptedBackend
from tests.values import addresses, peers
from tests.waiting import until

pytestmark = pytest.mark.in_process("a bridge's radio has the journal, not its client's")

HERE = Peer("a", A)
STEPS: dict[str, Callable[[Journal, Peer], None]] = {
    "?": lambda journal, peer: journal.intend(peer.address),
    "!": lambda journal, peer: journal.over(peer.address),
    "+": lambda journal, peer: journal.up(peer),
    "-": lambda journal, peer: journal.down(peer),
}


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), peers), max_size=30), st.integers(0, 9))
def test_the_next_process_knows_what_the_last_one_had(steps: list[tuple[str, Peer]], cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "links"
        journal = Journal(path)
        links: set[Peer] = set()
        wanted: set[str] = set()
        for step, peer in steps:
            STEPS[step](journal, peer)
            wanted = wanted | {peer.address} if step == "?" else wanted - {peer.address} if step == "!" else wanted
            links = links | {peer} if step == "+" else links - {peer} if step == "-" else links
        assert journal.failed is None
        path.write_bytes(path.read_bytes() + b"+ a/hci0 A4:C1:38:0B"[:cut])  # a line that was being written
        again = Journal(path)
        assert again.left == (frozenset(links), frozenset(wanted))
        assert Journal(path).left == (frozenset(links), frozenset(wanted))  # killed again before anything was told
        again.settled()
        assert Journal(path).left == (frozenset(), frozenset())


@settings(max_examples=30)
@given(addresses, st.text(max_size=9))
def test_lanes_may_be_called_anything_without_line_ends(address: str, lane: str) -> None:
    lane = "".join(lane.split()) + " x"
    with tempfile.TemporaryDirectory() as folder:
        Journal(Path(folder) / "links").up(Peer(lane, address))
        assert Journal(Path(folder) / "links").was_ours(Peer(lane, address))


async def opened(path: Path, *links: Peer) -> tuple[ScriptedBackend, QueuedRadio]:
    backend = ScriptedBackend(Lane("a"))
    backend.at_open = (LaneChanged(1.0, Lane("a")), *(LinkChanged(1.0, peer, "up") for peer in links))
    radio = QueuedRadio(backend, "a", policy=at_once, journal=Journal(path))
    await radio.open()
    return backend, radio


async def test_what_a_killed_process_left_is_released_and_nothing_else(tmp_path: Path) -> None:
    left = Journal(tmp_path / "links")
    left.up(HERE)
    left.intend(B)
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
    assert Journal(tmp_path / "links").left == (frozenset(), frozenset({B}))


async def test_a_connect_is_on_disk_before_it_is_made(tmp_path: Path) -> None:
    backend, radio = await opened(tmp_path / "links")
    seen: list[tuple[frozenset[Peer], frozenset[str]]] = []

    def on_disk() -> tuple[frozenset[Peer], frozenset[str]]:
        copy = tmp_path / "copy"
        copy.write_bytes((tmp_path / "links").read_bytes())
        return Journal(copy).left

    async def looks() -> None:
        seen.append(on_disk())

    seat = await radio.attach(Owner("me"))
    backend.script[A] = [looks]
    await seat.connect(A)
    await asyncio.sleep(0.01)
    assert seen == [(frozenset(), frozenset({A}))]
    assert on_disk() == (frozenset({HERE}), frozenset())
    backend.script[B] = [Failure(kind=ErrorKind.LINK_STATE_CONFLICT, retry="never")]
    await failure_of(seat.connect(B))
    await asyncio.sleep(0.01)
    assert on_disk() == (frozenset({HERE}), frozenset())
    await radio.aclose()
    assert on_disk() == (frozenset(), frozenset())


async def test_a_disk_that_takes_nothing_is_told_and_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    journal = Journal(tmp_path / "file" / "links")
    journal.up(HERE)
    assert journal.failed is not None


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_a_full_disk_is_told_once_and_costs_no_other_line(tmp_path: Path) -> None:
    import resource

    told: list[OSError] = []
    journal = Journal(tmp_path / "links", told.append)
    journal.up(Peer("a", A))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (journal.path.stat().st_size + 5, before[1]))
    try:
        journal.up(Peer("a", B))  # cut after five bytes
        journal.intend(A)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [failed.errno for failed in told] == [errno.EFBIG]
    assert journal.failed is not None
    journal.over(A)
    assert journal.failed is None
    assert Journal(journal.path).left == (frozenset({Peer("a", A), Peer("a", B)}), frozenset())
