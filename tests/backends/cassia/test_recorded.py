"""Every recorded answer of a router to a call on a device is understood, one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bletui.backends.cassia import api, attributes
from bletui.backends.cassia.native import Answer, made_of, refused, said_ok
from bletui.errors import Context
from bletui.kinds import ErrorKind
from bletui.model import Characteristic
from tests.backends.cassia.recorded_router import DATA

RECORDED: list[dict[str, Any]] = [
    one
    for one in json.loads((DATA / "router_exchanges.json").read_text())
    if one["path"].startswith(("/api/gap", "/api/gatt", "/api/oauth2"))
]
KINDS = {
    "parameter invalid": ErrorKind.REQUEST_INVALID,
    "router's mac is invalid": ErrorKind.REQUEST_INVALID,
    "device disconnect": ErrorKind.LINK_CLOSED_REMOTE,
    "Service Not Found": ErrorKind.GATT_NOT_FOUND,
}


def _name(one: dict[str, Any]) -> str:
    return f"{one['method']} {one['path'].partition('?')[0]} {one['status']}"


@pytest.mark.parametrize("one", RECORDED, ids=_name)
def test_it_is_understood(one: dict[str, Any]) -> None:
    answer = Answer(one["status"], one["headers"].get("content-type", ""), one["body"].encode())
    path = one["path"].partition("?")[0]
    if one["status"] == 401:
        assert refused(answer, operation="token", context=Context()).failure.kind is ErrorKind.AUTH_REFUSED
    elif one["status"] != 200:
        failure = refused(answer, operation="discover", context=Context()).failure
        assert (failure.kind, failure.message) == (KINDS[one["body"]], one["body"])
    elif path.endswith("/token"):
        assert api.parse(answer.body)["expires_in"] == 3600
    elif path.endswith("/nodes"):
        assert made_of(answer, api.connections, operation="links", context=Context())[1] == 0
    elif path.endswith("/connection") or "/value/" in path:
        said_ok(answer, operation="connect", context=Context())
    elif path.endswith("/characteristics"):
        assert made_of(answer, attributes.characteristics, operation="discover", context=Context())
    elif path.endswith(("/services", "/services/characteristics/descriptors")):
        assert len(made_of(answer, attributes.services, operation="discover", context=Context())) == 3
    else:
        assert path.endswith("/descriptors")
        of = next(one for one in _flat() if one.uuid.startswith("00002a00"))
        assert made_of(answer, lambda body: attributes.descriptors(body, of, 5), operation="d", context=Context()) == ()


def _flat() -> tuple[Characteristic, ...]:
    body = next(one for one in RECORDED if one["path"].partition("?")[0].endswith(":44/characteristics"))["body"]
    return attributes.characteristics(body.encode())
