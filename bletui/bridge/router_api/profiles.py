"""What a router's firmware knows and how it words its refusals (vendor's release notes and error page; recordings)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

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
_BEFORE_2_0_3: Mapping[str, str] = {
    "ATT insufficient Authentication": "need pair operation",
    "ATT insufficient Authorization": "need pair operation",
    "ATT insufficient Encryption": "need pair operation",
}
_1_X: Mapping[str, str] = {
    **_BEFORE_2_0_3,
    "device not scan": "operation timeout",
    "connect failed": "failure",
    "device not found": "device disconnect",
}
Firmware = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Profile:
    """One firmware line. `version` is what `/cassia/info` tells; `renamed`: what 2.1.1 says otherwise.

    What its scan events hold is told by `evt_type` (the old name of that key), `chips`, `secondary` (how the secondary
    PHY's key is spelt) and `extended` (whether extended advertising is heard).
    """

    name: str
    version: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    evt_type: str = "evtType"
    chips: bool = True
    secondary: tuple[str, ...] = ("secondryPhy",)
    extended: bool = True
    keep_alive: bytes = b":keep-alive\n\n"
    default_chip: int | None = None  # of a scan; None: all of them
    full: HTTPStatus = HTTPStatus.BAD_GATEWAY  # refuses the 33rd stream
    pair_connects: bool = True  # where no link is up
    reasons: bool = True  # in the connection-state stream, with the chip
    rssi: bool = True
    phy: bool = True  # asked for and set
    bonds: bool = True  # told in the connection list
    missing_written: bool = False  # a write to a handle that is not there is OK
    container: bool = False  # is told with the router's info, whether asked for or not
    batch: bool = True  # connects a list of devices by and by, and tells the RSSI of all links
    newest: bool = False  # what only the vendor's samples of 2026 use: connect by list, write by UUID, link tracking
    m2000: bool = False  # as measured on one: the connection list has RSSI and no address type; free memory is told

    @property
    def firmware(self) -> Firmware:
        first, second, third = self.version.split(".")[:3]
        return int(first), int(second), int(third)

    def text(self, failure: Failure) -> str:
        """The failure in this firmware's words; those of a router behind the radio are kept where it knows them."""
        said = failure.message if failure.source.startswith("cassia") else ""
        said = said or _WORDS.get(failure.kind, "")
        said = said or ("chip is not ready" if failure.kind.group in _GROUPS else "failure")
        return self.renamed.get(said, said)


_OLD = Profile(
    "1.4",
    "1.4.1.1904161322",
    _1_X,
    chips=False,
    extended=False,
    default_chip=0,
    full=HTTPStatus.INTERNAL_SERVER_ERROR,
    pair_connects=False,
    rssi=False,
    phy=False,
    bonds=False,
    missing_written=True,
    container=True,
    batch=False,
)
PROFILES: Mapping[str, Profile] = {
    one.name: one
    for one in (
        replace(
            _OLD,
            name="1.3",
            version="1.3.0.1812281118",
            renamed={**_1_X, "device not found": "device not connect"},
            evt_type="evt_type",
            keep_alive=b"data: keep-alive\n\n",
            reasons=False,
        ),
        _OLD,
        Profile("2.0.3", "2.0.3.2103081007", chips=False, extended=False, default_chip=0, phy=False),
        Profile("2.1.1", "2.1.1.2303082218"),
        Profile(
            "2.2",
            "2.2.0.2607062040",
            {"operation not supported": "operation not support"},
            secondary=("secondaryPhy",),
            newest=True,
            m2000=True,
        ),
    )
}
DEFAULT = replace(PROFILES["2.1.1"], secondary=("secondryPhy", "secondaryPhy"), newest=True)  # as any client asks it


def profile(name: str) -> Profile:
    if name not in PROFILES:
        raise invalid(f"firmware={name}: one of {', '.join(PROFILES)}")
    return PROFILES[name]
