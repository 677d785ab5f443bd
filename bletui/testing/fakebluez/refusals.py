"""The errors that bluetoothd answers with, by name and text (BlueZ, src/error.c, src/error.h, src/gatt-client.c)."""

from __future__ import annotations

from typing import Final

Refusal = tuple[str, str]  # name, text

_BLUEZ: Final = "org.bluez.Error."

NOT_READY: Final = (f"{_BLUEZ}NotReady", "Resource Not Ready")
BUSY: Final = (f"{_BLUEZ}InProgress", "Operation already in progress")
IN_PROGRESS: Final = (f"{_BLUEZ}InProgress", "In Progress")
BLOCKED: Final = (f"{_BLUEZ}Blocked", "Blocked through rfkill")
INVALID: Final = (f"{_BLUEZ}InvalidArguments", "Invalid arguments in method call")
DOES_NOT_EXIST: Final = (f"{_BLUEZ}DoesNotExist", "Does Not Exist")
ALREADY_EXISTS: Final = (f"{_BLUEZ}AlreadyExists", "Already Exists")
NOT_SUPPORTED: Final = (f"{_BLUEZ}NotSupported", "Operation is not supported")
AUTHENTICATION_FAILED: Final = (f"{_BLUEZ}AuthenticationFailed", "Authentication Failed")
AUTHENTICATION_TIMEOUT: Final = (f"{_BLUEZ}AuthenticationTimeout", "Authentication Timeout")
AUTHENTICATION_CANCELED: Final = (f"{_BLUEZ}AuthenticationCanceled", "Authentication Canceled")
UNKNOWN_OBJECT: Final = "org.freedesktop.DBus.Error.UnknownObject"
UNKNOWN_METHOD: Final = "org.freedesktop.DBus.Error.UnknownMethod"


def failed(text: str) -> Refusal:
    return f"{_BLUEZ}Failed", text


def not_permitted(text: str) -> Refusal:
    return f"{_BLUEZ}NotPermitted", text


NO_DISCOVERY: Final = failed("No discovery started")
NO_SESSION: Final = failed("No notify session started")
NOT_CONNECTED: Final = failed("Not connected")
UNSENT: Final = failed("Failed to initiate write")
SECOND_CONNECT: Final = failed("Operation already in progress")
CANCELED: Final = failed("br-connection-canceled")
ABORTED: Final = failed("le-connection-abort-by-local")
OFF: Final = failed("Input/output error")

CONNECTS: Final = tuple(
    failed(text)
    for text in (
        "le-connection-invalid-arguments", "le-connection-adapter-not-powered", "le-connection-not-supported",
        "le-connection-already-connected", "le-connection-bad-socket", "le-connection-memory-allocation",
        "le-connection-busy", "le-connection-refused", "le-connection-create-socket", "le-connection-timeout",
        "le-connection-concurrent-connection-limit", "le-connection-abort-by-remote", "le-connection-abort-by-local",
        "le-connection-link-layer-protocol-error", "le-connection-gatt-browsing", "le-connection-key-missing",
        "le-connection-unknown",
        "br-connection-already-connected", "br-connection-page-timeout", "br-connection-profile-unavailable",
        "br-connection-sdp-search", "br-connection-create-socket", "br-connection-invalid-argument",
        "br-connection-adapter-not-powered", "br-connection-not-supported", "br-connection-bad-socket",
        "br-connection-memory-allocation", "br-connection-busy", "br-connection-concurrent-connection-limit",
        "br-connection-timeout", "br-connection-refused", "br-connection-aborted-by-remote",
        "br-connection-aborted-by-local", "br-connection-lmp-protocol-error", "br-connection-canceled",
        "br-connection-unknown",
    )
)  # fmt: skip
"""All that Device1.Connect may say of a connection that failed; `br-` stands also where an LE device was meant."""

UNLIKELY: Final = 0x0E  # what BlueZ makes of a link that ended under a request


def att(code: int) -> Refusal:
    """How BlueZ words an ATT error (Core, Vol 3 Part F, 3.4.1.1): some get a name, and three of them the same one."""
    match code:
        case 0x00:
            return failed("Operation failed")
        case 0x02:
            return not_permitted("Read not permitted")
        case 0x03:
            return not_permitted("Write not permitted")
        case 0x05 | 0x0C | 0x0F:
            return not_permitted("Not paired")
        case 0x06:
            return NOT_SUPPORTED
        case 0x07:
            return f"{_BLUEZ}InvalidArguments", "Invalid offset"
        case 0x08:
            return f"{_BLUEZ}NotAuthorized", "Operation Not Authorized"
        case 0x0D:
            return f"{_BLUEZ}InvalidArguments", "Invalid Length"
        case 0xFD:
            return f"{_BLUEZ}ImproperlyConfigured", "Improperly configured"
        case _:
            return failed(f"Operation failed with ATT error: 0x{code:02x}")
