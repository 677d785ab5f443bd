"""The backend over real sockets: lanes, links, the scan and its states."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bletui.backend import Env
from bletui.backends.cassia import open_target
from bletui.kinds import ErrorKind
from bletui.model import Peer, ScanFilter, ScanRequest
from bletui.target import parse
from tests.backends.cassia.heard import Heard, opened, target_of
from tests.backends.cassia.recorded_router import (
    HTML,
    INFO,
    NO_LINKS,
    RecordedRouter,
    Reply,
    Script,
    Stream,
    data_event,
    json_reply,
    recorded,
    samples,
)
from tests.backends.cassia.serving import recorded_router, router_api

SAMPLES = [data_event(event) for event in samples()]
SCAN = "/gap/nodes?event=1"
LINK = {"id": "F6:12:3D:BD:DE:44", "chipId": 1, "connectionState": "connected", "tx_phy": "1M", "rx_phy": "2M"}


@pytest.fixture(params=[recorded_router, router_api])
async def router_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    async with request.param() as url:
        yield url


class TestOnEitherRouter:
    async def test_a_scan_is_heard_until_it_is_no_longer_wished_for(self, router_url: str) -> None:
        async with opened(target_of(router_url)) as (backend, heard):
            backend.scan(ScanRequest())
            await heard.until_heard(10)
            backend.scan(None)
            assert heard.states == ["opening", "live", "off"]
            assert heard.shed == 0
            lanes = {changed.lane.id for changed in heard.lanes}
            assert {ad.lane for ad in heard.adverts} <= lanes
            assert all(ad.raw is not None and ad.rssi is not None for ad in heard.adverts)

    async def test_the_router_tells_of_itself(self, router_url: str) -> None:
        async with opened(target_of(router_url)) as (_, heard):
            await heard.until(lambda: heard.lanes[-1].lane.slots_used is not None)
            lane = heard.lanes[-1].lane
            assert lane.router is not None
            assert lane.info["router"] == lane.router
            assert lane.usable is None

    async def test_filters_are_applied_there(self, router_url: str) -> None:
        async with opened(target_of(router_url)) as (backend, heard):
            backend.scan(ScanRequest(active=True, filter=ScanFilter(min_rssi=-60)))
            await heard.until_heard(5)
            assert all(ad.rssi is not None and ad.rssi >= -60 for ad in heard.adverts)

    async def test_a_second_scan_replaces_the_first(self, router_url: str) -> None:
        async with opened(target_of(router_url)) as (backend, heard):
            backend.scan(ScanRequest())
            await heard.until(lambda: "live" in heard.states)
            backend.scan(ScanRequest(active=True))
            await heard.until(lambda: heard.states.count("live") == 2)
            assert heard.states == ["opening", "live", "opening", "live"]


async def test_every_recorded_event_is_heard_whatever_chunks_it_comes_in() -> None:
    stream = b"".join(SAMPLES)
    for size in (1, 7, 100, len(stream)):
        chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
        async with (
            RecordedRouter({SCAN: Stream(chunks)}) as router,
            opened(target_of(router.url)) as (backend, heard),
        ):
            backend.scan(ScanRequest())
            await heard.until_heard(len(SAMPLES))
            assert heard.shed == 0


async def test_the_query_names_what_target_and_wish_ask_for() -> None:
    async with (
        RecordedRouter({SCAN: Stream()}) as router,
        opened(target_of(router.url, "timestamp=1&filter_rssi=-70")) as (backend, heard),
    ):
        backend.scan(ScanRequest(active=True, filter=ScanFilter(min_rssi=-40, connectable=True)))
        await heard.until(lambda: "live" in heard.states)
        [asked] = router.streams_asked()
        assert asked.query == {
            "event": "1", "active": "1", "chip": "all", "filter_rssi": "-70", "connectable": "1", "timestamp": "1",
        }  # fmt: skip
        assert asked.headers["accept"] == "text/event-stream"
        assert asked.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(("wished", "chip"), [((0,), "0"), ((1,), "1"), ((0, 1), "all"), (None, "all")])
async def test_lanes_choose_the_chip(wished: tuple[int, ...] | None, chip: str) -> None:
    async with RecordedRouter({SCAN: Stream()}) as router, opened(target_of(router.url)) as (backend, heard):
        lanes = None if wished is None else tuple(f"lab/127.0.0.1/{number}" for number in wished)
        backend.scan(ScanRequest(lanes))
        await heard.until(lambda: "live" in heard.states)
        assert router.streams_asked()[0].query["chip"] == chip


async def test_an_event_without_a_chip_belongs_to_the_chip_that_was_asked_for() -> None:
    old = Stream([data_event({key: value for key, value in samples()[2].items() if key != "chipId"})])
    async with RecordedRouter({SCAN: old}) as router:
        for query, lane in (("", "lab/127.0.0.1/0"), ("chip=1", "lab/127.0.0.1/1"), ("chip=all", "lab/127.0.0.1/0")):
            async with opened(target_of(router.url, query)) as (backend, heard):
                backend.scan(ScanRequest())
                await heard.until_heard(1)
                assert heard.adverts[0].lane == lane


async def test_the_same_wish_again_changes_nothing() -> None:
    env = Env("lab", speed=20.0)
    async with (
        RecordedRouter({SCAN: Stream(SAMPLES)}) as router,
        opened(target_of(router.url), env) as (backend, heard),
    ):
        backend.scan(ScanRequest())
        await heard.until_heard(len(SAMPLES))
        backend.scan(ScanRequest())
        polls = len(router.asked)
        await router.until(lambda: len(router.asked) > polls)  # time has passed: the list was looked at once more
        assert len(router.streams_asked()) == 1
        assert heard.states == ["opening", "live"]


async def test_a_router_that_was_replaced_is_asked_who_it_is() -> None:
    other = json_reply({"mac": "CC:1B:E0:00:00:02", "version": "2.2.0"})
    answers = {"/cassia/info": [INFO, other], "/gap/nodes": [NO_LINKS, Reply(502, b""), NO_LINKS]}
    env = Env("lab", speed=100.0)
    async with RecordedRouter(answers) as router, opened(target_of(router.url), env) as (_, heard):
        await heard.until(lambda: heard.lanes[-1].lane.router == "CC:1B:E0:00:00:02")
        assert heard.lanes[-1].lane.info["firmware"] == "2.2.0"


async def test_a_scan_on_somebody_elses_lanes_asks_nothing() -> None:
    async with RecordedRouter({SCAN: Stream()}) as router, opened(target_of(router.url)) as (backend, heard):
        backend.scan(ScanRequest(("other/lane",)))
        await heard.until(lambda: heard.lanes[-1].lane.slots_used is not None)
        assert router.streams_asked() == []
        assert heard.streams == []


async def test_old_firmware_that_tells_nothing_is_asked_for_nothing_new() -> None:
    old = {event["name"]: event for event in samples()}["Sleepace Z2"]
    answers: dict[str, Script] = {SCAN: Stream([data_event(old)]), "/cassia/info": Reply(200, HTML, "text/html")}
    async with RecordedRouter(answers) as router, opened(target_of(router.url)) as (backend, heard):
        backend.scan(ScanRequest())
        await heard.until(lambda: bool(heard.adverts))
        assert router.streams_asked()[0].query == {"event": "1"}
        assert heard.adverts[0].lane == "lab/127.0.0.1/0"
        await heard.until(lambda: "info" in heard.lanes[-1].lane.info)
        lane = heard.lanes[-1].lane
        assert lane.info["info"] == "not told: its web page asks for a login"
        assert (lane.router, lane.slots_max, lane.usable) == (None, None, None)


async def test_chips_are_lanes_with_slots_and_reasons() -> None:
    async with RecordedRouter() as router, opened(target_of(router.url)) as (_, heard):
        await heard.until(lambda: len(heard.lanes) >= 6)
        lanes = {changed.lane.id: changed.lane for changed in heard.lanes}
        assert list(lanes) == ["lab/127.0.0.1/0", "lab/127.0.0.1/1"]
        for number, lane in enumerate(lanes.values()):
            assert (lane.chip, lane.name, lane.slots_max, lane.slots_used) == (number, f"127.0.0.1/{number}", 11, 0)
            assert lane.router == "CC:1B:E0:E0:F1:E8"
            assert lane.info["chips"] == "2"
            assert set(lane.cannot) == {"bonds"}
    assert heard.lanes[0].lane.slots_max is None  # unknown before the router has spoken


async def test_existing_links_are_told_and_their_end_too() -> None:
    later = json_reply({"nodes": [LINK | {"pairStatus": "paired"}]})
    answers = {"/gap/nodes": [json_reply({"nodes": [LINK]}), later, NO_LINKS]}
    env = Env("lab", speed=100.0)
    async with RecordedRouter(answers) as router, opened(target_of(router.url), env) as (_, heard):
        await heard.until(lambda: len(heard.links) == 3)
        await router.until(lambda: sum(asked.path == "/gap/nodes" for asked in router.asked) >= 6)
        peer = Peer("lab/127.0.0.1/1", "F6:12:3D:BD:DE:44")
        assert [(link.peer, link.state, link.phy, link.bonded) for link in heard.links] == [
            (peer, "up", ("1M", "2M"), None),
            (peer, "up", ("1M", "2M"), True),
            (peer, "down", None, None),
        ]
        assert [c.lane.slots_used for c in heard.lanes if c.lane.chip == 1 and c.lane.slots_used is not None] == [1, 0]


async def test_unreadable_links_are_counted_once_each() -> None:
    bad, worse = json_reply({"nodes": [LINK, {}]}), json_reply({"nodes": [LINK, {}, 7]})
    env = Env("lab", speed=100.0)
    async with (
        RecordedRouter({"/gap/nodes": [bad, bad, worse]}) as router,
        opened(target_of(router.url), env) as (
            _,
            heard,
        ),
    ):
        await heard.until(lambda: heard.shed == 2)
        await router.until(lambda: sum(asked.path == "/gap/nodes" for asked in router.asked) >= 5)
        assert (heard.shed, len(heard.links), heard.lanes[-1].lane.usable) == (2, 1, None)


async def test_an_unreachable_router_opens_at_once_and_says_what_is_wrong() -> None:
    async with RecordedRouter() as router:
        url = router.url
    async with asyncio.timeout(10):
        backend = open_target(parse(target_of(url)), Env("lab", speed=10.0))
        heard = Heard()
        await backend.open(heard)
    try:
        assert heard.lanes[0].lane.chip == 0
        backend.scan(ScanRequest())
        await heard.until(lambda: heard.lanes[-1].lane.usable is not None and "broken" in heard.states)
        broken = heard.streams[-1]
        usable = heard.lanes[-1].lane.usable
        assert broken.failure is not None
        assert usable is not None
        assert broken.failure.kind is usable.kind is ErrorKind.NET_REFUSED
        assert (broken.retry_at or 0) > broken.at
        assert (broken.failure.radio, broken.failure.operation) == ("lab", "scan")
    finally:
        await backend.aclose()


async def test_the_router_that_comes_back_is_found_again() -> None:
    env = Env("lab", speed=20.0)
    async with (
        RecordedRouter({SCAN: Stream(SAMPLES)}) as router,
        opened(target_of(router.url), env) as (backend, heard),
    ):
        backend.scan(ScanRequest())
        await heard.until_heard(len(SAMPLES))
        await router.stop()
        await heard.until(lambda: heard.states[-1] == "broken" and heard.lanes[-1].lane.usable is not None)
        async with RecordedRouter({SCAN: Stream(SAMPLES)}, port=router.port):
            await heard.until_heard(2 * len(SAMPLES))
            await heard.until(lambda: heard.lanes[-1].lane.usable is None)
        assert heard.states[:4] == ["opening", "live", "broken", "opening"]


async def test_a_wish_before_open_is_kept() -> None:
    async with RecordedRouter({SCAN: Stream(SAMPLES)}) as router:
        backend = open_target(parse(target_of(router.url)), Env("lab"))
        backend.scan(ScanRequest())
        heard = Heard()
        await backend.open(heard)
        await heard.until_heard(len(SAMPLES))
        await backend.aclose()


async def test_closing_ends_the_stream_at_the_router_and_says_no_more() -> None:
    async with RecordedRouter({SCAN: Stream(SAMPLES)}) as router:
        async with opened(target_of(router.url)) as (backend, heard):
            backend.scan(ScanRequest())
            await heard.until(lambda: "live" in heard.states)
            assert router.open_streams == 1
        said = len(heard.events)
        await router.until(lambda: router.open_streams == 0)
        assert len(heard.events) == said


async def test_a_backend_that_never_opened_closes() -> None:
    await open_target(parse("cassia://192.0.2.1"), Env("lab")).aclose()


async def test_a_refused_list_makes_the_lanes_unusable_and_names_the_words() -> None:
    refusal = recorded("GET", "/gap/nodes", 400)
    async with (
        RecordedRouter({"/gap/nodes": refusal, "/cassia/info": INFO}) as router,
        opened(target_of(router.url)) as (_, heard),
    ):
        await heard.until(lambda: heard.lanes[-1].lane.usable is not None)
        usable = heard.lanes[-1].lane.usable
        assert usable is not None
        assert (usable.status, usable.message) == (400, "router's mac is invalid")
