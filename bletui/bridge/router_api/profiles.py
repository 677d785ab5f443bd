"""What a router's firmware knows and how it words its refusals (vendor's release notes and error page; recordings)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bletui.failure import ErrorKind, Failure
from bletui.target import invalid

K = ErrorKind
_GROUPS = ("adapter", "net", "tls", "auth", "router")  # of kinds: the radio behind the chip can't work now
_WORDS: Mapping[ErrorKind, str] = {
    K.REQUEST_INVALID: "parameter invalid",
    K.GATT_NOT_FOUND: "parameter invalid",
    K.GATT_INVALID_VALUE: "parameter invalid",
    K.BUSY_CAPACITY: "no resources",
    K.BUSY_CHIP: "chip is busy",
    K.OP_UNSUPPORTED: "operation not supported",
    K.LINK_NOT_SEEN: "device not scan",
    K.LINK_CONNECT_TIMEOUT: "operation timeout",
    K.GATT_TIMEOUT: "operation timeout",
    K.LINK_CONNECT_FAILED: "connect failed",
    K.LINK_STATE_CONFLICT: "incorrect mode",
    K.LINK_NOT_CONNECTED: "device not found",
    K.LINK_LOST: "device disconnect",
    K.LINK_CLOSED_REMOTE: "device disconnect",
    K.SECURITY_PAIRING_REQUIRED: "ATT insufficient Authentication",
    K.SECURITY_NOT_AUTHORIZED: "ATT insufficient Authorization",
    K.SECURITY_INPUT_REQUIRED: "pair in process",
}
_BEFORE_2_0_3: Mapping[ErrorKind, str] = {
    K.SECURITY_PAIRING_REQUIRED: "need pair operation",
    K.SECURITY_NOT_AUTHORIZED: "need pair operation",
}
_1_X: Mapping[ErrorKind, str] = {
    **_BEFORE_2_0_3,
    K.LINK_NOT_SEEN: "operation timeout",
    K.LINK_CONNECT_FAILED: "failure",
    K.LINK_NOT_CONNECTED: "device disconnect",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """One firmware line. `version` is what `/cassia/info` tells; `words` differ from those of 2.1.1."""

    name: str
    version: str
    words: Mapping[ErrorKind, str]
    reasons: bool = True  # in the connection-state stream, with the chip
    rssi: bool = True
    phy: bool = True  # asked for and set
    bonds: bool = True  # told in the connection list
    missing_written: bool = False  # a write to a handle that is not there is OK
    batch: bool = True  # connects a list of devices by and by, and tells the RSSI of all links
    newest: bool = False  # what only the vendor's samples of 2026 use: connect by list, write by UUID

    def text(self, failure: Failure) -> str:
        """The failure in this firmware's words."""
        kind = failure.kind
        known = self.words.get(kind) or _WORDS.get(kind)
        return known or ("chip is not ready" if kind.group in _GROUPS else "failure")


PROFILES: Mapping[str, Profile] = {
    one.name: one
    for one in (
        Profile("1.3", "1.3.0.1812281118", {**_1_X, K.LINK_NOT_CONNECTED: "device not connect"}, False, False, False,
                False, True, False),
        Profile("1.4", "1.4.1.1904161322", _1_X, True, False, False, False, True, False),
        Profile("2.0.3", "2.0.3.2103081007", {}, phy=False),
        Profile("2.1.1", "2.1.1.2303082218", {}),
        Profile("2.2", "2.2.0.2607062040", {K.OP_UNSUPPORTED: "operation not support"}, newest=True),
    )
}  # fmt: skip
DEFAULT = PROFILES["2.1.1"]


def profile(name: str) -> Profile:
    if name not in PROFILES:
        raise invalid(f"firmware={name}: one of {', '.join(PROFILES)}")
    return PROFILES[name]
