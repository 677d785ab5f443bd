"""The whole way over the API in each firmware, by a client that knows nothing of ours but the reference's paths: its
answers have the recorded form. Then `bletui gatt` goes the same way."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.router_api.client import Reply, ask, stream
from tests.bridge.router_api.faulted import served

FIRMWARES = ("1.3", "1.4", "2.0.3", "2.1.1", "2.2")
RECORDED = json.loads((Path(__file__).parents[2] / "data" / "router_exchanges.json").read_text())
COUNTER, SHOWS_A_PASSKEY, PASSKEY = "C0:DE:1A:B0:00:04", "C0:DE:1A:B0:00:0C", "482913"
SINCE_2 = {"pairStatus", "tx_phy", "rx_phy"}


def recorded(method: str, ending: str) -> dict[str, Any]:
    """What a router alone, firmware 1.4, answered to this call."""
    for one in RECORDED:
        path = one["path"].partition("?mac=")[0].removeprefix("/api").partition("&mac=")[0]
        if one["status"] == 200 and one["method"] == method and path.endswith(ending) and "aps" not in path:
            return dict(one)
    raise AssertionError(f"no recording of {method} …{ending}")


def form(value: Any) -> Any:
    """Keys and types; of a list all forms that stand in it."""
    match value:
        case {**fields}:
            return {key: form(found) for key, found in fields.items()}
        case [*items]:
            return sorted({json.dumps(form(item), sort_keys=True) for item in items})
        case _:
            return type(value).__name__


def check(reply: Reply, one: dict[str, Any]) -> Any:
    assert (reply.status, reply.headers["content-type"]) == (200, one["headers"]["content-type"])
    if reply.headers["content-type"] == "text/plain":
        assert reply.body.decode() == one["body"]
        return None
    theirs, ours = form(json.loads(one["body"])), form(reply.json)
    assert (set(ours) <= set(theirs)) if isinstance(ours, list) else (ours == theirs), (ours, theirs)
    return reply.json


@pytest.mark.parametrize("firmware", FIRMWARES)
async def test_scan_connect_tree_read_write_notify_pair_disconnect(firmware: str) -> None:
    async with served(firmware=firmware, box="E1000") as it:

        async def call(method: str, target: str, body: object = None) -> Reply:
            content = b"" if body is None else json.dumps(body).encode()
            return await ask(it.port, target, method=method, body=content)

        async with stream(it.port, f"/gap/nodes?event=1&chip=0&filter_mac={COUNTER}") as scan:
            heard = await scan.event()
            kind = heard["bdaddrs"][0]["bdaddrType"]
        link, gatt = f"/gap/nodes/{COUNTER}/connection", f"/gatt/nodes/{COUNTER}"
        async with (
            stream(it.port, "/management/nodes/connection-state") as states,
            stream(it.port, "/gatt/nodes") as notifications,
        ):
            check(await call("POST", link, {"type": kind}), recorded("POST", "/connection"))
            up = await states.event()
            assert up.keys() == {"handle", "connectionState"} | ({"chipId"} if firmware != "1.3" else set())

            nodes = (await call("GET", "/gap/nodes?connection_state=connected")).json["nodes"]
            (row,) = (node for node in nodes if node["id"] == COUNTER)
            (theirs,) = json.loads(recorded("GET", "/gap/nodes?connection_state=connected")["body"])["nodes"]
            others = {"type", "rssi"} if firmware == "2.2" else set()
            assert (row.keys() - SINCE_2) ^ theirs.keys() == others
            assert (row.keys() & SINCE_2 == SINCE_2) is not firmware.startswith("1.")

            for ending in ("/services", "/characteristics", "/services/characteristics/descriptors"):
                tree = check(await call("GET", gatt + ending), recorded("GET", ending))
            described = [one["handle"] for service in tree for one in service.get("characteristics", [])]
            check(await call("GET", f"{gatt}/handle/3/value/6e6577"), recorded("GET", "/handle/3/value/0100"))
            assert (await call("GET", f"{gatt}/handle/3/value")).json == {"handle": "3", "value": "6e6577"}

            notifying = next(one for service in tree for one in service.get("characteristics", [])
                             if one["properties"] & 16)  # fmt: skip
            cccd = next(one["handle"] for one in notifying["descriptors"] if one["uuid"].startswith("00002902"))
            assert (await call("GET", f"{gatt}/handle/{cccd}/value/0100")).body == b"OK"
            event = await notifications.event()
            assert form(event) == {"value": "str", "handle": "int", "id": "str", "dataType": "str"}
            assert (event["id"], event["handle"]) == (COUNTER, notifying["handle"])
            assert event["handle"] in described

            check(await call("DELETE", link), recorded("DELETE", "/connection"))
            down = await states.event()
            assert (down["handle"], down["connectionState"]) == (COUNTER, "disconnected")
            assert ("reason" in down) is (firmware != "1.3")

        pairing = f"/management/nodes/{SHOWS_A_PASSKEY}"
        if firmware.startswith("1."):
            await call("POST", f"/gap/nodes/{SHOWS_A_PASSKEY}/connection", {"type": "random"})
        asked = (await call("POST", f"{pairing}/pair", {"type": "random"})).json
        assert (asked["pairingStatusCode"], form(asked)) == (5, {"pairingStatusCode": "int", "pairingStatus": "str"})
        assert (await call("POST", f"{pairing}/pair-input", {"passkey": PASSKEY})).json["pairingStatusCode"] == 1
        assert (await call("DELETE", f"{pairing}/bond")).body == b"OK"


async def gatt(port: int) -> bytes:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "bletui", "gatt", f"cassia://127.0.0.1:{port}", COUNTER)
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    async with asyncio.timeout(40):
        said, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return said


async def test_our_own_command_reads_the_tree_of_each() -> None:
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        ports = [(await stack.enter_async_context(served(firmware=firmware))).port for firmware in FIRMWARES]
        running = [tasks.create_task(gatt(port)) for port in ports]
        said = [await one for one in running]
        assert all(b"Generic Access" in one for one in said)
        assert len(set(said)) == 1
