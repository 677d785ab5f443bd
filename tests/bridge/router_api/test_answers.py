"""Everything but streams, over real sockets."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bletui import __version__
from bletui.bridge.router_api.app import refusal
from bletui.bridge.router_api.server import Listen
from bletui.failure import ErrorKind, Failure
from bletui.model import LinkChanged, Peer, StreamChanged
from tests.bridge.router_api.client import ask, stream
from tests.bridge.router_api.site import AT, lane_with, site
from tests.tiny import TinyBackend

RECORDED = json.loads((Path(__file__).parents[2] / "data" / "router_exchanges.json").read_text())
SECRET = "correct-horse-battery"
BASIC = {"Authorization": "Basic " + base64.b64encode(f"user:{SECRET}".encode()).decode()}
FORM = b"grant_type=client_credentials"


async def test_connected_devices_are_a_list_and_none_are_an_object() -> None:
    async with site() as it:
        for target in ("/gap/nodes", "/gap/nodes/", "/gap/nodes?", "/gap/nodes?connection_state=connected&mac=x"):
            reply = await ask(it.port, target)
            assert (reply.status, reply.body) == (200, b'{"nodes":{}}')
            assert reply.headers["content-type"] == "application/json"
        peer = Peer("r/1", "F6:12:3D:BD:DE:44")
        it.backend.say(
            LinkChanged(AT, peer, "up", bonded=True, phy=("2M", "1M")),
            LinkChanged(AT, Peer("r/0", "AA:00:00:00:00:01"), "connecting"),
        )
        reply = await ask(it.port, "/gap/nodes?connection_state=connected")
        assert reply.json == {
            "nodes": [
                {
                    "bdaddrs": {"bdaddr": peer.address},
                    "chipId": 1,
                    "handle": "",
                    "name": "",
                    "connectionState": "connected",
                    "pairStatus": "paired",
                    "tx_phy": "2M",
                    "rx_phy": "1M",
                    "id": peer.address,
                }
            ]
        }
        it.backend.say(LinkChanged(AT, peer, "down"))
        assert (await ask(it.port, "/gap/nodes")).body == b'{"nodes":{}}'


async def test_a_row_has_the_keys_of_a_recorded_one_but_for_what_no_radio_tells() -> None:
    recorded = next(one for one in RECORDED if one["status"] == 200 and "connection_state=connected" in one["path"])
    row = json.loads(recorded["body"])["nodes"][0]
    async with site() as it:
        it.backend.say(LinkChanged(AT, Peer("r/0", row["id"]), "up"))
        ours = (await ask(it.port, "/gap/nodes?connection_state=connected")).json["nodes"][0]
    assert row.keys() - ours.keys() == {"type"}
    assert row["bdaddrs"].keys() - ours["bdaddrs"].keys() == {"bdaddrType"}
    assert {key: row[key] for key in ours if key != "bdaddrs"} == {key: ours[key] for key in ours if key != "bdaddrs"}


async def test_info_says_what_is_known() -> None:
    off = Failure(kind=ErrorKind.ADAPTER_OFF)
    known = {"address": "CC:EB:E0:19:88:1E"}
    backend = TinyBackend(lane_with(0, router="CC:1B:E0:00:00:01", slots_max=11, info=known), lane_with(1, usable=off))
    async with site(backend) as it, stream(it.port, "/gatt/nodes"):
        backend.say(StreamChanged(AT, "r/0", "scan", "broken", Failure(kind=ErrorKind.NET_CLOSED)))
        broken = (await ask(it.port, "/cassia/info")).json["chipinfo"]["0"]
        assert (broken["scan_en"], broken["failure"]) == (0, "net.closed")
        backend.say(StreamChanged(AT, "r/0", "scan", "live"))
        told = (await ask(it.port, "/cassia/info?fields=container")).json
        assert told["uptime"] in (0, 1)
        then = datetime.strptime(told.pop("timeconf")["now"], "%Y-%m-%d %H:%M:%S")
        assert abs(datetime.now() - then) < timedelta(minutes=1)
        assert told | {"uptime": 0} == {
            "mac": "CC:1B:E0:00:00:01",
            "model": "bletui",
            "version": "2.1.1.2303082218",
            "uptime": 0,
            "chipinfo": {
                "0": {"name": "r0", "status": 1, "scan_en": 1, "addr": "CC:EB:E0:19:88:1E", "max": 11},
                "1": {"name": "r1", "status": 0, "scan_en": 0, "failure": "adapter.off"},
            },
            "wired": {"iface": {"ip": ""}},
            "wireless": {"iface": {"ip": ""}},
            "capwap-ip": "",
            "capwap-uplink": "",
            "container": {"status_code": 6, "status": "not_exist"},
            "bletui": {"version": __version__, "streams": 1, "shed": {"radio": 0, "clients": 0}},
        }


NOWHERE = [
    ("GET", "/"),
    ("GET", "/gap"),
    ("GET", "/gap/nodes/AA:00:00:00:00:01"),
    ("GET", "/gatt/nodes/x"),
    ("PUT", "/gap/nodes/AA:00:00:00:00:01/connection"),
    ("POST", "/gap/nodes"),
    ("DELETE", "/cassia/info"),
    ("OPTIONS", "/cassia/info"),
    ("POST", "/oauth2/token"),
    ("GET", "/%2e%2e/cassia/info"),
]


async def test_an_unknown_path_or_method_is_the_routers_500() -> None:
    async with site() as it:
        for method, target in NOWHERE:
            reply = await ask(it.port, target, method=method)
            assert (reply.status, reply.body, reply.headers["content-type"]) == (500, b"URL not found", "text/plain")


async def test_a_stream_has_no_head() -> None:
    async with site() as it:
        assert (await ask(it.port, "/gap/nodes?event=1", method="HEAD")).status == 500
        assert it.backend.wishes == []


async def test_a_wrong_parameter_is_the_routers_500_and_a_header_says_which() -> None:
    async with site() as it:
        for target in ("/gap/nodes?event=1&filter_rssi=abc", "/gap/nodes?connection_state=x", "/gatt/nodes?sequence=9"):
            reply = await ask(it.port, target)
            assert (reply.status, reply.body) == (500, b"parameter invalid")
            assert reply.headers["content-type"] == "text/plain"
            assert "request.invalid" in reply.headers["bletui-detail"]
        hostile = await ask(it.port, "/gap/nodes?event=1&filter_rssi=%1b%5d52%e2%80%ae%0d%0aX-Evil:1")
        assert hostile.headers["bletui-detail"].isprintable()
        assert "x-evil" not in hostile.headers


async def test_requests_from_elsewhere_are_refused_before_anything_happens() -> None:
    async with site() as it:
        for headers in (
            {"Host": "evil.example"},
            {"Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            assert (await ask(it.port, "/gap/nodes?event=1", headers=headers)).status == 403
        assert it.backend.wishes == []


async def test_a_token_is_given_for_the_secret_and_opens_everything() -> None:
    wrong = next(one for one in RECORDED if one["status"] == 401)
    async with site(listen=Listen("127.0.0.1", 0, token=SECRET)) as it:
        assert (await ask(it.port, "/cassia/info")).status == 403
        reply = await ask(it.port, "/oauth2/token", method="POST", headers=BASIC, body=FORM)
        assert reply.status == 200
        assert reply.headers["content-type"] == "application/json"
        assert (reply.headers["cache-control"], reply.headers["pragma"]) == ("no-store", "no-cache")
        token = reply.json.pop("access_token")
        assert len(token) == 64
        assert reply.json == {"token_type": "bearer", "access_token": token, "expires_in": 3600}
        for target, headers in (
            ("/cassia/info", {"Authorization": f"Bearer {token}"}),
            (f"/cassia/info?access_token={token}", {}),
        ):
            assert (await ask(it.port, target, headers=headers)).status == 200
        body = b'{"grant_type":"client_credentials"}'
        assert (await ask(it.port, "/oauth2/token/", method="POST", headers=BASIC, body=body)).status == 200
        refused = await ask(it.port, "/oauth2/token", method="POST", body=FORM)
        assert (refused.status, refused.json) == (401, json.loads(wrong["body"]))


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"grant_type=password", 400), (b"[" * 3000, 400), (b'"x"', 400), (bytes(5000), 500)],
)
async def test_a_request_for_a_token_that_is_not_one(body: bytes, status: int) -> None:
    async with site(listen=Listen("127.0.0.1", 0, token=SECRET)) as it:
        reply = await ask(it.port, "/oauth2/token", method="POST", headers=BASIC, body=body)
        assert reply.status == status


REFUSALS = [
    (ErrorKind.REQUEST_INVALID, 500, "parameter invalid"),
    (ErrorKind.BUSY_CAPACITY, 502, "no resources"),
    (ErrorKind.OP_UNSUPPORTED, 500, "operation not supported"),
    (ErrorKind.ADAPTER_OFF, 500, "chip is not ready"),
    (ErrorKind.NET_CLOSED, 500, "chip is not ready"),
    (ErrorKind.ACCESS_REFUSED, 500, "failure"),
]


@pytest.mark.parametrize(("kind", "status", "text"), REFUSALS)
def test_failures_in_the_routers_words(kind: ErrorKind, status: int, text: str) -> None:
    assert refusal(Failure(kind=kind)) == (status, text)


def test_a_routers_own_words_are_passed_on() -> None:
    busy = Failure(kind=ErrorKind.BUSY_CHIP, source="cassia.http500", message="chip is busy")
    assert refusal(busy) == (500, "chip is busy")
