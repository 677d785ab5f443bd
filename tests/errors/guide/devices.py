"""A failure for each rule about devices behind gateways and data that does not add up."""

from __future__ import annotations

from bletui.kinds import ErrorKind as K
from tests.errors.guide.case import case

CASES = (
    case(K.DEVICE_OFFLINE, "it is offline in the local network (10201)", source="tuya.appsdk", code="10201"),
    case(K.DEVICE_OFFLINE, "it is offline in the cloud (10202)", source="tuya.appsdk", code="10202"),
    case(K.DEVICE_REMOVED, "removing it was what you wanted", operation="unpair"),
    case(K.DEVICE_REMOVED, "the vendor's cloud says removed (11002)", source="tuya.appsdk", code="11002"),
    case(K.DEVICE_COMMAND_FAILED, "it says `unlikely error` (ATT 0x0E)", source="att", code="14"),
    case(K.DEVICE_COMMAND_FAILED, "subscribing is missing (ATT 0xFD)", source="att", code="0xFD"),
    case(K.DEVICE_COMMAND_FAILED, "it was a firmware update", operation="ota"),
    case(K.DEVICE_COMMAND_FAILED, "sending the command failed (11005)", source="tuya.appsdk", code="11005"),
    case(K.PROVISION_FAILED, "the phone's network failed (1001)", source="tuya.appsdk", code="1001"),
    case(K.PROVISION_FAILED, "binding to the gateway failed (1002, 1003)", source="tuya.appsdk", code="1003"),
    case(K.PROVISION_FAILED, "no token (1004)", source="tuya.appsdk", code="1004"),
    case(K.PROVISION_FAILED, "it never came online (1005)", source="tuya.appsdk", code="1005"),
    case(K.PROVISION_FAILED, "several were added (1007)", source="tuya.appsdk", code="1007"),
    case(K.DATA_MALFORMED, "it was an HTML page", {"page": "yes"}),
    case(K.DATA_MALFORMED, "it is not HTTP", message="illegal status line: bytearray(b'SSH-2.0')"),
    case(K.DATA_MALFORMED, "it could not be unpacked", source="httpx", code="DecodingError"),
    case(K.DATA_MALFORMED, "plain `OK` came where JSON was due", message="OK"),
    case(K.DATA_MALFORMED, "it comes back each time", attempt=3),
    case(K.DATA_INTEGRITY, "the signature is wrong (11004, 12002)", source="tuya.appsdk", code="12002"),
    case(K.DATA_INTEGRITY, "the message is too old (12003)", source="tuya.appsdk", code="12003"),
)
