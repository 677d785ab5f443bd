"""A failure for each rule about pairing, bonds and rights at the device."""

from __future__ import annotations

from bletui.kinds import ErrorKind as K
from tests.errors.guide.case import case

CASES = (
    case(K.SECURITY_PAIRING_REQUIRED, "a bond exists already", {"bonded": "yes"}),
    case(K.SECURITY_PAIRING_REQUIRED, "the key is too short (ATT 0x0C)", source="att", code="0x0C"),
    case(
        K.SECURITY_PAIRING_REQUIRED,
        "firmware before 2.0.3 does not say which of three it is",
        message="Need pair operation",
    ),
    case(
        K.SECURITY_NOT_AUTHORIZED,
        "BlueZ keeps the service for itself",
        source="bluez.dbus",
        code="org.bluez.Error.NotAuthorized",
    ),
    case(
        K.SECURITY_NOT_AUTHORIZED,
        "the device's controller turned us away (HCI 0x0E, 0x0F)",
        source="hci",
        code="0x0f",
    ),
    case(
        K.SECURITY_PAIRING_FAILED,
        "BlueZ has no agent to ask",
        {"agent": "none"},
        source="bluez.dbus",
        code="org.bluez.Error.AuthenticationFailed",
    ),
    case(K.SECURITY_PAIRING_FAILED, "the passkey or the comparison was wrong", source="smp", code="0x04"),
    case(K.SECURITY_PAIRING_FAILED, "out-of-band data is missing", source="smp", code="0x02"),
    case(
        K.SECURITY_PAIRING_FAILED,
        "input and output cannot reach the security asked for (SMP 0x03)",
        source="smp",
        code="3",
    ),
    case(K.SECURITY_PAIRING_FAILED, "too many attempts", source="hci", code="0x17"),
    case(K.SECURITY_PAIRING_FAILED, "the router says failed or aborted", source="cassia.pairing", code="2"),
    case(K.SECURITY_INPUT_REQUIRED, "out-of-band data is expected", source="cassia.pairing", code="4"),
    case(K.SECURITY_INPUT_REQUIRED, "a number is to be compared", source="cassia.pairing", code="7"),
    case(K.SECURITY_INPUT_REQUIRED, "a passkey is to be typed at the device", source="cassia.pairing", code="6"),
    case(K.SECURITY_INPUT_REQUIRED, "an earlier pairing still waits", message="pair in process"),
    case(K.SECURITY_KEY_MISSING, "a router reports it", router="CC:1B:E0:E0:F1:E8"),
    case(
        K.SECURITY_KEY_MISSING,
        "a packet failed its check (HCI 0x3D)",
        {"bonded_now": "yes"},
        source="hci",
        code="0x3d",
    ),
)
