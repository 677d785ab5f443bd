"""Routers behind an access controller as lanes: they come, go and come again."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from bletui.backend import Env
from bletui.failure import BleError
from bletui.kinds import ErrorKind
from bletui.model import LaneChanged, LaneDown, LinkChanged, Notification, ScanRequest, StreamChanged
from tests.backends.cassia.heard import opened, target_of
from tests.backends.cassia.recorded_controller import (
    DEVICES,
    FIRST,
    FORGOTTEN,
    GONE,
    NOTIFYING,
    SECOND,
    THIRD,
    Behind,
)
from tests.backends.cassia.recorded_router import (
    HTML,
    RecordedRouter,
    Reply,
    Script,
    json_reply,
    recorded,
)
from tests.backends.cassia.three_routers import secret, site, three

NET_REFUSED = ErrorKind.NET_REFUSED


async def test_every_router_is_a_lane_per_chip_and_those_that_are_offline_say_so() -> None:
    async with site(three(THIRD)) as at:
        await at.ready(FIRST, SECOND)
        found = at.lanes
        assert list(found) == sorted(found, key=list(found).index)
        assert set(found) == {
            f"lab/{FIRST}/0",
            f"lab/{FIRST}/1",
            f"lab/{SECOND}/0",
            f"lab/{SECOND}/1",
            f"lab/{THIRD}/0",
        }
        first, third = found[at.lane(FIRST)], found[at.lane(THIRD)]
        assert (first.name, first.router, first.chip, first.usable) == ("hall/0", FIRST, 0, None)
        assert first.info["firmware"] == "2.1.1.2303082218"
        assert third.usable is not None
        assert (third.usable.kind, third.usable.router) == (ErrorKind.ROUTER_UNAVAILABLE, THIRD)
        assert third.info["model"] == "E1000"
        assert at.asked("/info", mac=THIRD) == []  # nothing is asked of a router that can't be reached


async def test_a_router_that_goes_offline_ends_its_lanes_and_links_and_stays_in_sight() -> None:
    async with site() as at:
        at.backend.scan(ScanRequest())
        await at.ready(FIRST, SECOND, THIRD)
        await at.connect(SECOND)
        at.controller.turn(SECOND, online=False)
        await at.heard.until(lambda: at.lane(SECOND) in at.lanes and at.lanes[at.lane(SECOND)].usable is not None)
        ends = at.heard.of(LaneDown)
        assert {end.lane for end in ends} == {f"lab/{SECOND}/0", f"lab/{SECOND}/1"}
        assert {(end.reason.kind, end.reason.router) for end in ends} == {(ErrorKind.ROUTER_UNAVAILABLE, SECOND)}
        assert [link.state for link in at.heard.links] == ["up"]  # what is on a lane ends with it
        assert [at.state(SECOND, stream) for stream in ("scan", "state")] == ["off", "off"]
        assert at.state(FIRST, "scan") == "live"
        assert [lane.usable is None for lane in at.lanes.values() if lane.router != SECOND] == [True] * 4


async def test_a_router_that_comes_back_scans_and_carries_links_again() -> None:
    async with site(three(SECOND)) as at:
        at.backend.scan(ScanRequest())
        await at.ready(FIRST, THIRD)
        for _ in range(2):
            at.controller.turn(SECOND, online=True)
            await at.heard.until(lambda: at.state(SECOND, "state") == at.state(SECOND, "scan") == "live")
            await at.heard.until(lambda: at.lanes[at.lane(SECOND)].usable is None)
            at.controller.advertise(SECOND)
            await at.heard.until_heard(1)
            peer = await at.connect(SECOND)
            await at.backend.subscribe(peer, NOTIFYING, mode="notify", within=2)
            at.controller.notify(SECOND, "01")
            heard = len(at.heard.of(Notification))
            await at.heard.until(lambda: len(at.heard.of(Notification)) > heard)  # noqa: B023 - awaited here
            at.controller.turn(SECOND, online=False)
            await at.heard.until(lambda: at.lanes[at.lane(SECOND)].usable is not None)
            assert at.state(SECOND, "notify") == "off"


async def test_a_link_that_a_router_kept_is_told_before_its_lane_can_be_used() -> None:
    async with site() as at:
        await at.ready(FIRST, SECOND, THIRD)
        peer = await at.connect(SECOND)
        at.controller.turn(SECOND, online=False)
        await at.heard.until(lambda: at.lanes[at.lane(SECOND)].usable is not None)
        told = len(at.heard.events)
        at.controller.routers[SECOND].connected = True
        at.controller.turn(SECOND, online=True)
        await at.heard.until(lambda: at.lanes[at.lane(SECOND)].usable is None)
        later = at.heard.events[told:]
        up = next(n for n, one in enumerate(later) if isinstance(one, LinkChanged))
        usable = next(n for n, one in enumerate(later) if isinstance(one, LaneChanged) and one.lane.usable is None)
        assert up < usable
        assert later[up] == LinkChanged(later[up].at, peer, "up", bonded=False)


async def test_only_the_routers_that_the_target_names() -> None:
    async with site(query=f"router={SECOND.lower()}") as at:
        await at.ready(SECOND)
        at.backend.scan(ScanRequest())
        await at.heard.until(lambda: at.state(SECOND, "scan") == "live")
        assert {lane.router for lane in at.lanes.values()} == {SECOND}
        assert json.loads(at.asked("/aps/scan/open")[0].body)["aps"] == [SECOND]
        at.controller.turn(FIRST, online=False)
        at.controller.turn(SECOND, online=False)
        await at.heard.until(lambda: bool(at.heard.of(LaneDown)))
        assert {lane.router for lane in at.lanes.values()} <= {SECOND}


@pytest.mark.parametrize(
    ("lists_all", "kind"), [(True, ErrorKind.REQUEST_INVALID), (False, ErrorKind.ROUTER_UNAVAILABLE)]
)
async def test_a_router_that_the_controller_does_not_know_is_named(lists_all: bool, kind: ErrorKind) -> None:
    wrong = "CC:1B:E0:E0:00:09"
    async with site(three(lists_all=lists_all), query=f"router={wrong},{FIRST}") as at:
        await at.heard.until(lambda: at.lane(wrong) in at.lanes)
        unusable = at.lanes[at.lane(wrong)].usable
        assert unusable is not None
        assert (unusable.kind, unusable.router, f"router={wrong}" in unusable.detail) == (kind, wrong, True)
        await at.ready(FIRST)
        at.controller.routers[wrong] = Behind(wrong, "new")  # it is added
        at.controller.tell({"dataType": "ap_state", "ap": wrong, "mac": wrong, "status": "online"})
        await at.ready(wrong)
        await at.heard.until(lambda: at.lanes[at.lane(wrong)].usable is None)


async def test_a_router_that_is_taken_from_the_controller_is_gone() -> None:
    async with site() as at:
        await at.ready(FIRST, SECOND, THIRD)
        del at.controller.routers[THIRD]
        other = {"dataType": "ap_state", "mac": "CC:1B:E0:E0:00:09", "status": "offline"}
        at.controller.tell(other)  # one that is new has the list looked at
        await at.heard.until(lambda: not [lane for lane in at.lanes.values() if lane.router == THIRD])
        assert "no longer lists" in at.heard.of(LaneDown)[-1].reason.detail
        with pytest.raises(BleError) as refused:
            await at.connect(THIRD)
        assert refused.value.failure.detail.startswith(f"lane={at.lane(THIRD)}")


async def test_without_the_list_of_all_those_that_are_not_online_are_offline() -> None:
    async with site(three(lists_all=False), speed=30.0) as at:
        await at.ready(FIRST, SECOND, THIRD)
        at.controller.routers[THIRD].online = False
        await at.heard.until(lambda: bool(at.heard.of(LaneDown)))
        await at.heard.until(lambda: at.lanes[at.lane(THIRD)].usable is not None)
        assert len(at.asked("/ac/ap")) == 1


async def test_routers_of_one_name_are_told_apart() -> None:
    controller = three()
    controller.routers[THIRD].name = "hall"
    async with site(controller) as at:
        await at.heard.until(lambda: at.lanes[at.lane(THIRD)].name == "hall 00:03/0")
        assert at.lanes[at.lane(FIRST)].name == "hall 00:01/0"
        assert at.lanes[at.lane(SECOND)].name == "yard/0"


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ({"/oauth2/token": recorded("POST", "/oauth2/token", 401)}, ErrorKind.AUTH_REFUSED, "Client not found"),
        (
            dict.fromkeys(("/cassia/hubs", "/ac/ap"), FORGOTTEN),
            ErrorKind.AUTH_REFUSED,
            "Token not found or expired",
        ),
        (dict.fromkeys(("/cassia/hubs", "/ac/ap", "/oauth2/token"), GONE), ErrorKind.ROUTER_CONFIG, "Not Found"),
        ({path: Reply(502, b"") for path in ("/cassia/hubs", "/ac/ap")}, ErrorKind.ROUTER_UNAVAILABLE, ""),
        ({path: json_reply([]) for path in ("/cassia/hubs", "/ac/ap")}, ErrorKind.ROUTER_UNAVAILABLE, ""),
        ({"/cassia/hubs": Reply(200, HTML, "text/html")}, ErrorKind.DATA_MALFORMED, ""),
    ],
)
async def test_a_controller_that_gives_no_routers_says_why(
    answers: dict[str, Script | Sequence[Script]], kind: ErrorKind, words: str
) -> None:
    controller = three()
    if kind is ErrorKind.ROUTER_UNAVAILABLE:
        controller.routers.clear()
    async with site(controller, answers) as at:
        failure = at.heard.of(StreamChanged)[-1].failure or at.streams(None, "routers")[-1].failure
        assert failure is not None
        assert failure.kind is kind
        assert words in failure.message


async def test_a_controller_that_is_not_there_says_so() -> None:
    async with RecordedRouter() as gone:
        url = gone.url
    async with opened(target_of(f"{url}/api", key="AC"), Env("lab", secret=secret)) as (_, heard):
        await heard.until(lambda: heard.told("routers") == ["broken"])
        failure = next(one.failure for one in heard.of(StreamChanged) if one.stream == "routers")
        assert failure is not None
        assert failure.kind is ErrorKind.NET_REFUSED


async def test_a_controller_that_restarts_takes_nothing_away_for_good() -> None:
    async with site(speed=5.0) as at:
        at.backend.scan(ScanRequest())
        await at.ready(FIRST, SECOND, THIRD)
        await at.heard.until(lambda: all(at.state(mac, "scan") == "live" for mac in DEVICES))
        peer = await at.connect(SECOND)
        await at.server.stop()
        at.controller.cut()
        await at.heard.until(lambda: {lane.usable and lane.usable.kind for lane in at.lanes.values()} == {NET_REFUSED})
        assert at.state(None, "events") == "broken"
        async with RecordedRouter(at.controller.answers(), port=at.server.port):
            await at.heard.until(lambda: {lane.usable for lane in at.lanes.values()} == {None})
            await at.heard.until(lambda: all(at.state(mac, "scan") == "live" for mac in DEVICES))
            at.controller.advertise(FIRST)
            await at.heard.until_heard(1)
            assert at.heard.of(LaneDown) == []
            assert {(link.peer, link.state) for link in at.heard.links} == {(peer, "up")}
