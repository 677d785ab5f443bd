"""What an attempt has seen when its time is over, in virtual time."""

from __future__ import annotations

import asyncio

from bletui.backends.local.attempt import FRESH, Attempt
from bletui.backends.local.link import Link
from bletui.failure import ErrorKind, Failure
from bletui.model import LinkChanged, Peer
from bletui.testing.virtual_time import in_virtual_time

PEER = Peer("local/hci0", "C0:00:00:00:00:01")


@in_virtual_time
async def test_a_device_that_is_heard_no_more_is_not_there() -> None:
    attempt = Attempt(PEER, 10.0)
    attempt.listening = True
    assert attempt.unheard
    attempt.heard(-60)
    assert not attempt.unheard
    await asyncio.sleep(FRESH + 0.1)
    assert attempt.unheard
    assert attempt.story() == "last heard 3 s ago at -60 dBm; no link in 10 s"


@in_virtual_time
async def test_who_does_not_listen_cannot_say_that_it_is_not_there() -> None:
    attempt = Attempt(PEER, 2.0)
    assert not attempt.unheard
    assert attempt.story() == "no link in 2 s"


@in_virtual_time
async def test_its_time_is_over_where_nothing_happens() -> None:
    attempt = Attempt(PEER, 5.0)
    async with asyncio.TaskGroup() as group:
        connecting = group.create_task(asyncio.sleep(60))
        await attempt.over(connecting)
        assert (attempt.elapsed, attempt.left) == (5.0, 0.0)
        connecting.cancel()


@in_virtual_time
async def test_trouble_ends_it_and_the_first_counts() -> None:
    attempt = Attempt(PEER, 5.0)
    first = Failure(kind=ErrorKind.ADAPTER_OFF)
    async with asyncio.TaskGroup() as group:
        connecting = group.create_task(asyncio.sleep(60))
        asyncio.get_running_loop().call_later(1.0, attempt.fails, first)
        await attempt.over(connecting)
        connecting.cancel()
    attempt.fails(Failure(kind=ErrorKind.ADAPTER_MISSING))
    assert (attempt.elapsed, attempt.trouble) == (1.0, first)


@in_virtual_time
async def test_a_link_that_fell_by_itself_is_a_failed_connect_and_by_us_none() -> None:
    for kind, expected in (
        (ErrorKind.LINK_LOST, ErrorKind.LINK_CONNECT_FAILED),
        (ErrorKind.LINK_CLOSED_REMOTE, ErrorKind.LINK_CLOSED_REMOTE),
        (ErrorKind.OP_CANCELLED, None),
    ):
        attempt, link = Attempt(PEER, 5.0), Link(LinkChanged(0.0, PEER, "up"))
        link.end(Failure(kind=kind))
        attempt.fell(link)
        assert (attempt.trouble.kind if attempt.trouble else None) is expected
