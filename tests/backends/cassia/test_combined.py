"""The one stream for all routers: what is switched on there, what comes of it, and what is done without it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bletui.kinds import ErrorKind
from bletui.model import LaneDown, Notification, ScanRequest, Shed
from tests.backends.cassia.recorded_controller import (
    ACCEPTED,
    DEVICES,
    FIRST,
    GONE,
    NOTIFYING,
    SECOND,
    THIRD,
)
from tests.backends.cassia.recorded_router import (
    Asked,
    Reply,
    Script,
    data_event,
    recorded,
)
from tests.backends.cassia.three_routers import site, three


async def test_a_scan_is_switched_on_at_all_of_them_in_one_call() -> None:
    async with site(query="filter_rssi=-70") as at:
        await at.ready(FIRST, SECOND, THIRD)
        at.backend.scan(ScanRequest(active=True))
        await at.heard.until(lambda: all(at.state(mac, "scan") == "live" for mac in DEVICES))
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
        assert [at.state(mac, "scan") for mac in DEVICES] == ["off"] * 3
        assert at.heard.shed == 0


async def test_a_scan_on_some_lanes_is_switched_on_there_alone() -> None:
    async with site() as at:
        await at.ready(FIRST, SECOND, THIRD)
        at.backend.scan(ScanRequest((at.lane(SECOND),)))
        await at.heard.until(lambda: at.state(SECOND, "scan") == "live")
        [opened] = at.asked("/aps/scan/open")
        assert json.loads(opened.body) == {"aps": [SECOND], "chip": 0}


async def test_notifications_are_switched_on_before_the_cccd_is_written() -> None:
    async with site() as at:
        await at.ready(FIRST, SECOND, THIRD)
        peer = await at.connect(SECOND)
        await at.backend.subscribe(peer, NOTIFYING, mode="notify", within=5)
        paths = [one.path for one in at.server.asked]
        assert paths.index("/api/aps/notify/open") < next(n for n, path in enumerate(paths) if path.endswith("/0100"))
        at.controller.notify(SECOND, "0102")
        at.controller.notify(FIRST, "09")  # nobody's
        await at.heard.until(lambda: bool(at.heard.of(Notification)))
        [told] = at.heard.of(Notification)
        assert (told.peer, told.handle, told.value) == (peer, NOTIFYING, b"\x01\x02")
        await at.backend.subscribe(peer, NOTIFYING, mode="off", within=5)
        assert at.state(SECOND, "notify") == "off"
        at.controller.notify(SECOND, "03")
        at.controller.advertise(SECOND)
        at.controller.link(SECOND, "disconnected")
        await at.heard.until(lambda: at.heard.links[-1].state == "down")
        assert len(at.heard.of(Notification)) == 1
        assert at.asked("/close") == []  # others may want what is on from the start


async def test_a_token_that_expires_in_mid_stream_is_replaced_once_and_everything_goes_on() -> None:
    async with site(speed=5.0) as at:
        at.backend.scan(ScanRequest())
        await at.ready(FIRST, SECOND, THIRD)
        peer = await at.connect(FIRST)
        await at.backend.subscribe(peer, NOTIFYING, mode="notify", within=5)
        at.controller.expire()
        await at.heard.until(lambda: "broken" in [one.state for one in at.streams(None, "events")])
        for stream in ("scan", "state", "notify"):
            await at.heard.until(lambda: [one.state for one in at.streams(FIRST, stream)][-2:] == ["opening", "live"])  # noqa: B023
            assert "broken" in [one.state for one in at.streams(FIRST, stream)]
        at.controller.advertise(SECOND)
        at.controller.notify(FIRST, "01")
        await at.heard.until(lambda: bool(at.heard.adverts) and bool(at.heard.of(Notification)))
        assert at.controller.issued == 2
        assert {link.state for link in at.heard.links} == {"up"}  # the link outlives the stream
        told = repr((at.backend, at.heard.events))
        assert not [word for word in ("devsecret", f"{1:064x}", f"{2:064x}") if word in told]


async def test_one_router_that_is_refused_does_not_stop_the_others() -> None:
    """The controller still lists it as online, and no longer takes it."""
    refusing = recorded("POST", "/aps/scan/open", 400)

    def switched(asked: Asked) -> Reply:
        return refusing if SECOND in json.loads(asked.body)["aps"] else ACCEPTED

    async with site(answers={"/aps/scan/open": switched}) as at:
        at.backend.scan(ScanRequest())
        await at.heard.until(lambda: at.state(FIRST, "scan") == at.state(THIRD, "scan") == "live")
        await at.heard.until(lambda: at.state(SECOND, "scan") == "broken")
        failure = at.streams(SECOND, "scan")[-1].failure
        assert failure is not None
        assert (failure.kind, failure.message) == (ErrorKind.REQUEST_INVALID, "invalid aps")
        assert failure.router == SECOND


async def test_a_controller_that_knows_single_chips_alone_is_not_asked_for_all() -> None:
    def switched(asked: Asked) -> Reply:
        return recorded("POST", "/aps/scan/open", 400) if "chip" in json.loads(asked.body) else ACCEPTED

    async with site(answers={"/aps/scan/open": switched}) as at:
        await at.ready(FIRST, SECOND, THIRD)
        at.backend.scan(ScanRequest())
        await at.heard.until(lambda: all(at.state(mac, "scan") == "live" for mac in DEVICES))


async def test_who_subscribes_while_the_stream_waits_for_its_next_try_does_not_wait_with_it() -> None:
    async with site() as at:
        await at.ready(FIRST, SECOND, THIRD)
        peer = await at.connect(SECOND)
        for _ in range(2):
            at.controller.cut()
            await at.heard.until(lambda: at.state(None, "events") == "broken")
            retry_at = at.streams(None, "events")[-1].retry_at
            await at.backend.subscribe(peer, NOTIFYING, mode="notify", within=5)
            live = at.streams(None, "events")[-1]
            assert retry_at is not None
            assert live.state == "live"
            assert live.at < retry_at


class TestWithoutTheOneStream:
    async def test_each_router_has_streams_of_its_own(self) -> None:
        async with site(three(combined=False)) as at:
            at.backend.scan(ScanRequest())
            await at.heard.until(lambda: all(at.state(mac, "scan") == "live" for mac in DEVICES))
            await at.ready(FIRST, SECOND, THIRD)
            assert at.state(None, "events") == "off"
            assert {one.query["mac"] for one in at.server.streams_asked()} == set(DEVICES)
            peer = await at.connect(SECOND)
            await at.backend.subscribe(peer, NOTIFYING, mode="notify", within=5)
            event = {"value": "07", "handle": NOTIFYING, "id": DEVICES[SECOND], "dataType": "notification"}
            at.controller.own[SECOND, "/gatt/nodes"].put_nowait(data_event({**event, "seqNum": 5}))
            at.controller.own[SECOND, "/gatt/nodes"].put_nowait(data_event({**event, "seqNum": 8}))
            await at.heard.until(lambda: len(at.heard.of(Notification)) == 2)
            assert [(told.peer, told.seq) for told in at.heard.of(Notification)] == [(peer, 5), (peer, 8)]
            assert [(shed.lane, shed.count) for shed in at.heard.of(Shed)] == [(peer.lane, 2)]

    async def test_another_stream_tells_who_comes_and_goes(self) -> None:
        async with site(three(combined=False)) as at:
            await at.ready(FIRST, SECOND, THIRD)
            at.controller.routers[SECOND].online = False
            at.controller.status.put_nowait(data_event({"mac": SECOND, "status": "offline", "model": "E1000"}))
            await at.heard.until(
                lambda: {end.lane for end in at.heard.of(LaneDown)} == {f"lab/{SECOND}/0", f"lab/{SECOND}/1"}
            )
            at.controller.routers[SECOND].online = True
            at.controller.status.put_nowait(data_event({"mac": SECOND, "status": "online"}))
            await at.heard.until(lambda: [one.state for one in at.streams(SECOND, "state")][-1] == "live")

    async def test_without_that_too_the_list_is_looked_at(self) -> None:
        answers: dict[str, Script | Sequence[Script]] = {"/cassia/hubStatus": GONE}
        async with site(three(combined=False), answers, speed=30.0) as at:
            await at.ready(FIRST, SECOND, THIRD)
            at.controller.routers[SECOND].online = False
            await at.heard.until(lambda: bool(at.heard.of(LaneDown)))
            at.controller.routers[SECOND].online = True
            await at.heard.until(lambda: at.lanes[at.lane(SECOND)].usable is None)


async def test_strange_events_are_counted_and_nothing_else() -> None:
    async with site() as at:
        await at.ready(FIRST, SECOND, THIRD)
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
