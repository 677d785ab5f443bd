"""The scan stream over real sockets, read by a client that is not ours."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

import httpx
import httpx_sse
import pytest

from bletui.bridge.router_api import feed
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Advertisement,
    LinkChanged,
    Notification,
    Peer,
    ScanFilter,
    ScanRequest,
    Shed,
    StreamChanged,
)
from bletui.testing.memory_loop import in_memory
from tests.bridge.router_api.client import Stream, ask, stream
from tests.bridge.router_api.site import AT, NAMED, heard, lane, lane_with, site
from tests.tiny import TinyBackend
from tests.waiting import until

SCAN = "/gap/nodes?event=1"


async def test_an_advertisement_arrives_as_one_line_of_json() -> None:
    async with site() as it, stream(it.port, SCAN) as client:
        await it.scanning()
        it.backend.say(heard())
        block = await client.block()
        assert client.status == 200
        assert client.headers["content-type"] == "text/event-stream"
        assert block == (
            'data: {"bdaddrs":[{"bdaddr":"EB:2E:AF:D8:49:DC","bdaddrType":"random"}],"chipId":0,"evtType":0,'
            '"rssi":-30,"adData":"020106030259FE080944667554617267","name":"DfuTarg"}'
        )


@pytest.mark.parametrize(
    "target",
    [
        "/gap/nodes/?event=1",
        "/gap/nodes?event=1&mac=CC:1B:E0:00:00:01&access_token=",
        "/gap/nodes/?event=1&mac=&access_token=abc&unknown=1&filter_rssi=",
    ],
)
async def test_paths_and_queries_as_clients_really_write_them(target: str) -> None:
    async with site() as it, stream(it.port, target) as client:
        await it.scanning()
        it.backend.say(heard())
        assert (await client.event())["name"] == "DfuTarg"


def crowd() -> list[Advertisement]:
    ibeacon = bytes.fromhex("0201061AFF4C000215B9407F30F5F8466EAFF925556B57FE6D0049000AC5")
    return [
        heard(address="AA:00:00:00:00:01", rssi=-40),
        heard(b"\x02\x01\x06", address="AA:00:00:00:00:02", rssi=-80),
        heard(bytes.fromhex("0409466F6F"), address="BB:00:00:00:00:03", rssi=-60, pdu="ADV_NONCONN_IND"),
        heard(ibeacon, address="CC:00:00:00:00:04", rssi=-60, lane="r/1", pdu="ADV_NONCONN_IND"),
        heard(bytes.fromhex("0409526573"), address="AA:00:00:00:00:01", rssi=-40, pdu="SCAN_RSP"),
    ]


# which of the crowd each query lets through, by place
FILTERS = {
    "": [0, 1, 2, 3],
    "active=1": [0, 1, 2, 3, 4],
    "chip=0": [0, 1, 2],
    "chip=1": [3],
    "chip=all": [0, 1, 2, 3],
    "filter_rssi=-60": [0, 2, 3],
    "filter_mac=aa:00:00:00:00:01": [0],
    "filter_mac=AA:00*,CC:00:00:00:00:04": [0, 1, 3],
    "filter_name=Foo": [2],
    "filter_name=Dfu*,*oo": [0, 2],
    "filter_name=*": [0, 2],
    "filter_uuid=FE59": [0],
    "filter_uuid=e5": [0],
    "filter_value=%7B%22offset%22%3A%225%22%2C%22data%22%3A%224c000215%22%7D": [3],
    "filter_value=[%7B%22data%22:%22666F%22%7D,%7B%22data%22:%22466F6F%22%7D]": [2],
    "connectable=1": [0, 1],
    "connectable=1&active=1": [0, 1, 4],
    "filter_duplicates=1": [0, 1, 2, 3],
    "phy=1M": [0, 1, 2, 3],
    "phy=CODED": [],
    "filter_rssi=-60&filter_mac=AA*": [0],
}


async def test_every_filter_by_itself_and_for_itself() -> None:
    """All clients at once: the radios hear the union, each client gets its own part."""
    async with site() as it, AsyncExitStack() as stack:
        clients = {query: await stack.enter_async_context(stream(it.port, f"{SCAN}&{query}")) for query in FILTERS}
        it.backend.say(*crowd())
        it.backend.say(heard(address="FF:00:00:00:00:FF", rssi=20, raw=b"\x09\x09Foo-4c-oo"))  # unlike the rest
        for query, expected in FILTERS.items():
            got = [await clients[query].event() for _ in expected]
            assert [_place(event) for event in got] == expected, query


def _place(event: dict[str, object]) -> int:
    places = [(ad.address, ad.pdu == "SCAN_RSP") for ad in crowd()]
    devices = event["bdaddrs"]
    assert isinstance(devices, list)
    return places.index((devices[0]["bdaddr"], "scanData" in event))


async def test_the_radio_is_asked_for_the_union_and_for_nothing_when_all_have_left() -> None:
    async with site() as it:
        async with stream(it.port, f"{SCAN}&filter_rssi=-70&chip=1"):
            await it.scanning()
            assert it.backend.wishes[-1] == ScanRequest(("r/1",), False, ScanFilter(min_rssi=-70))
            async with stream(it.port, f"{SCAN}&active=1"):
                assert it.backend.wishes[-1] == ScanRequest(None, True, ScanFilter())
        await it.scanning(False)
        assert it.backend.wishes[-1] is None


async def test_suppressed_duplicates_are_each_clients_own() -> None:
    """Who comes second gets its first report of a device that the first client already knows."""
    once = f"{SCAN}&filter_duplicates=1"
    async with site() as it, stream(it.port, once) as first:
        await it.scanning()
        assert it.backend.wishes == [ScanRequest()]
        it.backend.say(heard(rssi=-1))
        assert (await first.event())["rssi"] == -1
        async with stream(it.port, once) as second:
            it.backend.say(heard(rssi=-2), heard(address="AA:00:00:00:00:01", rssi=-3))
            assert [event["rssi"] for event in await second.events(2)] == [-2, -3]
            assert (await first.event())["rssi"] == -3


async def test_two_radios_are_chips_in_the_order_of_their_lanes() -> None:
    other = TinyBackend(lane(0, "r1"))
    async with site(TinyBackend(lane(0), lane(1)), other) as it, stream(it.port, f"{SCAN}&chip=2") as client:
        assert it.backend.wishes == []
        other.say(heard(lane="r1/0"))
        assert (await client.event())["chipId"] == 2
        assert other.wishes == [ScanRequest(("r1/0",))]


async def test_time_stamps_and_beacons_are_added_for_who_asks() -> None:
    async with (
        site() as it,
        stream(it.port, f"{SCAN}&timestamp=1&beacon=1") as asks,
        stream(it.port, SCAN) as plain,
    ):
        it.backend.say(*crowd()[2:4])
        events = await asks.events(2)
        assert events[1]["beacon"] == {
            "type": "iBeacon", "UUID": "B9407F30-F5F8-466E-AFF9-25556B57FE6D", "major": 73, "minor": 10, "txPower": -59,
        }  # fmt: skip
        assert "beacon" not in events[0]
        assert all("timestamp" in event for event in events)
        assert all(event.keys().isdisjoint({"timestamp", "beacon"}) for event in await plain.events(2))


@in_memory
async def test_a_report_interval_gathers_the_newest_report_of_each_device() -> None:
    async with site(speed=20) as it, stream(it.port, f"{SCAN}&report_interval=1000") as client:
        loop = asyncio.get_running_loop()
        started = loop.time()
        it.backend.say(*(heard(rssi=rssi) for rssi in range(-60, -50)), heard(address="AA:00:00:00:00:01", rssi=-9))
        assert [event["rssi"] for event in await client.events(2)] == [-51, -9]
        assert loop.time() - started >= 0.04


@in_memory
async def test_a_stream_that_has_nothing_to_say_shows_that_it_lives() -> None:
    async with site(speed=300) as it:
        for target in (SCAN, "/management/nodes/connection-state", "/gatt/nodes", "/gatt/nodes?event=1"):
            async with stream(it.port, target) as client:
                assert client.headers["content-type"] == "text/event-stream"
                assert await client.block() == ":keep-alive"
                assert await client.block() == ":keep-alive"


async def test_links_and_notifications_reach_their_streams() -> None:
    async with (
        site() as it,
        stream(it.port, "/management/nodes/connection-state") as links,
        stream(it.port, "/gatt/nodes?sequence=2") as values,
    ):
        peer = Peer("r/1", "EB:2E:AF:D8:49:DC")
        it.backend.say(
            LinkChanged(AT, peer, "connecting"),
            LinkChanged(AT, peer, "up"),
            Notification(AT, peer, 52, bytes.fromhex("08560000"), indication=False, seq=7),
            LinkChanged(AT, peer, "down"),
        )
        assert await links.events(2) == [
            {"handle": peer.address, "chipId": 1, "connectionState": "connected"},
            {"handle": peer.address, "chipId": 1, "connectionState": "disconnected", "reason": "host disconnect"},
        ]
        assert await values.event() == {
            "value": "08560000", "handle": 52, "id": peer.address, "dataType": "notification", "seqNum": 7,
        }  # fmt: skip


async def test_the_thirty_third_stream_is_refused_until_one_ends() -> None:
    async with site() as it, AsyncExitStack() as stack:
        for number in range(feed.STREAMS_MAX - 1):
            target = SCAN if number % 2 else "/gatt/nodes"
            await stack.enter_async_context(stream(it.port, target))
        async with stream(it.port, SCAN) as last:
            assert last.status == 200
            for target in (SCAN, "/gatt/nodes", "/management/nodes/connection-state"):
                assert (await ask(it.port, target)).status == 502
        async with asyncio.timeout(5):
            while (await ask(it.port, "/cassia/info")).json["bletui"]["streams"] == feed.STREAMS_MAX:
                pass
        async with stream(it.port, SCAN) as again:
            assert again.status == 200


async def test_a_client_that_does_not_read_costs_the_others_nothing_and_its_loss_is_counted() -> None:
    rounds, size = 400, 100
    async with site() as it, stream(it.port, SCAN) as stalled, stream(it.port, SCAN) as reads:
        await it.scanning()
        for number in range(rounds):  # about 7 MB: more than sockets and outbox hold
            it.backend.say(*(heard(rssi=-(number % 100), at=AT + number) for _ in range(size)))
            assert [event["rssi"] for event in await reads.events(size)] == [-(number % 100)] * size
        shed = (await ask(it.port, "/cassia/info")).json["bletui"]["shed"]
        assert shed["radio"] == 0
        assert 0 < shed["clients"] < rounds * size
        assert await _all(stalled, rounds * size) == (rounds * size - shed["clients"], shed["clients"])


async def _all(client: Stream, count: int) -> tuple[int, int]:
    """Reads until `count` events were seen or told as shed."""
    seen = told = 0
    while seen + told < count:
        block = await client.block()
        if block.startswith(":shed "):
            told += int(block.split()[1])
        elif block.startswith("data: "):
            seen += 1
    return seen, told


async def test_what_a_radio_sheds_is_told_in_the_stream() -> None:
    async with site() as it, stream(it.port, SCAN) as client:
        await it.scanning()
        it.backend.say(Shed(AT, "r/0", "advertisements", 12), heard())
        assert await client.block() == ":shed 12 advertisements"
        assert (await client.event())["name"] == "DfuTarg"
        assert (await ask(it.port, "/cassia/info")).json["bletui"]["shed"] == {"radio": 12, "clients": 0}


@in_memory
async def test_stopping_ends_streams_cleanly_and_a_stalled_one_too_within_two_seconds() -> None:
    async def to_its_end(client: Stream) -> None:
        while await client.block():
            pass

    async with site() as it, stream(it.port, SCAN), stream(it.port, SCAN) as reads, asyncio.TaskGroup() as group:
        await it.scanning()
        group.create_task(to_its_end(reads))
        while (await ask(it.port, "/cassia/info")).json["bletui"]["shed"]["clients"] == 0:
            it.backend.say(*(heard() for _ in range(1000)))
        loop = asyncio.get_running_loop()
        started = loop.time()
        it.serving.cancel()
        await asyncio.wait([it.serving])
        assert 0 < loop.time() - started < 2, "who does not read is cut, after a while"
        assert it.backend.wishes[-1] is None
        await until(lambda: not any("run_asgi" in repr(task) for task in asyncio.all_tasks()))


async def test_hostile_names_are_escaped_and_stay_json() -> None:
    hostile = '\x1b]52;c;aGk=\x07\u202e"}\\'.encode()
    async with site() as it, stream(it.port, SCAN) as client:
        await it.scanning()
        it.backend.say(heard(bytes((len(hostile) + 1, 9)) + hostile), heard(name="\u00e9\u4e2d"))
        block = await client.block()
        assert block.isprintable()
        assert json.loads(block.removeprefix("data: "))["name"] == '\\x1b]52;c;aGk=\\x07\\u202e"}\\'
        assert (await client.event())["name"] == "\u00e9\u4e2d"


async def test_a_chip_that_is_not_there_or_not_ready() -> None:
    off = Failure(kind=ErrorKind.ADAPTER_OFF)
    async with site(TinyBackend(lane(0), lane_with(1, usable=off))) as it:
        assert (await ask(it.port, f"{SCAN}&chip=7")).body == b"parameter invalid"
        reply = await ask(it.port, f"{SCAN}&chip=1")
        assert (reply.status, reply.body) == (500, b"chip is not ready")
        async with stream(it.port, SCAN) as client:
            assert client.status == 200
    async with site(TinyBackend()) as it:
        assert "no lane is there yet" in (await ask(it.port, SCAN)).headers["bletui-detail"]
    denied = Failure(kind=ErrorKind.ADAPTER_DENIED, detail="no bus")
    async with site(TinyBackend(StreamChanged(AT, None, "scan", "broken", denied))) as it:
        reply = await ask(it.port, SCAN)
        assert reply.body == b"chip is not ready"
        assert "adapter.denied: no bus" in reply.headers["bletui-detail"]


async def test_raw_bytes_are_never_lost_to_the_scan_response_of_another_client() -> None:
    """One client scans actively; a passive one still hears what it would hear alone."""
    async with site() as it, stream(it.port, SCAN) as passive, stream(it.port, f"{SCAN}&active=1") as active:
        it.backend.say(heard(b"", pdu="SCAN_RSP"), heard(NAMED))
        assert "adData" in await passive.event()
        first = await active.event()
        assert first["scanData"] == ""
        assert first["evtType"] == 4
        assert "adData" not in first


async def test_a_seat_that_fell_too_far_behind_is_taken_again_and_link_streams_end() -> None:
    peer = Peer("r/0", "EB:2E:AF:D8:49:DC")
    states = "/management/nodes/connection-state"
    async with site() as it, stream(it.port, states) as links, stream(it.port, SCAN) as scan:
        await it.scanning()
        it.backend.say(*(LinkChanged(AT, peer, "up", mtu=number) for number in range(20_001)))
        assert await links.block() == ""
        async with stream(it.port, states) as again:
            it.backend.say(heard(), LinkChanged(AT, peer, "down"))
            assert (await scan.event())["name"] == "DfuTarg"
            assert (await again.event())["connectionState"] == "disconnected"
        assert (await ask(it.port, "/gap/nodes")).body == b'{"nodes":{}}'
        assert len(it.radios[0]._seats) == 1
    assert it.backend.wishes == [ScanRequest(), None]


async def test_a_client_of_another_make_reads_the_stream() -> None:
    async with (
        site() as it,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{it.port}", trust_env=False) as client,
        httpx_sse.aconnect_sse(client, "GET", SCAN) as source,
    ):
        await it.scanning()
        it.backend.say(Shed(AT, "r/0", "advertisements", 1), heard())
        async for event in source.aiter_sse():
            assert (event.event, event.json()["name"]) == ("message", "DfuTarg")
            break
