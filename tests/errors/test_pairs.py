"""The same failure gets the same kind on both backends: what a router says beside what bleak and BlueZ say."""

from __future__ import annotations

import pytest
from bleak.exc import (
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from bletui.errors import Context, Native, classify
from bletui.failure import ErrorKind as K

FAILED = "org.bluez.Error.Failed"


def said(text: str) -> Native:
    return Native(source="cassia.http", status=500, body=text.encode())


def told(reason: str) -> Native:
    """The reason field of a router's connection-state stream."""
    return Native(source="cassia.sse.connection-state", code="disconnected", message=reason)


def att(number: int) -> BleakGATTProtocolError:
    return BleakGATTProtocolError(BleakGATTProtocolErrorCode(number))


def ended(name: str) -> Native:
    return Native(source="bluez.disconnected-signal", code=f"org.bluez.Reason.{name}")


ASKED = Context(we_disconnected=True)
PAIRS: list[tuple[str, str, Native, BaseException | Native, K]] = [
    ("authentication", "read", said("ATT insufficient Authentication"), att(0x05), K.SECURITY_PAIRING_REQUIRED),
    ("old firmware", "read", said("need pair operation"), att(0x05), K.SECURITY_PAIRING_REQUIRED),
    (
        "authentication as BlueZ folds it",
        "read",
        said("ATT insufficient Authentication"),
        BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]),
        K.SECURITY_PAIRING_REQUIRED,
    ),
    ("encryption", "read", said("ATT insufficient Encryption"), att(0x0F), K.SECURITY_PAIRING_REQUIRED),
    ("authorization", "read", said("ATT insufficient Authorization"), att(0x08), K.SECURITY_NOT_AUTHORIZED),
    ("not connected", "read", said("device not found"), BleakError("Not connected"), K.LINK_NOT_CONNECTED),
    ("not heard", "connect", said("device not scan"), BleakDeviceNotFoundError("A4:C1:38:0B:7F:2A"), K.LINK_NOT_SEEN),
    ("no answer, connecting", "connect", said("operation timeout"), TimeoutError(), K.LINK_CONNECT_TIMEOUT),
    ("no answer, reading", "read", said("operation timeout"), TimeoutError(), K.GATT_TIMEOUT),
    (
        "no such attribute",
        "read",
        said("Service Not Found"),
        BleakCharacteristicNotFoundError("2a00"),
        K.GATT_NOT_FOUND,
    ),
    (
        "the same device twice",
        "connect",
        said("incorrect mode"),
        BleakDBusError("org.bluez.Error.InProgress", ["In Progress"]),
        K.LINK_STATE_CONFLICT,
    ),
    (
        "the chip is taken",
        "scan",
        said("chip is busy"),
        BleakDBusError("org.bluez.Error.InProgress", ["Operation already in progress"]),
        K.BUSY_CHIP,
    ),
    (
        "too many links",
        "connect",
        said("no resources"),
        BleakDBusError(FAILED, ["le-connection-concurrent-connection-limit"]),
        K.BUSY_CAPACITY,
    ),
    (
        "it came up and broke",
        "connect",
        said("connect failed"),
        BleakDBusError(FAILED, ["le-connection-abort-by-local"]),
        K.LINK_CONNECT_FAILED,
    ),
    ("the chip", "scan", said("chip is not ready"), BleakDBusError(FAILED, ["Input/output error"]), K.ADAPTER_FAULT),
    (
        "not possible",
        "pair",
        said("operation not supported"),
        BleakDBusError("org.bluez.Error.NotSupported", ["Operation is not supported"]),
        K.OP_UNSUPPORTED,
    ),
    (
        "a wrong argument",
        "write",
        said("parameter invalid"),
        BleakDBusError("org.bluez.Error.InvalidArguments", ["Invalid arguments in method call"]),
        K.REQUEST_INVALID,
    ),
    (
        "the key is gone",
        "connect",
        told("authenticate miss key"),
        BleakDBusError(FAILED, ["le-connection-key-missing"]),
        K.SECURITY_KEY_MISSING,
    ),
    ("the device hung up", "", told("device disconnect"), ended("Remote"), K.LINK_CLOSED_REMOTE),
    ("silence", "", told("timeout"), ended("Timeout"), K.LINK_LOST),
    ("we hung up", "", told("host disconnect"), ended("Local"), K.OP_CANCELLED),
    (
        "pairing",
        "pair",
        Native(source="cassia.pairing", code="0"),
        BleakDBusError("org.bluez.Error.AuthenticationFailed", ["Authentication Failed"]),
        K.SECURITY_PAIRING_FAILED,
    ),
]


@pytest.mark.parametrize(
    ("operation", "router", "local", "kind"), [pair[1:] for pair in PAIRS], ids=[p[0] for p in PAIRS]
)
def test_one_failure_one_kind(operation: str, router: Native, local: BaseException | Native, kind: K) -> None:
    context = ASKED if kind is K.OP_CANCELLED else None
    there = classify(router, backend="cassia", operation=operation, context=context)
    here = classify(local, backend="local", operation=operation, context=context)
    assert (there.kind, here.kind) == (kind, kind)
    assert there.retry_class == here.retry_class
