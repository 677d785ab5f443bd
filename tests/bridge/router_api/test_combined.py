"""The combined stream of an access controller, by a client that is not ours."""

from __future__ import annotations

import pytest

from bletui.bridge.router_api import combined, feed
from bletui.bridge.router_api.profiles import PROFILES
from bletui.failure import ErrorKind, Failure
from bletui.model import LaneDown, LinkChanged, Notification, Peer
from tests.bridge.router_api.controlled import ONE, TWO, Controller, controlled
from tests.bridge.router_api.linked import LinkedBackend
from tests.bridge.router_api.site import AT, heard, lane, lane_with
from tests.tiny import TinyBackend
from tests.waiting import until

DEVICE = "EB:2E:AF:D8:49:DC"
PEER, THERE = Peer("r/0", DEVICE), Peer("r1/0", DEVICE)
GONE = Failure(kind=ErrorKind.ADAPTER_MISSING)
SCAN = {"aps": [ONE], "active": 1, "filter_name": ["DfuTarg", "Foo*"]}


def scans(backend: TinyBackend) -> bool:
    return bool(backend.wishes) and backend.wishes[-1] is not None


async def test_the_state_of_all_routers_stands_first() -> None:
    async with controlled() as it:
        it.site.backend.say(LinkChanged(AT, PEER, "up", bonded=True))
        await it.until(f"/gap/nodes?mac={ONE}", lambda found: bool(found["nodes"]))
        it.site.backends[1].say(LaneDown(AT, "r1/0", GONE))
        await it.until("/cassia/hubs", lambda found: len(found) == 1)
        async with it.stream("/aps/events") as events:
            assert events.headers["content-type"] == "text/event-stream"
            state = await events.event()
        assert state["dataType"] == "state"
        assert {mac: (row["status"], row["notify"], row["connectionstate"]) for mac, row in state["aps"].items()} == {
            ONE: ("online", True, True), TWO: ("offline", True, True),
        }  # fmt: skip
        assert state["aps"][ONE]["devices"][DEVICE]["connectionState"] == "connected"
        assert state["aps"][TWO]["devices"] == {}
        recorded = (await it.get("/ac/ap")).json[0]
        assert state["aps"][ONE].keys() - recorded.keys() == {"notify", "connectionstate", "devices"}


async def test_links_and_notifications_are_told_at_once_scans_when_they_are_opened() -> None:
    async with controlled() as it, it.events() as events:
        first, second = it.site.backends
        second.say(LinkChanged(AT, THERE, "up"))
        second.say(Notification(AT, THERE, 16, b"\xff\x00", indication=True))
        second.say(LinkChanged(AT, THERE, "up", bonded=True), LinkChanged(AT, THERE, "down"))
        assert await events.events(3) == [
            {"handle": DEVICE, "chipId": 0, "connectionState": "connected", "dataType": "connection_state", "ap": TWO},
            {"dataType": "notification", "ap": TWO, "value": "ff00", "device": DEVICE, "handle": 16},
            {
                "handle": DEVICE, "chipId": 0, "connectionState": "disconnected", "reason": "host disconnect",
                "dataType": "connection_state", "ap": TWO,
            },
        ]  # fmt: skip
        assert not scans(first)
        reply = await it.post("/aps/scan/open", SCAN)
        assert (reply.status, reply.body, "content-type" in reply.headers) == (202, b'{"status":"accepted"}', False)
        wish = first.wishes[-1]
        assert wish is not None
        assert (wish.active, wish.filter.names, scans(second)) == (True, ("DfuTarg", "Foo*"), False)
        first.say(heard(b"\x02\x01\x06", name="Other"), heard(rssi=-42))
        assert await events.event() == {
            "bdaddrs": [{"bdaddr": DEVICE, "bdaddrType": "random"}], "chipId": 0, "evtType": 0, "rssi": -42,
            "adData": "020106030259FE080944667554617267", "name": "DfuTarg", "dataType": "scan", "ap": ONE,
        }  # fmt: skip
        assert (await it.post("/aps/scan/close", {"aps": "*"})).status == 202
        await until(lambda: not scans(first))


async def test_what_is_closed_is_not_told_until_it_is_opened_again() -> None:
    async with controlled() as it, it.events() as events:
        backend = it.site.backend
        for what in ("notify", "connection-state"):
            assert (await it.post(f"/aps/{what}/close", {"aps": [ONE.lower()]})).status == 202
        assert (await it.get("/aps/ap-state/close")).status == 202
        async with it.stream("/aps/events") as later:
            aps = (await later.event())["aps"]
        assert [(aps[mac]["notify"], aps[mac]["connectionstate"]) for mac in (ONE, TWO)] == [(False,) * 2, (True,) * 2]
        backend.say(LinkChanged(AT, PEER, "up"), Notification(AT, PEER, 3, b"\x01"))
        it.site.backends[1].say(LaneDown(AT, "r1/0", GONE))
        await it.until("/cassia/hubs", lambda found: len(found) == 1)
        state = await it.until(f"/gap/nodes?mac={ONE}", lambda found: bool(found["nodes"]))
        assert state["nodes"][0]["id"] == DEVICE
        for what in ("notify", "connection-state"):
            assert (await it.post(f"/aps/{what}/open", {"aps": "*"})).status == 202
        assert (await it.get("/aps/ap-state/open")).status == 202
        # The link is up already, and that was told nobody: only its end is news now.
        backend.say(Notification(AT, PEER, 3, b"\x02"), LinkChanged(AT, PEER, "down"))
        it.site.backends[1].say(lane(0, "r1"))
        sorts = [(event["dataType"], event.get("value"), event.get("status")) for event in await events.events(3)]
        assert sorts == [("notification", "02", None), ("connection_state", None, None), ("ap_state", None, "online")]


async def test_routers_that_come_and_go_are_told_with_their_times() -> None:
    async with controlled() as it, it.events() as events:
        it.site.backends[1].say(LaneDown(AT, "r1/0", GONE))
        gone = await events.event()
        assert gone.pop("offline_time") > 10**12  # milliseconds
        assert gone == {"dataType": "ap_state", "ap": TWO, "mac": TWO, "status": "offline"}
        it.site.backends[1].say(lane(0, "r1"))
        back = await events.event()
        assert (back["status"], back["online_time"] > 10**12) == ("online", True)


async def test_a_batch_that_is_not_answered_is_told_here_too() -> None:
    async with controlled(speed=50.0) as it, it.events() as events:
        asked = {"list": [{"type": "random", "addr": DEVICE}], "timeout": 200, "per_dev_timeout": 200}
        assert (await it.post(f"/gap/batch-connect?mac={ONE}", asked)).status == 200
        assert await events.event() == {
            "handle": DEVICE, "chipId": 0, "connectionState": "connect timeout", "dataType": "connection_state",
            "ap": ONE,
        }  # fmt: skip


async def test_routers_scan_only_while_somebody_reads() -> None:
    async with controlled() as it:
        backend = it.site.backend
        assert (await it.post("/aps/scan/open", {"aps": [ONE]})).status == 202
        assert not scans(backend)
        for _ in range(2):
            async with it.events() as first, it.events() as second:
                await until(lambda: scans(backend))
                backend.say(heard())
                assert await first.event() == await second.event()
            await until(lambda: not scans(backend))


async def test_a_scan_of_a_chip_that_is_not_there_begins_when_it_comes() -> None:
    backend = TinyBackend(lane_with(0, usable=GONE))
    async with controlled(backend, TinyBackend(lane(0, "r1"))) as it, it.events() as events:
        assert (await it.post("/aps/scan/open", {"aps": [ONE], "chip": 1})).status == 202
        assert not scans(backend)
        backend.say(lane(1))
        assert (await events.event())["dataType"] == "ap_state"
        await until(lambda: scans(backend))
        wish = backend.wishes[-1]
        assert wish is not None
        assert wish.lanes == ("r/1",)


async def test_old_firmware_speaks_old_words_in_it() -> None:
    async with controlled(profile=PROFILES["1.3"]) as it, it.events() as events:
        await it.post("/aps/scan/open", {"aps": [ONE]})
        it.site.backend.say(heard(), LinkChanged(AT, PEER, "up"))
        found = {event["dataType"]: event for event in await events.events(2)}
        assert (found["scan"]["evt_type"], "chipId" in found["scan"]) == (0, False)
        assert found["connection_state"].keys() == {"handle", "connectionState", "dataType", "ap"}


async def flood(it: Controller) -> None:
    """More than a client may leave unread, and a link's end in the midst of it."""
    for _ in range(40):
        it.site.backend.say(*(heard(rssi=-n) for n in range(1, 101)))
    it.site.backend.say(LinkChanged(AT, PEER, "up"))
    for _ in range(40):
        it.site.backend.say(*(heard(rssi=-n) for n in range(1, 101)))


async def test_a_slow_client_loses_advertisements_but_no_link_and_costs_others_nothing() -> None:
    async with controlled() as it, it.events() as slow, it.events() as quick:
        await it.post("/aps/scan/open", {"aps": [ONE]})
        await flood(it)
        links = 0
        while not links:
            links += (await quick.event())["dataType"] == "connection_state"
        await it.until("/bletui", lambda found: bool(found["shed"]))
        blocks: list[str] = []
        while not any("connection_state" in block for block in blocks):
            blocks.append(await slow.block())
        shed = [block for block in blocks if block.startswith(":shed ")]
        assert shed
        assert all(block.endswith(" events") for block in shed)


async def test_where_link_events_were_lost_the_stream_ends_and_the_next_one_begins_with_the_state() -> None:
    async with controlled() as it, it.events() as events:
        it.site.backend.say(LinkChanged(AT, PEER, "up"))
        assert (await events.event())["connectionState"] == "connected"
        many = [LinkChanged(AT, PEER, "up", mtu=number) for number in range(20_001)]
        it.site.backend.say(*many, LinkChanged(AT, PEER, "down"))
        while await events.block():
            pass
        async with it.stream("/aps/events") as again:
            assert (await again.event())["aps"][ONE]["devices"] == {}
            it.site.backend.say(LinkChanged(AT, PEER, "up"))  # news again, though the loss was not told
            assert (await again.event())["connectionState"] == "connected"


async def test_too_many_clients_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combined, "STREAMS_MAX", 2)
    async with controlled() as it:
        async with it.events(), it.events():
            refused = await it.get("/aps/events")
            assert (refused.status, refused.body) == (502, b"no resources")
        await it.until("/bletui", lambda found: found["streams"] == 0)
        async with it.events():
            pass


async def test_a_router_with_too_many_streams_says_so_in_a_comment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "STREAMS_MAX", 0)
    async with controlled(LinkedBackend(lane(0), devices={}), known_as=(ONE,)) as it, it.events() as events:
        await it.post("/aps/scan/open", {"aps": [ONE]})
        block = await events.block()
        assert block.startswith(f":{ONE} E")
        assert block.endswith("busy.capacity")


async def test_who_has_nothing_to_read_gets_signs_of_life() -> None:
    async with controlled(speed=300.0) as it, it.events() as events, it.stream("/cassia/hubStatus") as hubs:
        assert [await events.block(), await hubs.block()] == [":keep-alive", ":keep-alive"]
