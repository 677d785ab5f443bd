"""What is told late, or can't be read, does not turn a link that stands into one that is lost, or somebody else's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.cassia.api import LinkState
from bletui.backends.cassia.table import LinkTable
from bletui.backends.cassia.watch import newest
from bletui.failure import ErrorKind
from bletui.model import LinkChanged, Peer
from tests.backends.cassia.one_device import ADDRESS, LANE, OneDevice, lab
from tests.backends.cassia.recorded_router import NO_LINKS, Asked, Reply, data_event, json_reply

PEER, OTHER = Peer(LANE, ADDRESS), Peer(LANE, "F6:12:3D:BD:DE:45")
DOWN = {"handle": ADDRESS, "chipId": 1, "connectionState": "disconnected", "reason": "device disconnect"}
UP = {"handle": ADDRESS, "chipId": 1, "connectionState": "connected"}
STATES = st.builds(
    LinkState, st.sampled_from("abc"), st.sampled_from(["connected", "disconnected", "connect timeout"]), st.just(0)
)


async def test_a_held_up_stream_does_not_lose_a_link_that_was_made_anew() -> None:
    async with lab() as at:
        await at.backend.connect(ADDRESS, lane=LANE, address_type="random", pair=False, within=5)
        at.device.states.put_nowait(data_event(DOWN) + data_event(UP))
        at.device.states.put_nowait(data_event({"handle": 7}))  # which is counted when the rest has been read
        await at.heard.until(lambda: at.heard.shed == 1)
        assert [link.state for link in at.heard.links] == ["up"]
        at.device.states.put_nowait(data_event(DOWN))
        await at.heard.until(lambda: len(at.heard.links) == 2)
        assert at.heard.links[-1].reason is not None
        assert at.heard.links[-1].reason.kind is ErrorKind.LINK_CLOSED_REMOTE


async def test_a_link_that_has_come_and_gone_is_not_told() -> None:
    async with lab() as at:
        at.device.states.put_nowait(data_event(UP) + data_event(DOWN) + data_event({"handle": 7}))
        await at.heard.until(lambda: at.heard.shed == 1)
        assert at.heard.links == []


async def test_a_list_with_an_entry_that_can_not_be_read_takes_no_link_away() -> None:
    device = OneDevice()

    def listed(_: Asked) -> Reply:
        return json_reply({"nodes": [{"id": 7, "chipId": "x"}]}) if device.connected else NO_LINKS

    async with lab({"/gap/nodes": listed}, device, speed=20.0) as at:
        await at.backend.connect(ADDRESS, lane=LANE, address_type="random", pair=False, within=5)
        at.device.states.put_nowait(b"")  # the stream ends, so the list is looked at
        await at.heard.until(lambda: at.heard.shed == 1)
        assert [link.state for link in at.heard.links] == ["up"]


def test_only_a_whole_list_says_what_is_gone() -> None:
    told: list[LinkChanged] = []
    table = LinkTable(told.append, lambda: 0.0)
    for peer in (PEER, OTHER):
        table.up(peer)
    table.compare([LinkChanged(0.0, PEER, "up")], table.stamp, whole=False)
    assert table.peers() == (PEER, OTHER)
    table.compare([LinkChanged(0.0, PEER, "up")], table.stamp)
    assert table.peers() == (PEER,)
    assert [(link.peer, link.state) for link in told[2:]] == [(OTHER, "down")]


@given(st.lists(STATES))
def test_the_newest_is_the_last_of_each(states: list[LinkState]) -> None:
    told = [state for state in states if state.state != "connect timeout"]
    assert {state.address: state for state in told} == {state.address: state for state in newest(states)}
    assert len(list(newest(states))) == len({state.address for state in told})
