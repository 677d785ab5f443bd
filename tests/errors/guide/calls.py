"""A failure for each rule about calls as such."""

from __future__ import annotations

from bletui.kinds import ErrorKind as K
from tests.errors.guide.case import case

CASES = (
    case(
        K.REQUEST_INVALID,
        "another client came to the broker under the same name (0x8E)",
        source="mqtt",
        code="0x8e",
    ),
    case(K.REQUEST_INVALID, "the broker takes no such client id (0x85)", source="mqtt", code="0x85"),
    case(K.REQUEST_INVALID, "a router said `parameter invalid`", message="parameter invalid"),
    case(K.REQUEST_INVALID, "an access controller does not know the router", message="invalid aps"),
    case(K.REQUEST_INVALID, "the URL has no scheme", source="httpx", code="UnsupportedProtocol"),
    case(K.REQUEST_INVALID, "the port is out of range", message="connect(): port must be 0-65535."),
    case(K.REQUEST_INVALID, "a named file is not there", source="os", code="ENOENT"),
    case(
        K.REQUEST_INVALID,
        "another program listens on the address",
        {"host": "127.0.0.1", "port": "8080"},
        source="os",
        code="EADDRINUSE",
        operation="listen",
    ),
    case(
        K.REQUEST_INVALID,
        "the address to listen on is not this machine's",
        {"host": "192.0.2.1"},
        source="os",
        code="EADDRNOTAVAIL",
        operation="listen",
    ),
    case(
        K.REQUEST_INVALID,
        "only root may listen on the port",
        {"port": "80"},
        source="os",
        code="EACCES",
        operation="listen",
    ),
    case(
        K.REQUEST_INVALID,
        "a bridge can't keep its files or its socket there",
        source="os",
        code="EROFS",
        operation="keep",
    ),
    case(K.REQUEST_INVALID, "stdout can't be written to", source="os", code="EBADF", operation="print"),
    case(K.OP_CANCELLED, "the reader of stdout has gone", source="os", code="EPIPE", operation="print"),
    case(
        K.OP_CANCELLED,
        "the router says that somebody asked, and it was not bletui",
        message="host disconnect",
    ),
    case(
        K.OP_CANCELLED,
        "the machine was suspended",
        source="bluez.disconnected-signal",
        code="org.bluez.Reason.Suspend",
    ),
    case(K.OP_UNSUPPORTED, "the broker speaks an older MQTT (0x84)", source="mqtt", code="0x84"),
    case(K.OP_UNSUPPORTED, "the bypass protocol is not known", message="type not supported"),
    case(K.OP_UNSUPPORTED, "macOS pairs by itself", message="Pairing is not available in Core Bluetooth."),
    case(
        K.OP_UNSUPPORTED,
        "passive scan on BlueZ",
        message="passive scanning on Linux requires BlueZ >= 5.56 with --experimental enabled",
    ),
    case(K.OP_UNSUPPORTED, "the device's protocol is newer", source="tuya.appsdk", code="12004"),
    case(K.OP_UNSUPPORTED, "the device does not pair", source="smp", code="0x05"),
    case(K.OP_UNSUPPORTED, "BlueZ is too old", message="Bleak requires BlueZ >= 5.55."),
    case(K.OP_UNSUPPORTED, "a package is missing", {"package": "bletui[router-api]"}),
    case(K.INTERNAL_BUG, "it happened in a plug-in", {"plugin": "bletui-shelly"}),
    case(K.INTERNAL_BUG, "a link had just dropped", source="bleak", code="AssertionError", operation="read"),
    case(K.OTHER_UNSPECIFIED, "a router said `failure`", message="failure"),
    case(K.OTHER_UNSPECIFIED, "a server sent a page", {"page": "yes"}),
)
