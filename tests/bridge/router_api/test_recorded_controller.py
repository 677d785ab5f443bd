"""Every recorded exchange in the server's direction: its request, as it was sent, gets the answer that was recorded.

What is compared: status, media type (its absence too) and body. Bodies that hold what belongs to one router alone are
compared by `SHAPES`; a situation that can't be set up would stand in `IMPOSSIBLE` with its reason.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bletui.bridge.router_api.profiles import PROFILES
from bletui.bridge.router_api.server import Listen
from tests.bridge.router_api.client import Reply, ask
from tests.bridge.router_api.linked import LinkedBackend, table
from tests.bridge.router_api.site import lane, site

EXCHANGES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "data" / "router_exchanges.json").read_text())
SECRET = "correct-horse-battery"
HERE, THERE = "CC:1B:E0:E0:F1:E8", "CC:1B:E0:E0:ED:AC"  # the recorded routers
DFU, OTHER = "F6:12:3D:BD:DE:44", "F3:25:5F:22:35:39"  # the recorded devices
TABLE = table(json.loads(next(one["body"] for one in EXCHANGES if "services/characteristics/descriptors" in one["path"]
                              and one["status"] == 200)))  # fmt: skip
CONNECT = next(one for one in EXCHANGES if one["path"].startswith(f"/api/gap/nodes/{DFU}") and one["method"] == "POST")
ENDS = [{**CONNECT, "method": "DELETE", "path": CONNECT["path"].replace(DFU, device)} for device in (DFU, OTHER)]
IMPOSSIBLE: Mapping[int, str] = {}


def _token(body: str) -> object:
    return {
        **json.loads(body),
        "access_token": bool(re.fullmatch(r'.*"access_token":"([0-9a-f]{64}|<64 hex>)".*', body)),
    }


def _hubs(body: str) -> object:
    """The keys of each row, the routers, and what is not a matter of one router's life."""
    fixed = ("id", "mac", "status", "group", "position", "update_status", "update_reason", "container")
    types = {int: "number", str: "text", dict: "object"}
    return [
        ({key: types[type(value)] for key, value in row.items()}, {key: row[key] for key in fixed})
        for row in sorted(json.loads(body), key=lambda row: str(row["mac"]))
    ]


SHAPES: Mapping[str, Callable[[str], object]] = {"/api/oauth2/token": _token, "/api/cassia/hubs": _hubs}


def authorization(one: dict[str, Any], token: str) -> dict[str, str]:
    """As it was, with keys and tokens of ours."""
    match one["auth"], one["status"]:
        case "Basic", status:
            secret = SECRET if status == 200 else "wrong"
            return {"Authorization": "Basic " + base64.b64encode(f"key:{secret}".encode()).decode()}
        case "Bearer (empty)", _:
            return {"Authorization": "Bearer "}
        case _, 403:
            return {"Authorization": f"Bearer {'0' * 64}"}
    return {"Authorization": f"Bearer {token}"}


def is_connected_before(one: dict[str, Any]) -> bool:
    """Attributes were read or looked for, lists told and links ended while the device was connected."""
    done = one["status"] == 200 or one["body"] == "Service Not Found"
    ended = one["method"] == "DELETE" or "disconnect" in one["path"]
    return done and (ended or one["path"].startswith(("/api/gatt", "/api/gap/nodes?")))


def compared(one: dict[str, Any], status: int, kind: str | None, body: str) -> tuple[int, str | None, object]:
    shape = SHAPES.get(one["path"])
    return status, kind, shape(body) if shape and status == 200 else json.loads(body) if "{" in body else body


async def asked(one: dict[str, Any], port: int, token: str) -> Reply:
    body = (one["request_body"] or "").encode()
    return await ask(port, one["path"], method=one["method"], headers=authorization(one, token), body=body)


async def test_the_recorded_answer_is_given_to_every_recorded_request() -> None:
    backend = LinkedBackend(lane(0), devices={})
    elsewhere = LinkedBackend(lane(0, "r1"), devices={})
    listen = Listen("127.0.0.1", 0, token=SECRET)
    wrong = {}
    async with site(backend, elsewhere, listen=listen, speed=25.0, profile=PROFILES["1.4"], macs=(HERE, THERE)) as it:
        token = (await asked(EXCHANGES[0], it.port, "")).json["access_token"]
        for number, one in enumerate(EXCHANGES):
            if number in IMPOSSIBLE:
                continue
            backend.devices = {} if '"timeout","device"' in one["body"] else {DFU: TABLE, OTHER: TABLE}
            for before in [CONNECT] if is_connected_before(one) else ENDS:
                assert (await asked(before, it.port, token)).body == b"OK"
            reply = await asked(one, it.port, token)
            ours = compared(one, reply.status, reply.headers.get("content-type"), reply.body.decode())
            recorded = compared(one, one["status"], one["headers"].get("content-type"), one["body"])
            if ours != recorded:
                wrong[number] = ours, recorded
    assert not wrong
    assert (3, b"\x01\x00") in backend.written  # the writes have gone to the device, the one to no handle has not
    assert all(handle != 100 for handle, _ in backend.written)


def test_none_is_left_out() -> None:
    assert len(EXCHANGES) == 61
    assert not IMPOSSIBLE
