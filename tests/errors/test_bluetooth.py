"""Exceptions as bleak and dbus-fast make them, read by attributes before text."""

from __future__ import annotations

import asyncio

import pytest
from bleak import exc
from bleak.exc import BleakBluetoothNotAvailableReason as Reason
from dbus_fast import DBusError
from dbus_fast.errors import AuthError, InvalidAddressError

from bletui.errors import Context, classify
from bletui.failure import ErrorKind as K

FAILED = "org.bluez.Error.Failed"
RAISED: list[tuple[BaseException, str, K]] = [
    (
        exc.BleakBluetoothNotAvailableError("No adapters.", Reason.NO_BLUETOOTH),
        "scan",
        K.ADAPTER_MISSING,
    ),
    (exc.BleakBluetoothNotAvailableError("No powered adapters found.", Reason.POWERED_OFF), "scan", K.ADAPTER_OFF),
    (exc.BleakBluetoothNotAvailableError("no", Reason.DENIED_BY_USER), "scan", K.ADAPTER_DENIED),
    (exc.BleakBluetoothNotAvailableError("lost", Reason.UNKNOWN), "scan", K.ADAPTER_FAULT),
    (exc.BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["not provided"]), "scan", K.ADAPTER_MISSING),
    (exc.BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["Rejected send"]), "scan", K.ADAPTER_DENIED),
    (exc.BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"]), "scan", K.ADAPTER_OFF),
    (exc.BleakDBusError("org.bluez.Error.InProgress", ["Operation already in progress"]), "scan", K.BUSY_CHIP),
    (exc.BleakDBusError("org.bluez.Error.InProgress", ["In Progress"]), "connect", K.LINK_STATE_CONFLICT),
    (exc.BleakDBusError(FAILED, ["le-connection-abort-by-local"]), "connect", K.LINK_CONNECT_FAILED),
    (exc.BleakDBusError(FAILED, ["br-connection-canceled"]), "connect", K.LINK_CONNECT_FAILED),
    (exc.BleakDBusError(FAILED, ["something nobody has seen"]), "connect", K.OTHER_UNSPECIFIED),
    (exc.BleakDBusError(FAILED, []), "connect", K.OTHER_UNSPECIFIED),
    (exc.BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]), "read", K.SECURITY_PAIRING_REQUIRED),
    (
        exc.BleakDBusError("org.bluez.Error.AuthenticationFailed", ["x"]),
        "pair",
        K.SECURITY_PAIRING_FAILED,
    ),
    (exc.BleakDBusError("org.freedesktop.DBus.Error.UnknownObject", ["x"]), "connect", K.LINK_NOT_SEEN),
    (exc.BleakDBusError("org.freedesktop.DBus.Error.UnknownObject", ["x"]), "read", K.LINK_NOT_CONNECTED),
    (DBusError("org.bluez.Error.NotReady", "Resource Not Ready"), "scan", K.ADAPTER_OFF),
    (exc.BleakGATTProtocolError(exc.BleakGATTProtocolErrorCode(0x05)), "read", K.SECURITY_PAIRING_REQUIRED),
    (exc.BleakGATTProtocolError(exc.BleakGATTProtocolErrorCode(0x03)), "write", K.GATT_NOT_PERMITTED),
    (exc.BleakGATTProtocolError(exc.BleakGATTProtocolErrorCode(0x0D)), "write", K.GATT_INVALID_VALUE),
    (exc.BleakGATTProtocolError(exc.BleakGATTProtocolErrorCode(0x80)), "write", K.DEVICE_COMMAND_FAILED),
    (exc.BleakGATTProtocolError(exc.BleakGATTProtocolErrorCode(0x12)), "read", K.GATT_NOT_FOUND),
    (exc.BleakDeviceNotFoundError("AA:BB:CC:DD:EE:FF"), "connect", K.LINK_NOT_SEEN),
    (exc.BleakDeviceNotFoundError("AA:BB:CC:DD:EE:FF"), "unpair", K.DEVICE_REMOVED),
    (exc.BleakCharacteristicNotFoundError("2a00"), "read", K.GATT_NOT_FOUND),
    (exc.BleakError("Not connected"), "read", K.LINK_NOT_CONNECTED),
    (exc.BleakError("Service Discovery has not been performed yet"), "read", K.LINK_NOT_CONNECTED),
    (exc.BleakError("adapter 'hci9' not found"), "scan", K.ADAPTER_MISSING),
    (exc.BleakError("device 'dev_C0_00_00_00_00_07' not found"), "connect", K.LINK_NOT_SEEN),
    (exc.BleakError("failed to discover services, device disconnected"), "connect", K.LINK_LOST),
    (exc.BleakError("a sentence of the next release"), "read", K.OTHER_UNSPECIFIED),
    (AuthError("authentication failed: REJECTED: ['EXTERNAL']"), "scan", K.ADAPTER_DENIED),
    (InvalidAddressError("address did not contain a transport"), "scan", K.ADAPTER_MISSING),
    (TimeoutError(), "connect", K.LINK_CONNECT_TIMEOUT),
    (TimeoutError(), "read", K.GATT_TIMEOUT),
    (TimeoutError(), "pair", K.SECURITY_PAIRING_FAILED),
    (FileNotFoundError(2, "No such file or directory"), "scan", K.ADAPTER_MISSING),
    (ConnectionRefusedError(111, "Connection refused"), "scan", K.ADAPTER_MISSING),
    (ConnectionResetError(104, "Connection reset by peer"), "scan", K.ADAPTER_DENIED),
    (EOFError(), "scan", K.ADAPTER_FAULT),
    (AssertionError(), "read", K.INTERNAL_BUG),
    (KeyError("org.bluez.GattService1"), "discover", K.GATT_NOT_FOUND),
    (KeyError("something else"), "discover", K.INTERNAL_BUG),
    (asyncio.CancelledError(), "connect", K.OP_CANCELLED),
]


@pytest.mark.parametrize(("raised", "operation", "kind"), RAISED, ids=[f"{r!r}-{o}"[:90] for r, o, _ in RAISED])
def test_a_local_failure(raised: BaseException, operation: str, kind: K) -> None:
    failure = classify(raised, backend="local", operation=operation)
    assert failure.kind is kind
    assert failure.causes


def test_an_unlikely_error_after_a_drop_is_a_lost_link() -> None:
    unlikely = exc.BleakGATTProtocolError(exc.BleakGATTProtocolErrorCode(0x0E))
    there = classify(unlikely, backend="local", operation="read", context=Context(connected=True))
    gone = classify(unlikely, backend="local", operation="read", context=Context(connected=False))
    assert (there.kind, gone.kind) == (K.DEVICE_COMMAND_FAILED, K.LINK_LOST)


def test_a_text_that_cannot_be_had_does_not_hide_the_number() -> None:
    """bleak 3.1 splits such a reply at "x" in `__str__` and raises ValueError."""
    unprintable = exc.BleakDBusError(FAILED, ["Operation failed with ATT error: 0x0e (Unlikely Error)"])
    with pytest.raises(ValueError, match=r"unpack|int"):
        str(unprintable)
    failure = classify(unprintable, backend="local", operation="read")
    assert (failure.kind, failure.code) == (K.DEVICE_COMMAND_FAILED, "14")
    assert "0x0e" in failure.message


@pytest.mark.parametrize("name", [FAILED, "org.example.Error.OfTheNextRelease"])
@pytest.mark.parametrize("body", [["brand new"], ["Operation failed with ATT error: 0x123"], []])
@pytest.mark.parametrize("wrapped", [False, True])
def test_words_that_no_table_knows_are_kept_with_their_name(name: str, body: list[str], *, wrapped: bool) -> None:
    said: Exception = exc.BleakDBusError(name, body)
    if wrapped:
        outer = RuntimeError("while connecting")
        outer.__cause__ = said
        said = outer
    failure = classify(said, backend="local", operation="connect")
    assert (failure.kind, failure.source, failure.code) == (K.OTHER_UNSPECIFIED, "bluez.dbus", name)
    assert failure.message == "".join(body)


def test_the_same_class_is_another_failure_elsewhere() -> None:
    refused = ConnectionRefusedError(111, "Connection refused")
    assert classify(refused, backend="local", operation="scan").kind is K.ADAPTER_MISSING
    assert classify(refused, backend="cassia", operation="scan").kind is K.NET_REFUSED


def made(module: str, name: str, base: type[Exception] = Exception) -> type[Exception]:
    """A class as a library that is not installed here defines it."""
    return type(name, (base,), {"__module__": module})


def caused(outer: Exception, inner: BaseException) -> Exception:
    outer.__cause__ = inner
    return outer


SLOTS = "F4 [AA]: No free BLE connection slot became available (limit=3, in use=3)"
NOT_FOUND = made("bleak_retry_connector", "BleakNotFoundError", exc.BleakError)
WRAPPED = made("bleak_retry_connector", "BleakConnectionError", exc.BleakError)
PLUGINS: list[tuple[str, BaseException, str, K]] = [
    ("esphome", TimeoutError(SLOTS), "connect", K.BUSY_CAPACITY),
    ("esphome", exc.BleakError("F4 is not connected"), "read", K.LINK_NOT_CONNECTED),
    ("esphome", exc.BleakError("Not connected"), "read", K.LINK_NOT_CONNECTED),
    ("esphome", ConnectionRefusedError(111, "Connection refused"), "connect", K.NET_REFUSED),
    ("esphome", made("aioesphomeapi.core", "InvalidAuthAPIError")("x"), "connect", K.AUTH_REFUSED),
    ("x", NOT_FOUND("Failed to connect after 3 attempt(s)"), "connect", K.LINK_NOT_SEEN),
    ("x", caused(NOT_FOUND("Failed to connect"), TimeoutError()), "connect", K.LINK_CONNECT_TIMEOUT),
    ("x", WRAPPED("Failed to connect"), "connect", K.LINK_CONNECT_FAILED),
    ("x", caused(WRAPPED("Failed"), exc.BleakDBusError(FAILED, ["le-connection-busy"])), "connect", K.BUSY_CHIP),
    ("x", made("bumble.core", "CommandTimeoutError")("x"), "connect", K.ADAPTER_FAULT),
    ("x", made("bumble.device", "ObjectLookupError")("x"), "read", K.LINK_NOT_CONNECTED),
]


@pytest.mark.parametrize(("backend", "raised", "operation", "kind"), PLUGINS)
def test_a_plug_ins_library(backend: str, raised: BaseException, operation: str, kind: K) -> None:
    assert classify(raised, backend=backend, operation=operation).kind is kind


@pytest.mark.parametrize(
    ("space", "number", "kind"),
    [
        ("att", 0x05, K.SECURITY_PAIRING_REQUIRED),
        ("smp", 0x04, K.SECURITY_PAIRING_FAILED),
        ("hci", 0x13, K.LINK_CLOSED_REMOTE),
    ],
)
def test_bumbles_errors_are_read_by_space_and_number(space: str, number: int, kind: K) -> None:
    error = made("bumble.core", "ProtocolError")("x")
    error.error_namespace, error.error_code, error.error_name = space, number, "NAME"  # type: ignore[attr-defined]
    assert classify(error, backend="bumble", operation="read").kind is kind


def test_a_windows_error_is_known_by_its_words() -> None:
    for words, kind in (
        ("[WinError -2147020577] The device is not ready for use", K.ADAPTER_OFF),
        ("[WinError 5] Access is denied", K.OTHER_UNSPECIFIED),
    ):
        error = OSError(words)
        error.winerror = 1  # type: ignore[attr-defined] # as on Windows
        assert classify(error, backend="local", operation="scan").kind is kind
