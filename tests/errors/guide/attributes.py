"""A failure for each rule about attributes."""

from __future__ import annotations

from bletui.kinds import ErrorKind as K
from tests.errors.guide.case import case

CASES = (
    case(K.GATT_NOT_FOUND, "a router said so", message="Service Not Found"),
    case(K.GATT_NOT_FOUND, "BlueZ holds the table", source="bleak", code="BleakCharacteristicNotFoundError"),
    case(K.GATT_NOT_FOUND, "the device says that its table has changed (ATT 0x12)", source="att", code="0x12"),
    case(
        K.GATT_NOT_PERMITTED,
        "the subscription's descriptor was written by hand",
        message="Cannot write to CCCD (0x2902) directly. Use start_notify() or stop_notify() instead.",
    ),
    case(K.GATT_NOT_PERMITTED, "another program has acquired it", message="Notify acquired"),
    case(
        K.GATT_NOT_PERMITTED,
        "it offers neither notify nor indicate",
        message="characteristic does not support notifications or indications",
    ),
    case(K.GATT_INVALID_VALUE, "the length is wrong (ATT 0x0D)", source="att", code="0x0d"),
    case(K.GATT_INVALID_VALUE, "the value is out of range (ATT 0x13, 0xFF)", source="att", code="255"),
    case(K.GATT_INVALID_VALUE, "the device's queue is full (ATT 0x09)", source="att", code="9"),
    case(K.GATT_TIMEOUT, "the silence lasted 30 s", elapsed=30.1),
    case(K.GATT_TIMEOUT, "no agent is registered and nothing is paired", {"agent": "none", "bonded": "no"}),
)
