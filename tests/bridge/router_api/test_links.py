"""Calls on all links together, by a client that is not ours: batches, lists, RSSI, rates, the chips' addresses."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.lab import address
from bletui.bridge.router_api.profiles import PROFILES
from bletui.model import LinkChanged, Peer
from tests.bridge.router_api.client import ask, stream
from tests.bridge.router_api.lab import lab, told
from tests.bridge.router_api.site import AT, lane_with, site
from tests.tiny import TinyBackend

COUNTER, THERMOMETER, FAR = address("counter"), address("thermometer"), address("far away")
STATES = "/management/nodes/connection-state"
SINCE_2_0 = [name for name in PROFILES if not name.startswith("1.")]


def listed(*devices: str, **more: object) -> dict[str, object]:
    return {"list": [{"type": "random", "addr": one} for one in devices], **more}


async def test_a_batch_is_connected_by_and_by_and_the_state_stream_tells_how_it_ended() -> None:
    async with lab() as it, stream(it.port, STATES) as states:
        asked = listed(COUNTER, FAR, THERMOMETER, timeout="300", per_dev_timeout=600)
        assert told(await it.call("POST", "/gap/batch-connect?mac=", asked)) == (200, b"OK")
        events = {event["handle"]: event for event in await states.events(3)}
        assert {device: event["connectionState"] for device, event in events.items()} == {
            COUNTER: "connected", THERMOMETER: "connected", FAR: "connect timeout",
        }  # fmt: skip
        assert events[FAR].keys() == {"handle", "chipId", "connectionState"}
        # What is connected already is connected, without an event; what comes behind it is not held up.
        more = listed(COUNTER, address("UART echo"))
        assert told(await it.call("POST", "/gap/multi-connect/", more)) == (200, b"OK")
        assert (await states.event())["handle"] == address("UART echo")


async def test_a_batch_can_be_forgotten() -> None:
    nobody = [f"02:00:00:00:00:{n:02X}" for n in range(40)]
    async with lab() as it, stream(it.port, STATES) as states:
        assert told(await it.call("POST", "/gap/batch-connect", listed(*nobody, timeout=200))) == (200, b"OK")
        assert told(await it.call("DELETE", "/gap/batch-connect")) == (200, b"OK")
        assert told(await it.call("POST", "/gap/batch-connect", listed(COUNTER))) == (200, b"OK")
        told_of = {event["handle"] for event in await states.events(4)}
        assert told_of == {*nobody[:3], COUNTER}  # those that ran, one on each chip, and what came after


WRONG = [
    {},
    {"list": []},
    {"list": "x"},
    {"list": [COUNTER]},
    {"list": [{"type": "random"}]},
    {"list": [{"type": "other", "addr": COUNTER}]},
    {"list": [{"type": [], "addr": COUNTER}]},
    listed(COUNTER, timeout="soon"),
    listed(COUNTER, per_dev_timeout=-1),
]


async def test_wrong_batches_are_refused_and_so_are_endless_ones() -> None:
    many = [f"02:00:00:00:{n >> 8:02X}:{n & 255:02X}" for n in range(600)]
    async with lab("2.2") as it:
        for path in ("/gap/batch-connect", "/gap/connection"):
            for wrong in WRONG:
                assert told(await it.call("POST", path, wrong)) == (500, b"parameter invalid"), wrong
        assert told(await it.call("POST", "/gap/connection?chip=9", listed(COUNTER))) == (500, b"parameter invalid")
        assert told(await it.call("POST", "/gap/batch-connect", listed(*many))) == (200, b"OK")
        others = [one.replace("02:", "03:") for one in many]
        assert told(await it.call("POST", "/gap/batch-connect", listed(*others))) == (500, b"no resources")
        assert told(await it.call("DELETE", "/gap/batch-connect")) == (200, b"OK")


async def test_the_first_of_a_list_that_connects_wins() -> None:
    async with lab("2.2") as it:
        asked = listed(FAR, COUNTER, THERMOMETER, timeout=1200, dle=251, phy="2M")
        assert (await it.call("POST", "/gap/connection?chip=1", asked)).json == {"addr": COUNTER}
        node = await it.node(COUNTER)
        assert (node["chipId"], node["bdaddrs"]["bdaddrType"]) == (1, "random")
        assert told(await it.call("POST", "/gap/connection", listed(FAR, timeout=200))) == (500, b"device not scan")


async def test_the_rssi_of_every_link_is_told_again_and_again() -> None:
    async with lab() as it:
        await it.connect(COUNTER)
        await it.connect(THERMOMETER)
        path = f"/gap/rssi?rssi_interval=100&filter_mac={COUNTER},{THERMOMETER}"
        async with stream(it.port, path) as values:
            heard = await values.events(4)
        assert {event["id"] for event in heard} == {COUNTER, THERMOMETER}
        assert all(event.keys() == {"id", "rssi"} and -127 < event["rssi"] < 0 for event in heard)
        async with stream(it.port, f"/gap/rssi?rssi_interval=100&rssi=-127&filter_mac={COUNTER}") as silent:
            it_speaks = stream(it.port, f"/gap/rssi?rssi_interval=100&filter_mac={COUNTER[:8]}*")
            async with it_speaks as values:
                assert (await values.event())["id"].startswith(COUNTER[:8])
            assert not silent.waiting  # nothing is weaker than that


async def test_who_can_not_tell_an_rssi_is_named_in_a_comment() -> None:
    async with site() as it:
        it.backend.say(LinkChanged(AT, Peer("r/0", COUNTER), "up"))
        async with stream(it.port, "/gap/rssi") as values:
            block = await values.block()
        assert block.startswith(f":{COUNTER} E")
        assert block.endswith("op.unsupported")


async def test_chips_tell_their_own_address_where_the_radio_knows_it() -> None:
    known = lane_with(0, info={"address": "00:1A:7D:DA:71:13", "address type": "public"})
    async with site(TinyBackend(known, lane_with(1, info={"address": "http://192.0.2.1"}))) as it:
        row = {"bdaddr": "00:1A:7D:DA:71:13", "bdaddrType": "public", "chipId": 0}
        assert (await ask(it.port, "/gap/btaddr")).json == {"nodes": [row]}
    async with site() as it:
        assert (await ask(it.port, "/gap/btaddr")).json == {"nodes": {}}


@pytest.mark.parametrize("profile", PROFILES)
async def test_each_firmware_has_the_calls_of_its_time(profile: str) -> None:
    async with lab(profile) as it:
        batch = await it.call("DELETE", "/gap/batch-connect")
        assert told(batch) == ((200, b"OK") if profile in SINCE_2_0 else (500, b"URL not found"))
        first = await it.call("POST", "/gap/connection", listed())
        assert first.body == (b"parameter invalid" if profile == "2.2" else b"URL not found")
        words = b"operation not support" if profile == "2.2" else b"operation not supported"
        for method, path in (("GET", "/advertise/start?interval=500"), ("POST", "/advertise/ext/start")):
            reply = await it.call(method, path)
            assert told(reply) == (500, words)
            assert "no radio" in reply.headers["bletui-detail"]
        assert told(await it.call("POST", "/cassia/reboot")) == (500, words)
        assert (await it.call("GET", "/gatt/nodes/rate")).json == {}


async def test_a_value_is_written_by_its_uuids() -> None:
    async with lab("2.2") as it:
        await it.connect(COUNTER)
        tree = (await it.get(COUNTER, "services/characteristics/descriptors")).json
        service = next(one for one in tree if any(each["handle"] == 3 for each in one.get("characteristics", [])))
        by_uuid = f"services/{service['uuid'].upper()}/characteristics/{service['characteristics'][0]['uuid']}/value"
        assert told(await it.get(COUNTER, f"{by_uuid}/4243")) == (200, b"OK")
        assert (await it.get(COUNTER, "handle/3/value")).json["value"] == "4243"
        nowhere = "services/11001800-0000-1000-8000-00805f9b34fb/characteristics/2a00/value/01"
        assert told(await it.get(COUNTER, nowhere)) == (500, b"Service Not Found")
        assert told(await it.get(COUNTER, f"{by_uuid}/4")) == (500, b"parameter invalid")


async def test_links_of_others_tell_no_address_type() -> None:
    async with lab() as it:
        nodes = (await it.call("GET", "/gap/nodes")).json["nodes"]
        assert all("type" not in node and "bdaddrType" not in node["bdaddrs"] for node in nodes)
        assert nodes
