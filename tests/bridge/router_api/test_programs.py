"""Public programs for the router, request for request as their code sends them, and what that code makes of the answer.

Each row names the program. The requests are facts of its published source; the code here is ours.
"""

from __future__ import annotations

import ast
import asyncio
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.simulator.lab import PASSKEY, address
from bletui.bridge.router_api import bodies
from bletui.bridge.router_api.encoding import scan_event
from bletui.bridge.router_api.profiles import DEFAULT, PROFILES, Profile
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Advertisement, LinkChanged, Peer, Prompt, PromptClosed
from tests import values
from tests.bridge.router_api.client import Reply, ask, stream
from tests.bridge.router_api.lab import CCCD, NOTIFYING, lab, told
from tests.bridge.router_api.linked import LinkedBackend, table
from tests.bridge.router_api.site import AT, lane, lane_with, site
from tests.tiny import TinyBackend

COUNTER, THERMOMETER = address("counter"), address("thermometer")
JSON, FORM = {"Content-Type": "application/json"}, {"Content-Type": "application/x-www-form-urlencoded"}
INDICATING = [{
    "uuid": "00001810-0000-1000-8000-00805f9b34fb", "primary": True, "handle": 1,
    "characteristics": [
        {"uuid": f"00002a{number}-0000-1000-8000-00805f9b34fb", "handle": handle, "properties": properties,
         "descriptors": [{"handle": handle, "uuid": ""},
                         {"handle": handle + 1, "uuid": "00002902-0000-1000-8000-00805f9b34fb"}]}
        for number, handle, properties in (("35", 3, 32), ("36", 6, 16), ("37", 9, 48))
    ],
}]  # fmt: skip

# How programs ask for a link. A value that is null was left out by whoever called the program's function.
CONNECTS = [
    pytest.param(FORM, "type=random", id="jQuery's $.ajax with an object (hub demos); request's form: (KDC server)"),
    pytest.param(FORM, "type=random&discovergatt=1&timeout=1500", id="requests.post(data=…) (health gateway)"),
    pytest.param({}, "type=random&timeout=1500", id="a form without its media type"),
    pytest.param(JSON, '{"timeout": null, "type": "random"}', id="requests.post(json=…), timeout=None (vendor's QA)"),
    pytest.param(JSON, '{"timeout": null, "type": "random", "chip": null}', id="the same, chip=None"),
    pytest.param(JSON, '{"timeOut":"1","type":"random"}', id="ward devices in a router's container (2016)"),
    pytest.param(JSON, '{"timeOut":5000,"type":"random"}', id="debugger 1"),
    pytest.param(JSON, '{"type":"random","timeOut":6000}', id="cassia-sdk of 2017"),
    pytest.param(JSON, '{"type":"random","timeout":60000}', id="node-cassia-sdk"),
    pytest.param(JSON, '{ \r\n    "timeout" : "10000",\r\n    "type" : "random",\r\n    "discovergatt" : 0\r\n}\r\n',
                 id="CassiaGateway (C#)"),
    pytest.param(JSON, '{"type":"random","auto":"1","timeout":"1000"}', id="the vendor's curl of 1.3"),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "body"), CONNECTS)
async def test_every_programs_way_to_ask_for_a_link(headers: dict[str, str], body: str) -> None:
    target = f"/gap/nodes/{COUNTER}/connection/?chip=0"
    async with lab() as it:
        reply = await ask(it.port, target, method="POST", headers=headers, body=body.encode())
        assert told(reply) == (200, b"OK")
        assert (await it.node(COUNTER))["type"] == "random"


def test_the_time_out_of_older_tools_is_no_time_out() -> None:
    """Some send `"timeOut":"1"`: in milliseconds nothing would ever be connected."""
    assert bodies.connecting({"timeOut": "1"}, {}).timeout == 5.0


async def test_a_body_that_is_no_form_and_no_json_is_refused() -> None:
    async with lab() as it:
        for body in (b'{"type":"random"', b'{"type":"=random"', b"random", b"=random", b"a=1&b", b"\xff=1", b'"a=1"'):
            reply = await ask(it.port, f"/gap/nodes/{COUNTER}/connection", method="POST", body=body)
            assert told(reply) == (500, b"parameter invalid"), body


async def test_the_python_sample_of_2026_runs_from_its_first_call_on() -> None:
    """CassiaSDKGuide: every call but that for the scan has to be a 200, and `json` or `text` as its method reads it."""
    async with lab("2.2") as it:
        assert told(await it.call("POST", "/gap/link-track", {"enable": "1"})) == (200, b"OK")
        scan = "/gap/nodes?event=1&active=1&chip=0&" + urlencode({"filter_rssi": -128, "filter_name": "count*"})
        async with stream(it.port, scan) as heard:
            assert heard.headers["content-type"] == "text/event-stream"
            assert (await heard.event())["bdaddrs"][0]["bdaddr"] == COUNTER
        listed = {"timeout": 10000, "list": [{"type": "random", "addr": COUNTER}], "dle": 251, "phy": "2M"}
        assert (await it.call("POST", "/gap/connection?chip=0", listed)).json["addr"] == COUNTER
        async with stream(it.port, "/gatt/nodes?event=1&sequence=2&timestamp=1") as notifications:
            assert told(await it.get(COUNTER, f"handle/{CCCD}/value/0100?")) == (200, b"OK")
            event = await notifications.event()
            assert (event["id"], event["seqNum"], event["handle"]) == (COUNTER, 1, NOTIFYING)
        row = next(one for one in (await it.call("GET", "/gap/connection/interference")).json if one["id"] == COUNTER)
        assert (row["chipId"], row["type"]) == (0, "random")
        assert -127 < row["rssi"] < 0
        node = await it.node(COUNTER)
        assert -127 < node["rssi"] < 0
        assert "type" not in node
        assert isinstance((await it.call("GET", "/gatt/nodes/rate")).json, dict)
        phys = await it.call("POST", f"/gap/nodes/{COUNTER}/phy", {"tx": "2M", "rx": "2M"})
        assert phys.json == {"id": COUNTER, "rx_phy": "2M", "tx_phy": "2M"}


async def test_the_throughput_monitor_finds_rows_or_nothing() -> None:
    """bluetooth.tech: `[]` and `{}` are nothing; `chipId` is compared with the number 0."""
    backend = LinkedBackend(lane(0), devices={})
    async with site(backend, profile=PROFILES["2.2"]) as it:
        assert (await ask(it.port, "/gap/connection/interference?mac=&access_token=")).body == b"{}"
        backend.say(LinkChanged(AT, Peer("r/0", COUNTER), "up"))
        rows = (await ask(it.port, "/gap/connection/interference")).json
        assert rows == [{"id": COUNTER, "chipId": 0, "rssi": -50}]  # a link of somebody else has no known type


async def test_who_can_not_tell_a_links_rssi_leaves_it_out() -> None:
    async with site(profile=PROFILES["2.2"]) as it:
        it.backend.say(LinkChanged(AT, Peer("r/0", COUNTER), "up"))
        assert (await ask(it.port, "/gap/connection/interference")).json == [{"id": COUNTER, "chipId": 0}]
        assert "rssi" not in (await ask(it.port, "/gap/nodes")).json["nodes"][0]


async def test_each_firmware_has_the_paths_of_its_time() -> None:
    for firmware in ["", *PROFILES]:
        known = firmware in ("", "2.2")  # without a firmware, what any program may ask for is there
        async with site(profile=PROFILES.get(firmware)) as it:
            for method, path in (("POST", "/gap/link-track"), ("GET", "/gap/connection/interference")):
                reply = await ask(it.port, path, method=method)
                assert told(reply) == ((200, reply.body) if known else (500, b"URL not found")), (firmware, path)
            assert ("container" in (await ask(it.port, "/cassia/info")).json) is firmware.startswith("1.")


async def test_a_logger_gateway_switches_notifications_and_indications_on_at_once() -> None:
    """A MicroPython app for the M2000 writes 0300 to the CCCD; a subscription is one of the two."""
    backend = LinkedBackend(lane(0), devices={COUNTER: table(INDICATING)})
    async with site(backend) as it:
        await ask(it.port, f"/gap/nodes/{COUNTER}/connection", method="POST", body=b'{"type": "public"}')
        for handle in ("4", "7", "10"):
            assert told(await ask(it.port, f"/gatt/nodes/{COUNTER}/handle/{handle}/value/0300")) == (200, b"OK")
        assert backend.subscribed == [(3, "indicate"), (6, "notify"), (9, "notify")]
        assert backend.written == []


async def test_a_blood_pressure_app_scans_with_an_unescaped_filter_and_reads_the_routers_clock() -> None:
    """The vendor's Omron app through its desktop `cassiablue.py`, which writes the request line itself."""
    target = '/gap/nodes?event=1&&active=1&filter_duplicates=1000&filter_value=[{"offset":"0","data":"020106"}]'
    async with lab() as it:
        async with stream(it.port, target) as heard:
            event = await heard.event()
            assert event.get("adData", event.get("scanData")).startswith("020106")
        day, time = (await ask(it.port, "/cassia/info")).json["timeconf"]["now"].split(" ")
        year, _month, _day = map(int, day.split("-"))
        _hour, _minute, _second = map(int, time.split(":"))
        assert year >= 2026


async def test_programs_find_the_networks_of_a_router_empty() -> None:
    """A diagnostics app asks again for ever without `capwap-ip`; the logger gateway has no MAC without an address."""
    async with lab() as it:
        info = (await it.call("GET", "/cassia/info")).json
        assert info["capwap-ip"].replace("\n", "").strip() == ""
        assert (info["wireless"]["iface"]["ip"], info["wired"]["iface"]["ip"], info["capwap-uplink"]) == ("", "", "")
        assert isinstance(info["uptime"], int)


async def test_a_router_has_a_mac_by_which_programs_tell_it_apart() -> None:
    """The logger gateway names its topics by `mac`; others send it along. An adapter's own is nobody else's."""
    adapter, other = {"address": "00:1A:7D:DA:71:13"}, {"address": "00:1A:7D:DA:71:14"}
    async with site(TinyBackend(lane_with(0), lane_with(1, info=adapter), lane_with(2, info=other))) as it:
        assert (await ask(it.port, "/cassia/info")).json["mac"] == "00:1A:7D:DA:71:13"


@given(values.advertisements, st.sampled_from([DEFAULT, *PROFILES.values()]))
def test_an_event_is_python_as_well(ad: Advertisement, profile: Profile) -> None:
    """The vendor's test scripts read what stands behind `data: ` by `eval`: true, false and null would end them."""
    line = scan_event(ad, 0, profile)
    assert isinstance(ast.literal_eval(line[6:].decode().strip()), dict)


async def test_the_gateways_memory_is_asked_for() -> None:
    """cassia-di-mpy takes 0 for a key that is not there; a controller's kinds of memory no computer has."""
    async with lab("2.2") as it:
        memory = (await it.call("GET", "/cassia/memory")).json
        assert memory.keys() <= {"free-memory"}
        assert all(value > 0 for value in memory.values())
    async with lab("2.1.1") as it:
        assert told(await it.call("GET", "/cassia/memory")) == (500, b"URL not found")


async def test_settings_are_read_after_a_login_and_not_changed() -> None:
    """CassiaGateway (C#) logs in, reads twice, writes; any other status than 200 ends it."""
    login = urlencode({"username": "admin", "password": "U2FsdGVkX19Z8zcPoszwmXgWFuCY0jVVtUgDtisi/d0="}).encode()
    async with lab() as it:
        assert (await ask(it.port, "/cassia/login", method="POST", headers=FORM, body=login)).status == 200
        for target in ("/cassia/info", "/cassia/info?fields=container", "/cassia/info?fields=tpm"):
            reply = await it.call("GET", target)
            assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
            assert ("container" in reply.json) is target.endswith("container")
        assert told(await it.call("POST", "/cassia/info", {"ble_power": 10})) == (500, b"operation not supported")


async def test_tools_that_ask_for_what_no_radio_can_do_are_told_so() -> None:
    async with lab("2.2") as it:
        for method, path in (
            ("GET", "/gap/channel/assessment"),
            ("GET", "/gap/channel/assessment?wifi=1"),
            ("POST", "/gap/hs-mlink-params"),
            ("POST", "/gap/connection/supervision/overwrite"),
        ):
            reply = await it.call(method, path, {"supervision_timeout": "10000"} if method == "POST" else None)
            assert told(reply) == (500, b"operation not support"), path


DEBUGGERS = [
    pytest.param({"bond": 1, "legacy-oob": 0, "io-capability": "KeyboardDisplay"}, 7, id="debugger 1"),
    pytest.param({"iocapability": "KeyboardDisplay", "type": "random"}, 7, id="debugger 2"),
    pytest.param({"iocapability": "NoInputNoOutput", "type": "random"}, 1, id="just works, as the guide shows it"),
    pytest.param({"io-capability": "NoInputNoOutput", "type": "random"}, 1, id="the same before 2.0"),
]


@pytest.mark.parametrize(("body", "code"), DEBUGGERS)
async def test_pairing_as_the_debug_tools_ask_for_it(body: dict[str, object], code: int) -> None:
    """Who can neither show nor ask is not asked: both sides then only confirm (Core, Vol 3 Part H, table 2.8)."""
    compares = address("compares")
    async with lab() as it:
        await it.connect(compares)
        said = (await it.call("POST", f"/management/nodes/{compares}/pair/?mac=&access_token=", body)).json
        assert said["pairingStatusCode"] == code
        if code == 7:
            answer = {"passkey": 1}  # debugger 2 sends a number
            said = (await it.call("POST", f"/management/nodes/{compares}/pair-input/?", answer)).json
            assert said["pairingStatusCode"] == 1
        assert (await it.node(compares))["pairStatus"] == "paired"
        assert told(await it.call("DELETE", f"/management/nodes/{compares}/bond/?")) == (200, b"OK")


async def test_a_write_command_behind_a_slash() -> None:
    """node-cassia-sdk puts `/?noresponse=1` behind the value."""
    uart = address("UART echo")
    async with lab() as it:
        await it.connect(uart)
        rows = (await it.get(uart, "characteristics")).json
        handle = next(row["handle"] for row in rows if row["properties"] & 4)
        assert told(await it.get(uart, f"handle/{handle}/value/4142/?noresponse=1")) == (200, b"OK")


class Asking(LinkedBackend):
    """Wants out-of-band data; `said`: what it was answered."""

    def __init__(self) -> None:
        super().__init__(lane(0), devices={COUNTER: ()})
        self.said: asyncio.Queue[str | None] = asyncio.Queue()

    async def pair(self, peer: Peer, *, within: float) -> None:
        self.say(Prompt(AT, 1, peer, "oob-sc", AT + 60))
        await self.said.get()
        self.say(PromptClosed(AT, 1, "answered"))

    async def answer(self, prompt: int, value: str | None) -> None:
        if value != f"{RAND}:{CONFIRM}":
            raise BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="answer"))
        self.said.put_nowait(value)


RAND, CONFIRM = "e18df48c5ad68f0ee3d541e4d60f9ae5", "dbc116a241c8894a67bcbd6841a79473"


async def test_out_of_band_data_is_in_the_request_to_pair_or_in_an_answer() -> None:
    """The guide's example has it in the request, which then tells how it ended; our own answers what is asked."""
    backend, pair = Asking(), f"/management/nodes/{COUNTER}/pair"
    given = {"oob": 2, "timeout": 20000, "type": "random", "bond": 0, "iocapability": "KeyboardDisplay"}
    async with site(backend) as it:

        async def call(target: str, body: dict[str, object]) -> Reply:
            return await ask(it.port, target, method="POST", body=json.dumps(body).encode())

        assert (await call(pair, {**given, "rand": RAND, "confirm": CONFIRM})).json["pairingStatusCode"] == 1
        assert (await call(pair, given)).json["pairingStatusCode"] == 4
        said = await call(f"{pair}-input", {"rand": RAND, "confirm": CONFIRM})
        assert said.json["pairingStatusCode"] == 1
        assert told(await call(pair, {**given, "rand": "00", "confirm": "00"})) == (500, b"parameter invalid")
        assert told(await call(pair, given)) == (500, b"pair in process")  # the question is still open
        said = await call(f"{pair}-input", {"rand": RAND, "confirm": CONFIRM})
        assert said.json["pairingStatusCode"] == 1


async def test_a_vendors_check_of_all_ways_to_discover_agrees_with_itself() -> None:
    """A QA script compares what each of six requests finds with the tree; its filters are there even when empty."""
    async with lab() as it:
        scan = f"/gap/nodes?event=1&mac=&chip=0&active=0&filter_name=&filter_mac=AA:AA:AA:88:88*,{COUNTER[:-1]}*"
        async with stream(it.port, f"{scan}&filter_rssi=-100&filter_uuid=&filter_duplicates=") as heard:
            assert {event["bdaddrs"][0]["bdaddr"][:-1] for event in await heard.events(9)} == {COUNTER[:-1]}
        wanted = {"timeout": "5000", "type": "random", "auto": 0, "discovergatt": "0"}
        reply = await it.call("POST", f"/gap/nodes/{COUNTER}/connection?chip=0&mac=", wanted)
        assert told(reply) == (200, b"OK")
        tree = (await it.get(COUNTER, "services/characteristics/descriptors/?mac=")).json
        characteristics = [one for service in tree for one in service["characteristics"]]

        async def found(path: str) -> list[str]:
            return [row["uuid"] for row in (await it.get(COUNTER, path)).json]

        services = await found("services/?mac=&all=1")
        assert services == [service["uuid"] for service in tree]
        found_characteristics, found_descriptors = [], []
        for uuid in services:
            assert (await it.get(COUNTER, f"services/?mac=&all=1&uuid={uuid}")).status == 200
            found_characteristics += await found(f"services/{uuid}/characteristics?mac=&all=1")
        assert found_characteristics == [one["uuid"] for one in characteristics]
        for uuid in found_characteristics:
            assert (await it.get(COUNTER, f"characteristics?mac=&uuid={uuid}")).status == 200
            found_descriptors += await found(f"characteristics/{uuid}/descriptors?mac=")
        assert found_descriptors == [row["uuid"] for one in characteristics for row in one.get("descriptors", ())]
        assert told(await it.get(COUNTER, f"handle/{CCCD}/value/0100/?mac=")) == (200, b"OK")


async def test_a_tool_for_patches_pairs_with_a_passkey_and_connects_again() -> None:
    """A browser's page: `?&`, empty parameters, a first passkey it expects to fail, and a link it takes up anew."""
    device = address(f"passkey {PASSKEY}")
    async with (
        lab() as it,
        stream(it.port, "/management/nodes/connection-state?mac=") as states,
        stream(it.port, "/gatt/nodes/?event=1&mac=&access_token="),
    ):
        connection = f"/gap/nodes/{device}/connection/?mac=&access_token="
        wanted = {"type": "random", "timeout": "20000", "auto": "1"}
        for _ in range(2):
            assert told(await it.call("POST", connection, wanted)) == (200, b"OK")
            said = await states.event()
            assert (said["handle"], said["connectionState"]) == (device, "connected")
            pair = {"bond": 1, "legacy-oob": 0, "io-capability": "KeyboardOnly"}
            asked = (await it.call("POST", f"/management/nodes/{device}/pair?&access_token=", pair)).json
            if asked["pairingStatusCode"] == 5:
                answer = {"passkey": PASSKEY}
                asked = (await it.call("POST", f"/management/nodes/{device}/pair-input?&access_token=", answer)).json
            assert asked["pairingStatusCode"] == 1
            assert (await it.get(device, "services?mac=&access_token=")).json
            row = next(one for one in (await it.get(device, "characteristics?mac=")).json if one["properties"] & 2)
            read = await it.get(device, f"handle/{row['handle']}/value?mac=&access_token=&option=cmd")
            assert isinstance(read.json["value"], str)
            assert told(await it.call("DELETE", connection)) == (200, b"OK")
            assert (await states.event())["connectionState"] == "disconnected"


SENT = [
    pytest.param("GET", "/gatt/nodes/{}/handle/3/value/4142/?mac=CC:1B:E0:E0:69:B0", "text", id="Android sdklibrary"),
    pytest.param("GET", "/gatt/nodes/{}/services/characteristics/descriptors?mac=&all=1", "json", id="Android tree"),
    pytest.param("GET", "/gatt/nodes/{}/services/?mac=None", "json", id="vendor's QA"),
    pytest.param("GET", "/gatt/nodes/{}/characteristics", "json", id="node-cassia-sdk, characteristics"),
    pytest.param("GET", "/gap/nodes/?connection_state=connected", "json", id="debugger 1"),
    pytest.param("GET", "/gap/nodes?mac=CC:1B:E0:E2:E9:B8&access_token=&connection_state=connected", "json",
                 id="debugger 2"),
    pytest.param("GET", "/gap/nodes/{}/phy?", "json", id="debugger 2, PHY"),
    pytest.param("GET", "/cassia/info/?", "json", id="debugger 2, info"),
    pytest.param("DELETE", "/gap/nodes/{}/connection?timeout=5000", "text", id="vendor's QA"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "target", "kind"), SENT)
async def test_what_else_programs_send(method: str, target: str, kind: str) -> None:
    async with lab() as it:
        await it.connect(COUNTER)
        await it.call("POST", f"/gap/nodes/{COUNTER}/phy", {"tx": "1M", "rx": "1M"})
        reply = await it.call(method, target.format(COUNTER))
        assert reply.status == 200
        assert _read(reply, kind)


def _read(reply: Reply, kind: str) -> object:
    return json.loads(reply.body) if kind == "json" else reply.body == b"OK"
