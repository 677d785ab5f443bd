"""Calls on devices, by a client that is not ours: connecting, attributes and pairing over the simulated lab."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bletui.backends.simulator.lab import PASSKEY, address
from bletui.bridge.router_api.profiles import PROFILES
from tests.bridge.router_api.client import ask, stream
from tests.bridge.router_api.lab import CCCD, COUNTER, NOTIFYING, RANDOM, lab, told

RECORDED = json.loads((Path(__file__).parents[2] / "data" / "router_exchanges.json").read_text())


async def test_a_link_from_its_beginning_to_its_end() -> None:
    async with lab() as it, stream(it.port, "/management/nodes/connection-state") as states:
        assert told(await it.connect(COUNTER)) == (200, b"OK")
        assert told(await it.connect(COUNTER)) == (200, b"OK")  # and no event
        node = await it.node(COUNTER)
        assert (node["id"], node["chipId"], node["pairStatus"]) == (COUNTER, 1, "none")
        assert -127 < (await it.call("GET", f"/gap/nodes/{COUNTER}/rssi")).json["rssi"] < 0
        phys = {"tx": "2M", "rx": "2M"}
        assert (await it.call("POST", f"/gap/nodes/{COUNTER}/phy", phys)).json == {
            "id": COUNTER, "rx_phy": "2M", "tx_phy": "2M",
        }  # fmt: skip
        assert (await it.call("GET", f"/gap/nodes/{COUNTER}/phy")).json["tx_phy"] == "2M"
        for _ in range(2):
            assert told(await it.call("DELETE", f"/gap/nodes/{COUNTER}/connection/")) == (200, b"OK")
        up, down = await states.events(2)
        assert (up["handle"], up["connectionState"], down["connectionState"]) == (COUNTER, "connected", "disconnected")
        assert down["reason"] == "host disconnect"


async def test_one_connect_at_a_time_on_a_chip_and_for_a_device() -> None:
    first, second = address("counter"), address("thermometer")
    async with lab(options="&speed=2") as it, asyncio.TaskGroup() as group:
        calls = [group.create_task(it.connect(device)) for device in (first, first, second)]
        done = [told(await call) for call in calls]
        assert sorted(done) == [(200, b"OK"), (500, b"chip is busy"), (500, b"incorrect mode")]


async def test_a_disconnect_cancels_the_connect_that_is_under_way() -> None:
    mute = address("far away")
    async with lab() as it, asyncio.TaskGroup() as group:
        slow = group.create_task(it.connect(mute, timeout=20_000))
        for _ in range(20):
            if slow.done():
                break
            await it.call("DELETE", f"/gap/nodes/{mute}/connection")
        assert (await slow).status == 500


async def test_the_attribute_table_in_every_form() -> None:
    async with lab() as it:
        await it.connect(COUNTER)
        tree = (await it.get(COUNTER, "services/characteristics/descriptors")).json
        services = (await it.get(COUNTER, "services")).json
        flat = (await it.get(COUNTER, "characteristics/")).json
        assert [(one["uuid"], one["handle"]) for one in tree] == [(one["uuid"], one["handle"]) for one in services]
        inside: list[Any] = [each for one in tree for each in one.get("characteristics", [])]
        assert [{k: v for k, v in one.items() if k != "descriptors"} for one in inside] == flat
        assert all(one["descriptors"][0] == {"handle": one["handle"], "uuid": one["uuid"]} for one in inside)
        uuid = services[0]["uuid"]
        assert (await it.get(COUNTER, f"services?uuid={uuid}")).json == services[0]
        of_first = (await it.get(COUNTER, f"services/{uuid}/characteristics")).json
        assert of_first == flat[: len(of_first)]
        assert (await it.get(COUNTER, f"characteristics?uuid={flat[0]['uuid']}")).json == flat[0]
        described = (await it.get(COUNTER, f"characteristics/{flat[0]['uuid']}/descriptors")).json
        assert described == inside[0]["descriptors"]
        assert told(await it.get(COUNTER, "characteristics/11002a00-0000-1000-8000-00805f9b34fb/descriptors")) == (
            200,
            b"{}",
        )
        assert told(await it.get(COUNTER, "services/11001800-0000-1000-8000-00805f9b34fb/characteristics")) == (
            500, b"Service Not Found",
        )  # fmt: skip


async def test_values_and_notifications() -> None:
    async with lab() as it, stream(it.port, "/gatt/nodes?event=1&sequence=2") as notifications:
        await it.connect(COUNTER)
        assert told(await it.get(COUNTER, "handle/3/value/4142")) == (200, b"OK")
        assert (await it.get(COUNTER, "handle/3/value")).json == {"handle": "3", "value": "4142"}
        assert told(await it.get(COUNTER, f"handle/{CCCD}/value/0100")) == (200, b"OK")
        event = await notifications.event()
        assert (event["id"], event["handle"], event["dataType"]) == (COUNTER, NOTIFYING, "notification")
        assert told(await it.get(COUNTER, f"handle/{CCCD}/value/0000")) == (200, b"OK")


@pytest.mark.parametrize("profile", PROFILES)
async def test_each_firmware_has_its_words_and_calls(profile: str) -> None:
    async with lab(profile) as it:
        old = profile.startswith("1.")
        gone = {"1.3": b"device not connect", "1.4": b"device disconnect"}.get(profile, b"device not found")
        assert told(await it.get(COUNTER, "services")) == (500, gone)
        unseen = await it.connect("02:00:00:DE:AD:00", timeout=200)
        assert told(unseen) == (500, b"operation timeout" if old else b"device not scan")
        await it.connect(COUNTER)
        assert (await it.call("GET", f"/gap/nodes/{COUNTER}/rssi")).status == (500 if old else 200)
        phy = await it.call("GET", f"/gap/nodes/{COUNTER}/phy")
        assert (phy.body == b"URL not found") is (old or profile == "2.0.3")
        node = await it.node(COUNTER)
        assert ("pairStatus" in node) is not old
        assert told(await it.get(COUNTER, "handle/4000/value/01")) == (
            (200, b"OK") if old else (500, b"parameter invalid")
        )
        vault = address("vault")
        await it.connect(vault)
        tree = (await it.get(vault, "characteristics")).json
        refused = [(await it.get(vault, f"handle/{one['handle']}/value")).body for one in tree if one["properties"] & 2]
        ours = b"need pair operation" if old else b"ATT insufficient Authentication"
        assert ours in refused
        assert (await it.call("GET", "/cassia/info")).json["version"].startswith(profile)


async def test_pairing_asks_and_is_answered() -> None:
    device = address(f"passkey {PASSKEY}")
    async with lab() as it:
        await it.connect(device)
        pair, said = f"/management/nodes/{device}/pair", f"/management/nodes/{device}/pair-input"
        assert told(await it.call("POST", said, {"passkey": PASSKEY})) == (500, b"parameter invalid")
        assert (await it.call("POST", pair, {"timeout": 5000})).json["pairingStatusCode"] == 5
        assert told(await it.call("POST", pair)) == (500, b"pair in process")
        assert told(await it.call("POST", said, {"passkey": "1"})) == (500, b"parameter invalid")
        assert (await it.call("POST", said, {"passkey": PASSKEY})).json["pairingStatusCode"] == 1
        assert (await it.node(device))["pairStatus"] == "paired"
        assert told(await it.call("DELETE", f"/management/nodes/{device}/bond")) == (200, b"OK")
        assert (await it.node(device))["pairStatus"] == "none"


async def test_pairing_compares_connects_by_itself_and_fails_with_200() -> None:
    compares, refuses = address("compares"), address("refuses to pair")
    async with lab() as it:
        asked = (await it.call("POST", f"/management/nodes/{compares}/pair", RANDOM)).json
        assert (asked["pairingStatusCode"], len(asked["display"])) == (7, 6)
        done = await it.call("POST", f"/management/nodes/{compares}/pair-input", {"passkey": "1"})
        assert done.json["pairingStatusCode"] == 1
        failed = await it.call("POST", f"/management/nodes/{refuses}/pair", RANDOM)
        assert (failed.status, failed.json["pairingStatusCode"]) == (200, 0)


WRONG = [
    ("POST", "/gap/nodes/hci0/connection", {}),
    ("POST", f"/gap/nodes/{COUNTER}/connection", {"type": "other"}),
    ("POST", f"/gap/nodes/{COUNTER}/connection", {"timeout": "soon"}),
    ("POST", f"/gap/nodes/{COUNTER}/connection?chip=9", {}),
    ("POST", f"/gap/nodes/{COUNTER}/connection", [1]),
    ("POST", f"/gap/nodes/{COUNTER}/connection", "x" * 5000),
    ("GET", f"/gatt/nodes/{COUNTER}/handle/0/value", None),
    ("GET", f"/gatt/nodes/{COUNTER}/handle/3/value/0", None),
    ("GET", f"/gatt/nodes/{COUNTER}/handle/3/value/zz", None),
    ("GET", f"/gatt/nodes/{COUNTER}/handle/3/value/{'00' * 513}", None),
    ("POST", f"/management/nodes/{COUNTER}/pair-input", {"passkey": [1]}),
]


async def test_wrong_arguments_are_the_routers_500() -> None:
    async with lab() as it:
        for method, target, body in WRONG:
            reply = await it.call(method, target, body)
            assert told(reply) == (500, b"parameter invalid"), target
            assert "request.invalid" in reply.headers["bletui-detail"]


async def test_faults_of_the_site_are_the_routers_words_at_once() -> None:
    async with lab(options="&speed=50&fault=connect:busy:100%") as it:
        assert told(await it.connect(COUNTER)) == (500, b"chip is busy")


def _situations() -> list[dict[str, Any]]:
    """The recordings of a router alone whose situation is that nothing is connected."""
    return [
        one
        for one in RECORDED
        if one["path"].startswith(("/api/gap", "/api/gatt"))
        and one["status"] == 500
        and b"Not Found" not in one["body"].encode()
    ]


async def test_the_recorded_refusals_are_given_to_the_recorded_requests() -> None:
    async with lab("1.4") as it:
        found = _situations()
        assert len(found) >= 9
        for one in found:
            target = one["path"].removeprefix("/api")
            body = (one["request_body"] or "").encode()
            reply = await ask(it.port, target, method=one["method"], body=body)
            assert (reply.status, reply.body.decode(), reply.headers["content-type"]) == (
                one["status"], one["body"], one["headers"]["content-type"],
            )  # fmt: skip
