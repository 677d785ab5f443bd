"""What a lane says when something fails: a router in its firmware's words, an adapter in BlueZ's."""

from __future__ import annotations

from dataclasses import replace

from bletui.backends.simulator.attributes import Guard
from bletui.backends.simulator.site import Receiver
from bletui.errors.classify import Context, classify
from bletui.errors.native import Native
from bletui.failure import ErrorKind, Failure

FIRMWARES = ("1.3", "1.4", "2.0.3", "2.1.1", "2.2")
FIRMWARE = "2.1.1"

# Word -> (router's text, BlueZ's D-Bus error name, its message). A word is what a fault may ask for.
CALLS: dict[str, tuple[str, str, str]] = {
    "busy": ("chip is busy", "org.bluez.Error.Failed", "le-connection-busy"),
    "failed": ("connect failed", "org.bluez.Error.Failed", "le-connection-abort-by-local"),
    "timeout": ("operation timeout", "org.bluez.Error.Failed", "le-connection-timeout"),
    "unseen": ("device not scan", "", "Device with address {address} was not found."),
    "full": ("no resources", "org.bluez.Error.Failed", "le-connection-concurrent-connection-limit"),
    "conflict": ("incorrect mode", "org.bluez.Error.InProgress", "In Progress"),
    "unready": ("chip is not ready", "org.bluez.Error.Failed", "le-connection-create-socket"),
    "absent": ("device not found", "org.bluez.Error.NotConnected", "Not Connected"),
    "invalid": ("parameter invalid", "org.bluez.Error.InvalidArguments", "Invalid arguments in method call"),
    "failure": ("failure", "org.freedesktop.DBus.Error.Failed", ""),
}
# What routers say besides; an adapter has no words for these, and fails with the same kind.
ROUTERS: dict[str, str] = {
    "lost": "device disconnect",
    "ending": "device disconnecting",
    "unconnected": "device not connect",
    "deaf": "device can not scan",
    "memory": "memory alloc error",
    "unsupported": "operation not supported",
    "unpaired": "need pair operation",
    "authentication": "ATT insufficient Authentication",
    "authorization": "ATT insufficient Authorization",
    "encryption": "ATT insufficient Encryption",
    "pairing": "pair in process",
    "service": "Service Not Found",
    "type": "type not supported",
    "bypass": "please set bypass params first",
    "url": "URL not found",
}
WORDS = (*CALLS, *ROUTERS)
ENDS: dict[str, tuple[str, str, str]] = {  # of a link
    "device": ("device disconnect", "org.bluez.Reason.Remote", "Connection terminated by remote user"),
    "timeout": ("timeout", "org.bluez.Reason.Timeout", "Connection timeout"),
    "host": ("host disconnect", "org.bluez.Reason.Local", "Connection terminated by local host"),
    "key": (
        "authenticate miss key",
        "org.bluez.Reason.Authentication",
        "Connection terminated due to authentication failure",
    ),
}
PAIRINGS: dict[str, tuple[str, str, str]] = {  # the router's code and text in an answer of 200
    "failed": ("0 Pairing Failed", "org.bluez.Error.AuthenticationFailed", "Authentication Failed"),
    "aborted": ("2 Pairing Aborted", "org.bluez.Error.AuthenticationCanceled", "Authentication Canceled"),
}
# Routers have words for these alone; before 2.0.3 one text for all three.
GUARDED = {
    Guard.AUTHENTICATED: "ATT insufficient Authentication",
    Guard.NEVER: "ATT insufficient Authorization",
    Guard.ENCRYPTED: "ATT insufficient Encryption",
}
ATT = {
    0x01: "Invalid Handle",
    0x02: "Read Not Permitted",
    0x03: "Write Not Permitted",
    0x05: "Insufficient Authentication",
    0x08: "Insufficient Authorization",
    0x0D: "Invalid Attribute Value Length",
    0x0F: "Insufficient Encryption",
    0x13: "Value Not Allowed",
    0x80: "Application Error 0x80",
}
_OLD = {"device not scan": "operation timeout", "device not found": "device not connect"}  # firmware 1.x


class Refusals:
    """The failures of one radio's lanes, classified from what their makers would say."""

    def __init__(self, radio: str, firmware: str) -> None:
        self._radio, self._firmware = radio, firmware

    def call(self, receiver: Receiver, word: str, operation: str, address: str, at: float) -> Failure:
        if word in ROUTERS:
            failure = self._classified(_said(ROUTERS[word]), receiver, operation, address, at)
            return failure if receiver.router else self.of_kind(receiver, failure.kind, operation, address, at)
        text, name, message = CALLS[word]
        if receiver.router is not None:
            native = _said(_OLD.get(text, text) if self._firmware.startswith("1.") else text)
        elif word == "unseen":
            native = Native(source="bleak", code="BleakDeviceNotFoundError", message=message.format(address=address))
        elif word == "timeout" and operation not in ("connect", "pair"):
            native = Native(source="bleak", code="TimeoutError")
        else:
            native = Native(source="bluez.dbus", code=name, message=message, phase=_member(operation))
        return self._classified(native, receiver, operation, address, at)

    def end(self, receiver: Receiver, word: str, address: str, at: float) -> Failure:
        """Why a link ended."""
        text, name, message = ENDS[word]
        if receiver.router is not None:
            native = Native(source="cassia.sse.connection-state", code="disconnected", message=text)
        else:
            native = Native(source="bluez.disconnected-signal", code=name, message=message)
        asked = Context(we_disconnected=True) if word == "host" else None
        return self._classified(native, receiver, "", address, at, asked)

    def pairing(self, receiver: Receiver, word: str, address: str, at: float) -> Failure:
        text, name, message = PAIRINGS[word]
        if receiver.router is not None:
            code, _, text = text.partition(" ")
            native = Native(source="cassia.pairing", code=code, message=text)
        else:
            native = Native(source="bluez.dbus", code=name, message=message)
        return self._classified(native, receiver, "pair", address, at)

    def attribute(
        self, receiver: Receiver, error: int, operation: str, address: str, handle: int, at: float
    ) -> Failure:
        """An ATT error, in the router's words where it has any."""
        if receiver.router is not None and error in GUARDED:
            text = GUARDED[Guard(error)] if self._firmware >= "2.0.3" else "need pair operation"
            native = _said(text)
        else:
            native = Native(source="att", code=f"0x{error:02X}", message=ATT[error])
        return replace(self._classified(native, receiver, operation, address, at), handle=handle)

    def of_kind(self, receiver: Receiver, kind: ErrorKind, operation: str, address: str, at: float) -> Failure:
        """Any kind of failure, where somebody asked for it by name."""
        return Failure(
            kind=kind,
            source="simulator",
            message="simulated on request",
            operation=operation,
            radio=self._radio,
            lane=receiver.lane,
            router=receiver.router,
            address=address,
            at=at,
        )

    def _classified(
        self, native: Native, receiver: Receiver, operation: str, address: str, at: float, known: Context | None = None
    ) -> Failure:
        context = replace(
            known or Context(), radio=self._radio, lane=receiver.lane, router=receiver.router, address=address, at=at
        )
        return classify(native, backend="simulator", operation=operation, context=context)


def _said(text: str) -> Native:
    return Native(source="cassia.http", status=500, body=text.encode(), content_type="text/plain")


def _member(operation: str) -> str:
    return {"connect": "Connect", "pair": "Pair"}.get(operation, "")
