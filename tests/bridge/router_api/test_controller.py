"""The access controller: tokens, routers by their MACs, lists and positions, by a client that is not ours."""

from __future__ import annotations

import asyncio
import base64

import httpx
import httpx_sse
import pytest

from bletui.bridge.router_api import hearing
from bletui.bridge.router_api.server import Listen
from bletui.failure import ErrorKind, Failure
from bletui.model import LaneDown, LinkChanged, Peer
from tests.bridge.router_api.client import ask
from tests.bridge.router_api.controlled import BASIC, GRANT, ONE, TWO, controlled, given, simulated
from tests.bridge.router_api.linked import LinkedBackend
from tests.bridge.router_api.site import AT, heard, lane, lane_with, site
from tests.tiny import TinyBackend
from tests.waiting import until

GONE = Failure(kind=ErrorKind.ADAPTER_MISSING)
DEVICE = "EB:2E:AF:D8:49:DC"


async def test_every_call_needs_a_token_which_anybody_is_given_where_no_secret_is_set() -> None:
    async with controlled() as it:
        bare = await ask(it.port, "/api/cassia/hubs")
        assert (bare.status, bare.json["error"], "content-type" in bare.headers) == (403, "access_denied", False)
        for path in ("/api/cassia/hubs", f"/api/gap/nodes?mac={ONE}", "/api/aps/events", "/api/aps/notify/open"):
            old = await ask(it.port, path, headers={"Authorization": "Bearer abc"})
            assert (old.status, old.json["error_description"]) == (403, "Token not found or expired")
            assert "content-type" not in old.headers
        nobody = await ask(it.port, "/api/oauth2/token", method="POST", body=GRANT)
        assert nobody.status == 401
        assert (await it.get("/cassia/hubs")).status == 200


async def test_a_secret_is_asked_for_where_one_is_set() -> None:
    listen = Listen("127.0.0.1", 0, token="correct-horse-battery")
    ours = {"Authorization": "Basic " + base64.b64encode(b"key:correct-horse-battery").decode()}
    async with site(listen=listen, macs=(ONE,)) as it:
        assert (await ask(it.port, "/api/oauth2/token", method="POST", headers=BASIC, body=GRANT)).status == 401
        form = b"grant_type=client_credentials"
        assert (await ask(it.port, "/api/oauth2/token/", method="POST", headers=ours, body=form)).status == 200


async def test_a_token_ends_after_an_hour_of_the_controllers_time() -> None:
    async with controlled(speed=20_000.0) as it:
        token = (await ask(it.port, "/api/oauth2/token", method="POST", headers=BASIC, body=GRANT)).json
        assert token["expires_in"] == 3600

        async def status() -> int:
            shown = {"Authorization": f"Bearer {token['access_token']}"}
            return (await ask(it.port, "/api/cassia/hubs", headers=shown)).status

        seen = [await status()]
        for _ in range(400):  # an hour passes in 0.18 s
            seen.append(await status())
            if seen[-1] == 403:
                break
        assert seen[-1] == 403


async def test_each_router_answers_for_itself() -> None:
    async with controlled() as it:
        first, second = it.site.backends
        first.say(LinkChanged(AT, Peer("r/0", DEVICE), "up"))
        nodes = (await it.get(f"/gap/nodes?mac={ONE}")).json["nodes"]
        assert [(node["id"], node["chipId"]) for node in nodes] == [(DEVICE, 0)]
        assert (await it.get(f"/gap/nodes/?connection_state=connected&mac={TWO.lower()}")).json == {"nodes": {}}
        infos = [(await it.get(f"/cassia/info?mac={mac}")).json for mac in (ONE, TWO)]
        assert [info["mac"] for info in infos] == [ONE, TWO]
        assert [list(info["chipinfo"]) for info in infos] == [["0"], ["0"]]
        async with it.stream(f"/gap/nodes?event=1&mac={TWO}") as scan:
            await until(lambda: second.wishes[-1:] not in ([], [None]))
            assert first.wishes in ([], [None])
            second.say(heard(lane="r1/0"))
            assert (await scan.event())["chipId"] == 0


NO_ROUTER = [
    ("", 400, b"router's mac is invalid"),
    ("?mac=", 400, b"router's mac is invalid"),
    ("?mac=invalid+router+mac", 400, b"router's mac is invalid"),
    ("?mac=CC:1B:E0:00:00", 400, b"router's mac is invalid"),
    ("?mac=CC:1B:E0:00:00:03", 504, b"Gateway Timeout"),
]


async def test_a_call_that_names_no_router_is_refused() -> None:
    async with controlled() as it:
        for query, status, text in NO_ROUTER:
            for path in ("/gap/nodes", "/cassia/info", f"/gatt/nodes/{DEVICE}/services", "/nowhere"):
                reply = await it.get(f"{path}{query}")
                assert (reply.status, reply.body) == (status, text)
                assert reply.headers["bletui-detail"]


async def test_a_fault_that_ends_all_tokens_ends_the_streams_too() -> None:
    async with simulated("sim:lab?lanes=1", faults=("router:expire@30s",), speed=20.0) as it:
        async with (
            it.stream("/aps/events") as events,
            it.stream("/cassia/hubStatus") as hubs,
            asyncio.timeout(8),
        ):
            while await events.block():
                pass
            assert await hubs.block() == ""
        assert (await it.get("/cassia/hubs")).json["error"] == "forbidden"
        renewed = it._replace(token=await given(it.port))
        assert len((await renewed.get("/cassia/hubs")).json) == 1


async def test_an_event_source_that_is_not_ours_reads_the_combined_stream() -> None:
    async with controlled() as it, httpx.AsyncClient(base_url=f"http://127.0.0.1:{it.port}/api", timeout=5.0) as client:
        path = f"/aps/events?access_token={it.token}"
        async with httpx_sse.aconnect_sse(client, "GET", path) as source:
            events = source.aiter_sse()
            assert (await anext(events)).json()["aps"].keys() == {ONE, TWO}
            it.site.backend.say(LinkChanged(AT, Peer("r/0", DEVICE), "up"))
            assert (await anext(events)).json()["connectionState"] == "connected"


async def test_what_is_nowhere() -> None:
    async with controlled() as it:
        assert (await ask(it.port, "/gap/nodes", headers={"Authorization": f"Bearer {it.token}"})).status == 404
        for method, path in (
            ("GET", "/aps/nothing/open"), ("POST", "/aps/nothing/open"), ("POST", "/aps/notify/never"), ("GET", "/aps"),
            ("DELETE", "/cassia/hubs"), ("GET", f"/nowhere?mac={ONE}"), ("GET", "/aps/ap-state/never"),
        ):  # fmt: skip
            reply = await it.call(method, path, {"aps": [ONE]} if method == "POST" else None)
            assert (reply.status, reply.body) in [(500, b"URL not found"), (400, b"router's mac is invalid")], path


async def test_routers_go_offline_and_come_back_with_their_radios_lanes() -> None:
    async with controlled() as it, it.stream("/cassia/hubStatus") as watched:
        rows = (await it.get("/cassia/hubs")).json
        assert [(row["mac"], row["status"], row["name"]) for row in rows] == [
            (ONE, "online", "r"),
            (TWO, "online", "r1"),
        ]
        assert (await it.get(f"/cassia/hubs/{TWO}/")).json == (await it.get(f"/ac/ap/{TWO}")).json
        it.site.backends[1].say(LaneDown(AT, "r1/0", GONE))
        assert await watched.event() == {"mac": TWO, "status": "offline"}
        assert [row["mac"] for row in (await it.get("/cassia/hubs")).json] == [ONE]
        listed = (await it.get("/ac/ap")).json
        assert [(row["mac"], row["status"], row["offline_time"] > 0) for row in listed] == [
            (ONE, "online", False), (TWO, "offline", True),
        ]  # fmt: skip
        assert (await it.get(f"/cassia/info?mac={TWO}")).status == 504
        it.site.backends[1].say(lane(0, "r1"))
        back = await watched.event()
        assert (back["mac"], back["status"], back["model"]) == (TWO, "online", "bletui")
        assert (await it.get(f"/cassia/info?mac={TWO}")).status == 200
        for path, status in (("/cassia/hubs/x", 400), ("/cassia/hubs/CC:1B:E0:00:00:09", 404)):
            assert (await it.get(path)).status == status


async def test_a_radio_that_ends_is_a_router_that_goes() -> None:
    async with controlled() as it, it.stream("/cassia/hubStatus") as watched:
        await it.site.radios[1].aclose()
        await it.until("/cassia/hubs", lambda found: len(found) == 1)
        assert await watched.event() == {"mac": TWO, "status": "offline"}


async def test_a_fault_of_a_simulated_site_takes_its_router_off_and_brings_it_back() -> None:
    site_of_one = "sim:lab?lanes=1&speed=20&fault=lane:down@2s-10s"
    async with simulated(site_of_one, "sim:lab?lanes=1&seed=2") as it, it.events() as events:
        await it.post("/aps/scan/open", {"aps": "*", "filter_name": "nobody"})  # the site's time begins
        lost = await events.event()  # the link that somebody else holds there
        assert (lost["dataType"], lost["connectionState"]) == ("connection_state", "disconnected")
        assert [(await events.event())["status"] for _ in range(2)] == ["offline", "online"]
        assert [row["status"] for row in (await it.get("/ac/ap")).json] == ["online", "online"]


async def test_a_radio_without_lanes_is_an_offline_router() -> None:
    async with controlled(TinyBackend(), TinyBackend(lane(0, "r1"))) as it:
        assert [row["status"] for row in (await it.get("/ac/ap")).json] == ["offline", "online"]


async def test_positions_are_where_a_device_is_heard_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "FRESH", 10.0**10)  # the advertisements' times are fixed
    other = "AA:00:00:00:00:01"
    async with controlled() as it:
        first, second = it.site.backends
        assert (await it.get(f"/middleware/position/by-device/{DEVICE}")).json == {}
        assert (await it.post("/aps/ap-select-switch", {"flag": 1, "scan_params": {"active": 1}})).json["flag"] == 1
        assert all(wish and wish.active for wish in (first.wishes[-1], second.wishes[-1]))
        first.say(heard(rssi=-70), heard(address=other, rssi=-40))
        second.say(heard(lane="r1/0", rssi=-50), heard(lane="r1/0", address=other, rssi=None))
        both = {DEVICE: {"hubMac": TWO}, other: {"hubMac": ONE}}
        await it.until("/middleware/position/by-device/*", lambda found: bool(found == both))
        assert (await it.get(f"/middleware/position/by-device/{DEVICE.lower()}")).json == {"hubMac": TWO}
        assert (await it.get("/middleware/position/by-ap/*")).json == {ONE: [other], TWO: [DEVICE]}
        assert (await it.get(f"/middleware/position/by-ap/{ONE}")).json == [other]
        assert (await it.get("/middleware/position/by-ap/x")).status == 400
        assert (await it.get("/middleware/position/by-device/x")).status == 400
        assert (await it.get("/aps/ap-select-switch")).json == {"status": "success", "flag": 1}
        assert (await it.get("/aps/ap-select-switch?flag=0")).json["flag"] == 0
        assert (first.wishes[-1], second.wishes[-1]) == (None, None)


async def test_a_link_is_made_by_the_router_that_hears_the_device_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "FRESH", 10.0**10)
    first = LinkedBackend(lane(0), devices={DEVICE: ()})
    second = LinkedBackend(lane(0, "r1"), devices={DEVICE: ()})
    async with controlled(first, second) as it:
        await it.post("/aps/ap-select-switch", {"flag": "1"})
        first.say(heard(rssi=-70))
        second.say(heard(lane="r1/0", rssi=-50))
        await it.until(f"/middleware/position/by-device/{DEVICE}", lambda found: bool(found == {"hubMac": TWO}))
        for aps, backend, other in (("*", second, first), ([ONE, TWO], second, first), ([ONE], first, second)):
            reply = await it.post("/aps/connections/connect", {"aps": aps, "devices": [DEVICE.lower()]})
            assert (reply.status, reply.json) == (200, {"status": "ok", "device": DEVICE})
            assert [(address, kind) for address, _, kind in backend.asked] == [(DEVICE, "random")]
            assert other.asked == []
            reply = await it.post("/aps/connections/disconnect", {"devices": [DEVICE]})
            assert (reply.status, reply.json) == (200, {"status": "ok", "device": DEVICE})
            backend.asked.clear()


async def test_a_router_without_room_is_passed_over_and_the_address_type_is_the_one_that_was_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hearing, "FRESH", 10.0**10)
    full = LinkedBackend(lane_with(0, slots_used=7, slots_max=7), devices={DEVICE: ()})
    free = LinkedBackend(lane(0, "r1"), devices={DEVICE: ()})
    async with controlled(full, free) as it:
        await it.post("/aps/ap-select-switch", {"flag": 1})
        full.say(heard(rssi=-40))
        await it.until(f"/middleware/position/by-device/{DEVICE}", lambda found: bool(found == {"hubMac": ONE}))
        reply = await it.post("/aps/connections/connect", {"aps": "*", "devices": [DEVICE]})
        assert reply.json == {"status": "ok", "device": DEVICE}
        assert full.asked == []
        assert free.asked == [(DEVICE, "r1/0", "random")]  # which the other router has heard
        await it.post("/aps/connections/disconnect", {"devices": [DEVICE]})
        only = await it.post("/aps/connections/connect", {"aps": [ONE], "devices": [DEVICE]})
        assert (only.status, only.json["error"]) == (400, "no resources")


BAD = [
    ("/aps/connections/connect", {"devices": [DEVICE]}, "invalid aps"),
    ("/aps/connections/connect", {"aps": ["x"], "devices": [DEVICE]}, "invalid aps"),
    ("/aps/connections/connect", {"aps": "*"}, "invalid devices"),
    ("/aps/connections/connect", {"aps": "*", "devices": [DEVICE, DEVICE]}, "invalid devices"),
    ("/aps/connections/connect", {"aps": "*", "devices": [DEVICE], "timeout": "soon"}, "invalid parameters"),
    ("/aps/connections/disconnect", [1], "invalid parameters"),
    ("/aps/ap-select-switch", {"flag": 2}, "invalid flag"),
    ("/aps/ap-select-switch", {"flag": True}, "invalid flag"),
    ("/aps/ap-select-switch", {"flag": 1, "scan_params": {"filter_rssi": "loud"}}, "invalid parameters"),
    ("/aps/scan/open", {"aps": [ONE], "filter_mac": "x"}, "invalid parameters"),
    ("/aps/scan/open", {"aps": []}, "invalid aps"),
    ("/aps/scan/open", {"aps": [[]]}, "invalid aps"),
    ("/aps/scan/close", {}, "invalid aps"),
    ("/aps/notify/open", {"aps": "all"}, "invalid aps"),
    ("/aps/notify/open", "x" * 5000, "invalid parameters"),
]


async def test_wrong_arguments_are_a_bad_request() -> None:
    async with controlled() as it:
        for path, body, error in BAD:
            reply = await it.post(path, body)
            assert (reply.status, reply.json) == (400, {"status": "bad request", "error": error}), (path, body)


async def test_who_can_not_connect_says_why() -> None:
    async with controlled(speed=50.0) as it:
        asked = {"aps": "*", "devices": [DEVICE], "timeout": 200, "random": 0}
        for first in (True, False):
            reply = await it.post("/aps/connections/connect", asked)
            assert (reply.status, reply.json["error"]) == (400, "timeout" if first else "no router is online")
            for number, radio in enumerate(("r", "r1")):
                it.site.backends[number].say(LaneDown(AT, f"{radio}/0", GONE))
            await it.until("/cassia/hubs", lambda found: not found)


FOREIGN: list[dict[str, str]] = [
    {"Host": "evil.example"},
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
]


async def test_the_guard_covers_every_path_of_a_controller() -> None:
    paths = (
        "/api/oauth2/token",
        "/api/aps/events",
        "/api/aps/scan/open",
        f"/api/gap/nodes?event=1&mac={ONE}",
        "/api/x",
    )
    async with controlled() as it:
        for headers in FOREIGN:
            for path in paths:
                for method in ("GET", "POST"):
                    shown = {"Authorization": f"Bearer {it.token}", **headers}
                    assert (await ask(it.port, path, method=method, headers=shown)).status == 403
        assert all(backend.wishes in ([], [None]) for backend in it.site.backends)
