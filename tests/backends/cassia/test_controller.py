"""Routers behind an access controller as lanes: they come, go and come again."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from bletui.backend import Env
from bletui.failure import BleError
from bletui.kinds import ErrorKind
from bletui.model import Lane, LaneDown, Notification, Peer, ScanRequest, Shed, StreamChanged
from tests.backends.cassia.heard import opened, target_of
from tests.backends.cassia.recorded_controller import (
    ACCEPTED,
    DEVICES,
    FIRST,
    FORGOTTEN,
    GONE,
    NAME,
    NOTIFYING,
    SECOND,
    THIRD,
    UNREACHABLE,
    Behind,
    Site,
    secret,
    site,
    three,
)
from tests.backends.cassia.recorded_router import (
    HTML,
    Asked,
    RecordedRouter,
    Reply,
    Script,
    data_event,
    json_reply,
    recorded,
)


def lanes(at: Site) -> dict[str, Lane]:
    """As they stand now."""
    found: dict[str, Lane] = {}
    for event in at.heard.events:
        if isinstance(event, LaneDown):
            found.pop(event.lane, None)
        elif hasattr(event, "lane") and isinstance(event.lane, Lane):
            found[event.lane.id] = event.lane
    return found


def streams(at: Site, mac: str | None, stream: str) -> list[StreamChanged]:
    lane = None if mac is None else at.lane(mac)
    return [one for one in at.heard.of(StreamChanged) if (one.lane, one.stream) == (lane, stream)]


def state(at: Site, mac: str | None, stream: str) -> str:
    told = streams(at, mac, stream)
    return told[-1].state if told else ""


async def ready(at: Site, *macs: str) -> None:
    """Its state stream is live, and it has told of its chips."""
    await at.heard.until(lambda: all(state(at, m, "state") == "live" and f"lab/{m}/1" in lanes(at) for m in macs))


async def test_every_router_is_a_lane_per_chip_and_those_that_are_offline_say_so() -> None:
    async with site(three(THIRD)) as at:
        await ready(at, FIRST, SECOND)
        found = lanes(at)
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


async def test_a_scan_is_switched_on_at_all_of_them_in_one_call() -> None:
    async with site(query="filter_rssi=-70") as at:
        await ready(at, FIRST, SECOND, THIRD)
        at.backend.scan(ScanRequest(active=True))
        await at.heard.until(lambda: all(state(at, mac, "scan") == "live" for mac in DEVICES))
        opened = at.asked("/aps/scan/open", "POST")
        bodies = [json.loads(one.body) for one in opened]
        assert sorted(mac for body in bodies for mac in body["aps"]) == [FIRST, SECOND, THIRD]
        assert {key: value for key, value in bodies[0].items() if key != "aps"} == {
            "active": 1, "chip": "all", "filter_rssi": "-70",
        }  # fmt: skip
        for mac in DEVICES:
            at.controller.advertise(mac)
        await at.heard.until_heard(3)
        assert {(ad.lane, ad.address) for ad in at.heard.adverts} == {(at.lane(mac), DEVICES[mac]) for mac in DEVICES}
        at.backend.scan(None)
        await at.server.until(lambda: at.asked("/aps/scan/close", "POST") != [])
        assert [state(at, mac, "scan") for mac in DEVICES] == ["off"] * 3
        assert at.heard.shed == 0


async def test_a_scan_on_some_lanes_is_switched_on_there_alone() -> None:
    async with site() as at:
        await ready(at, FIRST, SECOND, THIRD)
        at.backend.scan(ScanRequest((at.lane(SECOND),)))
        await at.heard.until(lambda: state(at, SECOND, "scan") == "live")
        [opened] = at.asked("/aps/scan/open")
        assert json.loads(opened.body) == {"aps": [SECOND], "chip": 0}


async def test_calls_name_the_router_of_their_lane() -> None:
    async with site() as at:
        await ready(at, FIRST, SECOND, THIRD)
        peer = await connect(at, SECOND)
        assert peer == Peer(at.lane(SECOND), DEVICES[SECOND])
        await at.backend.discover(peer, refresh=False, within=2)
        assert await at.backend.read(peer, NAME, within=2) == b"AB"
        await at.backend.disconnect(peer, within=2)
        calls = [one for one in at.server.asked if DEVICES[SECOND] in one.path]
        assert len(calls) == 4
        assert {one.query["mac"] for one in calls} == {SECOND}
        assert {one.path[:5] for one in at.server.asked} == {"/api/"}
        assert [(link.peer, link.state) for link in at.heard.links] == [(peer, "up"), (peer, "down")]


async def test_notifications_are_switched_on_before_the_cccd_is_written() -> None:
    async with site() as at:
        await ready(at, FIRST, SECOND, THIRD)
        peer = await connect(at, SECOND)
        await at.backend.subscribe(peer, NOTIFYING, mode="notify", within=2)
        paths = [one.path for one in at.server.asked]
        assert paths.index("/api/aps/notify/open") < next(n for n, path in enumerate(paths) if path.endswith("/0100"))
        at.controller.notify(SECOND, "0102")
        at.controller.notify(FIRST, "09")  # nobody's
        await at.heard.until(lambda: bool(at.heard.of(Notification)))
        [told] = at.heard.of(Notification)
        assert (told.peer, told.handle, told.value) == (peer, NOTIFYING, b"\x01\x02")
        await at.backend.subscribe(peer, NOTIFYING, mode="off", within=2)
        await at.server.until(lambda: len(at.asked("/aps/notify/close")) == 1)
        assert state(at, SECOND, "notify") == "off"


async def test_a_router_that_goes_offline_ends_its_lanes_and_links_and_stays_in_sight() -> None:
    async with site() as at:
        at.backend.scan(ScanRequest())
        await ready(at, FIRST, SECOND, THIRD)
        peer = await connect(at, SECOND)
        at.controller.turn(SECOND, online=False)
        await at.heard.until(lambda: at.lane(SECOND) in lanes(at) and lanes(at)[at.lane(SECOND)].usable is not None)
        down = at.heard.links[-1]
        assert (down.peer, down.state) == (peer, "down")
        assert down.reason is not None
        assert (down.reason.kind, down.reason.address) == (ErrorKind.ROUTER_UNAVAILABLE, DEVICES[SECOND])
        ends = at.heard.of(LaneDown)
        assert {end.lane for end in ends} == {f"lab/{SECOND}/0", f"lab/{SECOND}/1"}
        assert at.heard.events.index(down) < at.heard.events.index(ends[0])
        assert [state(at, SECOND, stream) for stream in ("scan", "state")] == ["off", "off"]
        assert state(at, FIRST, "scan") == "live"
        assert [lane.usable is None for lane in lanes(at).values() if lane.router != SECOND] == [True] * 4


async def test_a_router_that_comes_back_scans_and_carries_links_again() -> None:
    async with site(three(SECOND)) as at:
        at.backend.scan(ScanRequest())
        await ready(at, FIRST, THIRD)
        for _ in range(2):
            at.controller.turn(SECOND, online=True)
            await at.heard.until(lambda: state(at, SECOND, "state") == state(at, SECOND, "scan") == "live")
            await at.heard.until(lambda: lanes(at)[at.lane(SECOND)].usable is None)
            at.controller.advertise(SECOND)
            await at.heard.until_heard(1)
            peer = await connect(at, SECOND)
            await at.backend.subscribe(peer, NOTIFYING, mode="notify", within=2)
            at.controller.notify(SECOND, "01")
            heard = len(at.heard.of(Notification))
            await at.heard.until(lambda: len(at.heard.of(Notification)) > heard)  # noqa: B023 - awaited here
            at.controller.turn(SECOND, online=False)
            await at.heard.until(lambda: lanes(at)[at.lane(SECOND)].usable is not None)
            assert state(at, SECOND, "notify") == "off"


async def test_a_token_that_expires_in_mid_stream_is_replaced_once_and_everything_goes_on() -> None:
    async with site(speed=5.0) as at:
        at.backend.scan(ScanRequest())
        await ready(at, FIRST, SECOND, THIRD)
        peer = await connect(at, FIRST)
        await at.backend.subscribe(peer, NOTIFYING, mode="notify", within=2)
        at.controller.expire()
        await at.heard.until(lambda: "broken" in [one.state for one in streams(at, None, "events")])
        for stream in ("scan", "state", "notify"):
            await at.heard.until(lambda: [one.state for one in streams(at, FIRST, stream)][-2:] == ["opening", "live"])  # noqa: B023
            assert "broken" in [one.state for one in streams(at, FIRST, stream)]
        at.controller.advertise(SECOND)
        at.controller.notify(FIRST, "01")
        await at.heard.until(lambda: bool(at.heard.adverts) and bool(at.heard.of(Notification)))
        assert at.controller.issued == 2
        assert {link.state for link in at.heard.links} == {"up"}  # the link outlives the stream
        told = repr((at.backend, at.heard.events))
        assert not [word for word in ("devsecret", f"{1:064x}", f"{2:064x}") if word in told]


async def test_only_the_routers_that_the_target_names() -> None:
    async with site(query=f"router={SECOND.lower()}") as at:
        await ready(at, SECOND)
        at.backend.scan(ScanRequest())
        await at.heard.until(lambda: state(at, SECOND, "scan") == "live")
        assert {lane.router for lane in lanes(at).values()} == {SECOND}
        assert json.loads(at.asked("/aps/scan/open")[0].body)["aps"] == [SECOND]
        at.controller.turn(FIRST, online=False)
        at.controller.turn(SECOND, online=False)
        await at.heard.until(lambda: bool(at.heard.of(LaneDown)))
        assert {lane.router for lane in lanes(at).values()} <= {SECOND}


@pytest.mark.parametrize(
    ("lists_all", "kind"), [(True, ErrorKind.REQUEST_INVALID), (False, ErrorKind.ROUTER_UNAVAILABLE)]
)
async def test_a_router_that_the_controller_does_not_know_is_named(lists_all: bool, kind: ErrorKind) -> None:
    wrong = "CC:1B:E0:E0:00:09"
    async with site(three(lists_all=lists_all), query=f"router={wrong},{FIRST}") as at:
        await at.heard.until(lambda: at.lane(wrong) in lanes(at))
        unusable = lanes(at)[at.lane(wrong)].usable
        assert unusable is not None
        assert (unusable.kind, unusable.router, f"router={wrong}" in unusable.detail) == (kind, wrong, True)
        await ready(at, FIRST)
        at.controller.routers[wrong] = Behind(wrong, "new")  # it is added
        at.controller.tell({"dataType": "ap_state", "ap": wrong, "mac": wrong, "status": "online"})
        await ready(at, wrong)
        await at.heard.until(lambda: lanes(at)[at.lane(wrong)].usable is None)


async def test_a_router_that_is_taken_from_the_controller_is_gone() -> None:
    async with site() as at:
        await ready(at, FIRST, SECOND, THIRD)
        del at.controller.routers[THIRD]
        other = {"dataType": "ap_state", "mac": "CC:1B:E0:E0:00:09", "status": "offline"}
        at.controller.tell(other)  # one that is new has the list looked at
        await at.heard.until(lambda: not [lane for lane in lanes(at).values() if lane.router == THIRD])
        assert "no longer lists" in at.heard.of(LaneDown)[-1].reason.detail
        with pytest.raises(BleError) as refused:
            await connect(at, THIRD)
        assert refused.value.failure.detail.startswith(f"lane={at.lane(THIRD)}")


async def test_without_the_list_of_all_those_that_are_not_online_are_offline() -> None:
    async with site(three(lists_all=False), speed=30.0) as at:
        await ready(at, FIRST, SECOND, THIRD)
        at.controller.routers[THIRD].online = False
        await at.heard.until(lambda: bool(at.heard.of(LaneDown)))
        await at.heard.until(lambda: lanes(at)[at.lane(THIRD)].usable is not None)
        assert len(at.asked("/ac/ap")) == 1


async def test_routers_of_one_name_are_told_apart() -> None:
    controller = three()
    controller.routers[THIRD].name = "hall"
    async with site(controller) as at:
        await at.heard.until(lambda: lanes(at)[at.lane(THIRD)].name == "hall 00:03/0")
        assert lanes(at)[at.lane(FIRST)].name == "hall 00:01/0"
        assert lanes(at)[at.lane(SECOND)].name == "yard/0"


async def test_one_router_that_is_refused_does_not_stop_the_others() -> None:
    """The controller still lists it as online, and no longer takes it."""
    refusing = recorded("POST", "/aps/scan/open", 400)

    def switched(asked: Asked) -> Reply:
        return refusing if SECOND in json.loads(asked.body)["aps"] else ACCEPTED

    async with site(answers={"/aps/scan/open": switched}) as at:
        at.backend.scan(ScanRequest())
        await at.heard.until(lambda: state(at, FIRST, "scan") == state(at, THIRD, "scan") == "live")
        await at.heard.until(lambda: state(at, SECOND, "scan") == "broken")
        failure = streams(at, SECOND, "scan")[-1].failure
        assert failure is not None
        assert (failure.kind, failure.message) == (ErrorKind.REQUEST_INVALID, "invalid aps")


class TestWithoutTheOneStream:
    async def test_each_router_has_streams_of_its_own(self) -> None:
        async with site(three(combined=False)) as at:
            at.backend.scan(ScanRequest())
            await at.heard.until(lambda: all(state(at, mac, "scan") == "live" for mac in DEVICES))
            await ready(at, FIRST, SECOND, THIRD)
            assert state(at, None, "events") == "off"
            assert {one.query["mac"] for one in at.server.streams_asked()} == set(DEVICES)
            peer = await connect(at, SECOND)
            await at.backend.subscribe(peer, NOTIFYING, mode="notify", within=2)
            event = {"value": "07", "handle": NOTIFYING, "id": DEVICES[SECOND], "dataType": "notification"}
            at.controller.own[SECOND, "/gatt/nodes"].put_nowait(data_event({**event, "seqNum": 5}))
            at.controller.own[SECOND, "/gatt/nodes"].put_nowait(data_event({**event, "seqNum": 8}))
            await at.heard.until(lambda: len(at.heard.of(Notification)) == 2)
            assert [(told.peer, told.seq) for told in at.heard.of(Notification)] == [(peer, 5), (peer, 8)]
            assert [(shed.lane, shed.count) for shed in at.heard.of(Shed)] == [(peer.lane, 2)]

    async def test_another_stream_tells_who_comes_and_goes(self) -> None:
        async with site(three(combined=False)) as at:
            await ready(at, FIRST, SECOND, THIRD)
            at.controller.routers[SECOND].online = False
            at.controller.status.put_nowait(data_event({"mac": SECOND, "status": "offline", "model": "E1000"}))
            await at.heard.until(
                lambda: {end.lane for end in at.heard.of(LaneDown)} == {f"lab/{SECOND}/0", f"lab/{SECOND}/1"}
            )
            at.controller.routers[SECOND].online = True
            at.controller.status.put_nowait(data_event({"mac": SECOND, "status": "online"}))
            await at.heard.until(lambda: [one.state for one in streams(at, SECOND, "state")][-1] == "live")

    async def test_without_that_too_the_list_is_looked_at(self) -> None:
        answers: dict[str, Script | Sequence[Script]] = {"/cassia/hubStatus": GONE}
        async with site(three(combined=False), answers, speed=30.0) as at:
            await ready(at, FIRST, SECOND, THIRD)
            at.controller.routers[SECOND].online = False
            await at.heard.until(lambda: bool(at.heard.of(LaneDown)))
            at.controller.routers[SECOND].online = True
            await at.heard.until(lambda: lanes(at)[at.lane(SECOND)].usable is None)


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
        failure = at.heard.of(StreamChanged)[-1].failure or streams(at, None, "routers")[-1].failure
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


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (UNREACHABLE, ErrorKind.ROUTER_UNAVAILABLE),
        (Reply(502, b"", ""), ErrorKind.ROUTER_UNAVAILABLE),
        (recorded("GET", "/gap/nodes", 400), ErrorKind.REQUEST_INVALID),
    ],
)
async def test_what_the_controller_says_of_a_router_in_a_call(reply: Reply, kind: ErrorKind) -> None:
    path = f"/gatt/nodes/{DEVICES[FIRST]}/handle/{NAME}/value"
    async with site(answers={path: reply, f"{path}/01": reply}) as at:
        await ready(at, FIRST)
        peer = await connect(at, FIRST)
        for call in (
            at.backend.read(peer, NAME, within=1),
            at.backend.write(peer, NAME, b"\x01", response=True, within=1),
        ):
            with pytest.raises(BleError) as failed:
                await call
            failure = failed.value.failure
            assert (failure.kind, failure.router, failure.lane, failure.status) == (
                kind,
                FIRST,
                peer.lane,
                reply.status,
            )
        assert failure.outcome_unknown is (reply.status == 504)


async def test_wrong_arguments_are_refused_before_anything_is_sent() -> None:
    async with site() as at:
        await ready(at, FIRST, SECOND, THIRD)
        before = len(at.server.asked)
        for lane, words in (
            (None, "lane=None"),
            ("lab/CC:1B:E0:E0:00:09/0", "lane=lab/CC"),
            (f"lab/{FIRST}/9", "lane=lab"),
        ):
            with pytest.raises(BleError) as refused:
                await at.backend.connect(DEVICES[FIRST], lane=lane, address_type=None, pair=False, within=1)
            assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
            assert refused.value.failure.detail.startswith(words)
        assert len(at.server.asked) == before


async def test_strange_events_are_counted_and_nothing_else() -> None:
    async with site() as at:
        await ready(at, FIRST, SECOND, THIRD)
        strange: list[object] = [
            [], 7, {}, {"dataType": "new"}, {"dataType": []}, {"dataType": "scan", "ap": {}}, {"dataType": "ap_state"},
            {"dataType": "ap_state", "mac": FIRST, "status": "asleep"}, {"dataType": "connection_state", "ap": FIRST},
            {"dataType": "state", "aps": {FIRST: 7, "x": {"devices": {}}}}, {"dataType": "state", "aps": []},
        ]  # fmt: skip
        for event in strange:
            at.controller.tell(event)
        at.controller.tell({"dataType": "notification", "ap": "CC:1B:E0:E0:00:09"})  # somebody else's
        await at.heard.until(lambda: at.heard.shed == len(strange))
        at.controller.turn(FIRST, online=False)
        await at.heard.until(lambda: bool(at.heard.of(LaneDown)))
        assert at.heard.shed == len(strange)


async def connect(at: Site, mac: str) -> Peer:
    return await at.backend.connect(DEVICES[mac], lane=at.lane(mac), address_type="random", pair=False, within=2)
