"""Links of the router's API beside those of consoles at the same radio: who holds them, and who took them."""

from __future__ import annotations

from bletui.model import LinkChanged, Owner, Peer
from tests.bridge.router_api.client import ask
from tests.bridge.router_api.linked import LinkedBackend
from tests.bridge.router_api.site import lane, site

DEVICE = "02:00:00:00:00:01"
PATH = f"/gap/nodes/{DEVICE}/connection"


class Ending(LinkedBackend):
    async def disconnect(self, peer: Peer, *, within: float) -> None:
        self.say(LinkChanged(1.0, peer, "down"))


async def test_who_connects_through_the_api_what_is_up_already_holds_it_too_and_may_end_it_as_a_router_does() -> None:
    backend = Ending(lane(0), devices={DEVICE: ()})
    async with site(backend) as it:
        console = await it.radios[0].attach(Owner("session"))
        await console.connect(DEVICE, address_type="random")
        reply = await ask(it.port, PATH, method="POST", body=b'{"type": "random"}')
        assert (reply.status, len(backend.asked)) == (200, 1)
        late = await it.radios[0].attach(Owner("late", "viewer"))
        assert [link.holders for link in late.snapshot.links.values()] == [("session", "router-api")]
        assert (await ask(it.port, PATH, method="DELETE")).status == 200
    down = [event async for batch in console.events() for event in batch.events if isinstance(event, LinkChanged)][-1]
    assert down.reason is not None
    assert (down.state, down.reason.detail) == ("down", "router-api took it")
