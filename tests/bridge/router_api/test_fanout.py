"""One outbox in front of many."""

from __future__ import annotations

from bletui.bridge.router_api.fanout import Fanout
from bletui.bridge.router_api.outbox import Outbox


async def test_every_client_gets_the_same_bytes() -> None:
    fanout, first, second = Fanout(), Outbox("events"), Outbox("events")
    fanout.put(b"before", 1)
    fanout.join(first)
    fanout.join(second)
    fanout.put(b"data: {}\n\n", 1)
    assert await first.take() is await second.take()


async def test_what_clients_lose_adds_up_also_when_they_have_left() -> None:
    fanout = Fanout()
    clients = [Outbox("events", waiting_max=3) for _ in range(2)]
    for client in clients:
        fanout.join(client)
    fanout.put(b"ab", 2)
    fanout.put(b"cd", 1)
    assert fanout.all_lost == 4
    fanout.leave(clients[0])
    fanout.leave(clients[0])
    fanout.put(b"ef", 1)
    assert (len(fanout), fanout.all_lost) == (1, 5)
    assert await clients[0].take() == b""


async def test_the_end_of_a_source_is_not_the_end_of_the_clients() -> None:
    fanout, client = Fanout(), Outbox("events")
    fanout.join(client)
    fanout.close()
    fanout.beat(b":x\n\n")
    fanout.tell_shed(7)
    fanout.beat_all(b":keep-alive\n\n")
    assert await client.take() == b":shed 7 events\n\n:keep-alive\n\n"
    fanout.close_all()
    assert await client.take() == b""
