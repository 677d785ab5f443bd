"""Every recorded answer is understood, one by one: of a router to a call on a device, and of its access controller."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from bletui.backends.cassia import api, attributes
from bletui.backends.cassia.auth import REFUSED
from bletui.backends.cassia.hubs import accepted, hub_list
from bletui.backends.cassia.native import Answer, made_of, refused, said_ok
from bletui.errors import Context
from bletui.failure import Failure
from bletui.kinds import ErrorKind
from bletui.model import Characteristic
from tests.backends.cassia.recorded_router import DATA

RECORDED: list[dict[str, Any]] = json.loads((DATA / "router_exchanges.json").read_text())
KINDS = {
    "parameter invalid": ErrorKind.REQUEST_INVALID,
    "router's mac is invalid": ErrorKind.REQUEST_INVALID,
    "device disconnect": ErrorKind.LINK_CLOSED_REMOTE,
    "Service Not Found": ErrorKind.GATT_NOT_FOUND,
    "invalid aps": ErrorKind.REQUEST_INVALID,
    "invalid devices": ErrorKind.REQUEST_INVALID,
    "timeout": ErrorKind.LINK_CONNECT_TIMEOUT,
    "device is not in connected state": ErrorKind.LINK_NOT_CONNECTED,
    "Client not found": ErrorKind.AUTH_REFUSED,
    "Token not found or expired": ErrorKind.AUTH_REFUSED,
    "Wrong authorization header": ErrorKind.AUTH_REFUSED,
}


def _answer(one: dict[str, Any]) -> Answer:
    return Answer(one["status"], one["headers"].get("content-type", ""), one["body"].encode())


def _path(one: dict[str, Any]) -> str:
    return str(one["path"].partition("?")[0].removeprefix("/api"))


def _name(one: dict[str, Any]) -> str:
    return f"{one['method']} {_path(one)} {one['status']}"


def _some(group: str, *, good: bool) -> list[dict[str, Any]]:
    return [one for one in RECORDED if _path(one).startswith(group) and (one["status"] < 300) is good]


REFUSALS = _some("/", good=False)
DEVICES = [*_some("/gap", good=True), *_some("/gatt", good=True), *_some("/oauth2", good=True)]
CONTROLLER = [*_some("/aps", good=True), *_some("/cassia", good=True)]


def test_none_is_left_out() -> None:
    assert len(RECORDED) == len(REFUSALS) + len(DEVICES) + len(CONTROLLER) == 61


@pytest.mark.parametrize("one", REFUSALS, ids=_name)
def test_a_refusal_is_in_the_vocabulary(one: dict[str, Any]) -> None:
    failure: Failure = refused(_answer(one), operation="discover", context=Context()).failure
    assert failure.kind is KINDS[failure.message]
    assert failure.message in one["body"]
    assert (failure.kind is ErrorKind.AUTH_REFUSED) is (failure.status in REFUSED)


@pytest.mark.parametrize("one", DEVICES, ids=_name)
def test_an_answer_to_a_call_on_a_device_is_understood(one: dict[str, Any]) -> None:
    answer, path = _answer(one), _path(one)
    if path.endswith("/token"):
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


@pytest.mark.parametrize("one", CONTROLLER, ids=_name)
def test_an_answer_of_the_controller_is_understood(one: dict[str, Any]) -> None:
    answer = _answer(one)
    if _path(one) == "/cassia/hubs":
        read = partial(hub_list, online=False)
        routers, unread = made_of(answer, read, operation="open", context=Context())
        assert unread == 0
        assert [(hub.mac, hub.online, hub.name, hub.model) for hub in routers] == [
            ("CC:1B:E0:E0:ED:AC", True, "Cassia Router", "E1000"),
            ("CC:1B:E0:E0:F1:E8", True, "New York", "E1000"),
        ]
    else:
        made_of(answer, accepted, operation="scan", context=Context())


def _flat() -> tuple[Characteristic, ...]:
    body = next(one for one in DEVICES if _path(one).endswith(":44/characteristics"))["body"]
    return attributes.characteristics(body.encode())
