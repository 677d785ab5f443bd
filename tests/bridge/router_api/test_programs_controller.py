"""Public programs for an access controller, request for request as their code sends them, over simulated routers."""

from __future__ import annotations

import json
from urllib.parse import quote

from bletui.backends.simulator.lab import address
from bletui.bridge.router_api.macs import macs
from tests.bridge.router_api.client import Reply, ask, stream
from tests.bridge.router_api.controlled import BASIC, Controller, simulated
from tests.bridge.router_api.lab import CCCD, NOTIFYING, told

COUNTER = address("counter")
ONE, TWO = macs([], 2)
SITES = ("sim:lab?speed=50", "sim:lab?speed=50&seed=2")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_a_receiver_in_go_goes_from_the_state_to_a_link_and_back() -> None:
    """Its token is asked for by a form; its routers are those online in the first event; 202 is as good as 200."""
    async with simulated(*SITES) as it:
        grant = await ask(it.port, "/api/oauth2/token", method="POST", headers=BASIC | FORM,
                          body=b"grant_type=client_credentials")  # fmt: skip
        assert (grant.json["token_type"], grant.json["expires_in"]) == ("bearer", 3600)
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-cache",
                   "Authorization": f"Bearer {grant.json['access_token']}"}  # fmt: skip
        async with stream(it.port, "/api/aps/events", headers) as events:
            state = await events.event()
            online = [mac for mac, row in state["aps"].items() if row["status"] == "online"]
            assert (state["dataType"], online) == ("state", [ONE, TWO])
            assert (await it.get("/aps/ap-state/open")).status == 202
            assert (await it.post("/aps/connection-state/open", {"aps": online})).status == 202
            assert (await it.post("/aps/scan/open", {"aps": online, "active": 1})).status == 202
            while (event := await events.event())["dataType"] != "scan" or not event["name"].startswith("count"):
                pass
            assert (event["bdaddrs"][0]["bdaddr"], event["ap"] in online) == (COUNTER, True)
            assert (await it.post("/aps/connections/connect", {"aps": online, "devices": [COUNTER]})).status == 200
            while (event := await events.event())["dataType"] != "connection_state":
                pass
            assert (event["handle"], event["connectionState"]) == (COUNTER, "connected")
            listed = (await it.get(f"/gap/nodes?connection_state=connected&mac={event['ap']}")).json["nodes"]
            assert (COUNTER, "connected") in [(node["id"], node["connectionState"]) for node in listed]
            assert (await it.post("/aps/connections/disconnect", {"devices": [COUNTER]})).status == 200


async def test_the_guides_roaming_sample_and_its_debug_tool_select_a_router() -> None:
    """The tool connects only where the switch says `success` and 1; it names all routers by `*`."""
    async with simulated(*SITES) as it:
        asked = {"flag": 1, "scan_params": {"filter_rssi": -128, "filter_name": "count*"}}
        assert (await it.post("/aps/ap-select-switch", asked)).json == {"status": "success", "flag": 1}
        again = {**asked, "scan_params": {"filter_mac": [COUNTER, "C7:ED:44:24:3E:56"], "filter_rssi": "-70"}}
        by_get = await it.call("GET", "/aps/ap-select-switch", again)  # as the sample of the combined stream has it
        assert by_get.json == {"status": "success", "flag": 1}
        assert (await it.get(f"/aps/ap-select-switch?mac={ONE}")).json == {"status": "success", "flag": 1}
        body = {"devices": [COUNTER], "aps": "*", "timeout": 5000, "discovergatt": 1, "random": 1}
        made = await it.post(f"/aps/connections/connect?mac={ONE}", body)
        assert (made.status, made.json) == (200, {"status": "ok", "device": COUNTER})
        assert (await it.get(f"/ac/ap/{ONE}?access_token={it.token}")).json["status"] == "online"


async def test_an_office_chair_server_connects_by_a_form_and_writes_behind_a_slash() -> None:
    """request's `form:` with mac and token in the query (KDC server, C1000)."""
    async with simulated(*SITES) as it:
        link = await _sent(it, "POST", f"/gap/nodes/{COUNTER}/connection", b"type=random")
        assert told(link) == (200, b"OK")
        async with it.stream(f"/gatt/nodes?event=1&mac={ONE}") as notifications:
            assert told(await _sent(it, "GET", f"/gatt/nodes/{COUNTER}/handle/{CCCD}/value/0100/")) == (200, b"OK")
            assert (await notifications.event())["handle"] == NOTIFYING


async def _sent(it: Controller, method: str, path: str, body: bytes = b"") -> Reply:
    target = f"/api{path}?mac={quote(ONE)}&access_token={it.token}"
    return await ask(it.port, target, method=method, headers=FORM if body else {}, body=body)


async def test_the_node_sdk_and_the_vendors_tests_list_routers() -> None:
    """Each reads `mac` and `status` of the rows; its streams carry `event=1` whatever they are."""
    async with simulated(*SITES) as it:
        for path in ("/ac/ap", "/cassia/hubs", "/cassia/hubs/?"):
            assert [(row["mac"], row["status"]) for row in (await it.get(path)).json] == [
                (ONE, "online"),
                (TWO, "online"),
            ]
        async with it.stream("/cassia/hubStatus?event=1") as hubs, it.stream("/aps/events?event=1") as events:
            assert (hubs.status, (await events.event())["dataType"]) == (200, "state")
        both = (await it.get("/middleware/position/by-ap/*")).json
        assert both.keys() == {ONE, TWO}
        body = {"aps": [ONE], "chip": 0, "active": 1, "filter_value": {"offset": "7", "data": "0702F5"}}
        assert json.loads((await it.post("/aps/scan/open", body)).body) == {"status": "accepted"}
