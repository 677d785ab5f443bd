"""Whatever the one stream says: each event reaches its router, tells of one, is somebody else's, or is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from bletui.backend import Env
from bletui.backends.cassia.api import Json
from bletui.backends.cassia.combined import Combined, Share
from bletui.backends.cassia.feeds import OwnStreams, StreamName
from bletui.backends.cassia.hubs import Hub
from bletui.backends.cassia.options import options
from bletui.backends.cassia.router import reach
from bletui.backends.cassia.station import Setting
from bletui.target import parse
from tests.backends.cassia.any_json import ANYTHING

MINE, OTHERS = "CC:1B:E0:E0:00:01", "CC:1B:E0:E0:00:02"
SORTS: dict[str, StreamName] = {
    "scan": "scan",
    "notification": "notify",
    "indication": "notify",
    "connection_state": "state",
}
MACS = st.sampled_from([MINE, MINE.lower(), OTHERS])
GOOD = st.builds(lambda sort, mac: {"dataType": sort, "ap": mac}, st.sampled_from(sorted(SORTS)), MACS)
STATES = st.builds(
    lambda mac, status: {"dataType": "ap_state", "mac": mac, "status": status},
    MACS,
    st.sampled_from(["online", "offline", "asleep", None, 7]),
)
STRANGE = st.one_of(
    ANYTHING,
    st.builds(lambda sort, mac: {"dataType": sort, "ap": mac, "aps": mac}, ANYTHING, ANYTHING),
    st.builds(lambda rows: {"dataType": "state", "aps": rows}, st.dictionaries(st.text(max_size=3), ANYTHING)),
)


class Dealt:
    """What one router's shares were handed, and what was told of routers."""

    def __init__(self) -> None:
        self.taken: list[tuple[StreamName, Json]] = []
        self.hubs: list[Hub] = []

    def take(self, stream: StreamName, events: list[Json]) -> int:
        self.taken += [(stream, event) for event in events]
        return 0


def not_now(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    raise AssertionError("nothing is started by dealing")


@asynccontextmanager
async def dealing() -> AsyncIterator[tuple[Combined, Dealt]]:
    env, asked = Env("lab"), options(parse("cassia://127.0.0.1/api"))
    dealt, router = Dealt(), await reach(asked, env)
    now, chance = env.clock.wall, float
    setting = Setting(asked, env, lambda events: None, now, not_now, chance, count(1), asyncio.Semaphore(1))
    combined = Combined(setting, router, dealt.hubs.extend, lambda: None)
    own = OwnStreams(router, lambda malformed: None, not_now, env.clock, chance)

    async def query() -> dict[str, str]:
        return {}

    for stream in set(SORTS.values()):

        def take(events: list[Json], stream: StreamName = stream) -> int:
            return dealt.take(stream, events)

        combined.add(Share(MINE, stream, query, take, lambda state, failure, retry_at: None, own))
    try:
        yield combined, dealt
    finally:
        await router.aclose()


async def dealt_with(events: list[Json]) -> tuple[Dealt, int]:
    async with dealing() as (combined, dealt):
        return dealt, combined._deal(events)


@given(st.lists(GOOD))
def test_each_event_reaches_its_router_and_its_order_is_kept(events: list[Json]) -> None:
    dealt, malformed = asyncio.run(dealt_with(events))
    mine = [(SORTS[event["dataType"]], event) for event in events if event["ap"].upper() == MINE]
    assert malformed == 0
    for stream in set(SORTS.values()):
        assert [one for one in dealt.taken if one[0] == stream] == [one for one in mine if one[0] == stream]
    others = [one for one in dealt.taken if one[0] != "scan"]
    assert others == [one for one in mine if one[0] != "scan"]  # links and notifications keep theirs among themselves


@given(st.lists(st.one_of(GOOD, STATES, STRANGE), max_size=8))
def test_nothing_else_comes_of_anything(events: list[Json]) -> None:
    dealt, malformed = asyncio.run(dealt_with(events))
    assert malformed >= sum(not isinstance(event, dict) for event in events)
    assert len(dealt.taken) <= len(events)
    assert all(isinstance(event, dict) and event["ap"].upper() == MINE for _, event in dealt.taken)
    states = [event for event in events if isinstance(event, dict) and event.get("dataType") == "ap_state"]
    told = [event for event in states if event.get("status") in ("online", "offline")]
    assert len(dealt.hubs) >= len(told) - malformed
