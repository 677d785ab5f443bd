"""A failure for each rule about links."""

from __future__ import annotations

from bletui.kinds import ErrorKind as K
from tests.errors.guide.case import case

CASES = (
    case(K.LINK_NOT_SEEN, "a filter hides rows", {"filter": "rssi>-60"}),
    case(
        K.LINK_NOT_SEEN,
        "the address is a resolvable private one",
        {"address_type": "random"},
        address="72:A2:28:A8:68:68",
    ),
    case(K.LINK_NOT_SEEN, "the router did not hear it and no random type was sent", message="device not scan"),
    case(
        K.LINK_NOT_SEEN,
        "the router did not hear it",
        {"address_type": "random"},
        message="device not scan",
        address="C2:A2:28:A8:68:68",
    ),
    case(
        K.LINK_NOT_SEEN,
        "BlueZ has forgotten the device",
        source="bluez.dbus",
        code="org.freedesktop.DBus.Error.UnknownObject",
    ),
    case(
        K.LINK_CONNECT_TIMEOUT,
        "BlueZ ran out of the caller's time",
        source="bluez.dbus",
        code="org.freedesktop.DBus.Error.NoReply",
    ),
    case(K.LINK_CONNECT_TIMEOUT, "a batch connect ran out of time", message="connect timeout"),
    case(K.LINK_CONNECT_TIMEOUT, "the limit was under 10 s", {"limit": "5"}),
    case(K.LINK_CONNECT_FAILED, "a router said `connect failed`", message="connect failed"),
    case(K.LINK_CONNECT_FAILED, "the first packets were missed (HCI 0x3E)", source="hci", code="62"),
    case(K.LINK_CONNECT_FAILED, "the local stack gave up", message="le-connection-abort-by-local"),
    case(K.LINK_CONNECT_FAILED, "Android said 133", source="android", code="133"),
    case(K.LINK_CONNECT_FAILED, "a proxy's controller refused within 8 s", source="esphome.connect", elapsed=0.4),
    case(
        K.LINK_STATE_CONFLICT,
        "`incorrect mode`, and bletui has nothing running for this device",
        {"in_flight": "0"},
        message="incorrect mode",
    ),
    case(K.LINK_STATE_CONFLICT, "our own call for it is still running", {"in_flight": "1"}),
    case(
        K.LINK_STATE_CONFLICT,
        "the device is still doing the previous procedure (ATT 0xFE)",
        source="att",
        code="0xfe",
    ),
    case(K.LINK_LOST, "nothing was heard for the whole supervision time", source="hci", code="0x08"),
    case(K.LINK_LOST, "it broke during discovery", operation="discover"),
    case(K.LINK_LOST, "it breaks within 5 s, again and again", elapsed=1.5, attempt=3),
    case(
        K.LINK_CLOSED_REMOTE,
        "the device said power off or low resources (HCI 0x15, 0x14)",
        source="hci",
        code="0x15",
    ),
    case(K.LINK_CLOSED_REMOTE, "it closed within 5 s of the connect", elapsed=0.8),
    case(K.LINK_CLOSED_REMOTE, "a write came just before", {"since_write": "3"}, operation="write"),
    case(K.LINK_NOT_CONNECTED, "the address was typed", {"typed": "yes"}),
    case(K.LINK_NOT_CONNECTED, "it was connected a moment ago", {"was_connected": "yes"}),
    case(K.LINK_NOT_OURS, "the journal knows it from an earlier run", {"journal": "yes"}),
)
