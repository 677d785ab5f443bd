"""The kinds of failure, one row each: what stands at the root of every message, exit code and documentation page.

Codes are never reused and dotted names never change their meaning; both work in `bletui explain`. This module stays
apart from the failure value so that `bletui explain` starts without what dataclasses import.
"""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False  # typing.TYPE_CHECKING without typing, which costs `explain` a quarter of its time
if TYPE_CHECKING:
    from typing import Final, Literal

    Severity = Literal["info", "warning", "error"]
    Retry = Literal["now", "backoff", "queue", "rescan", "user", "never", "none"]

SEVERITIES = ("info", "warning", "error")
RETRIES = ("now", "backoff", "queue", "rescan", "user", "never", "none")

INFO: Final = "info"
WARNING: Final = "warning"
ERROR: Final = "error"

NOW: Final = "now"  # the same call again, at once, two or three times at most
BACKOFF: Final = "backoff"  # the same call after a growing wait
QUEUE: Final = "queue"  # when the call that runs there now has ended
RESCAN: Final = "rescan"  # when the device is heard again
USER: Final = "user"  # after a person has acted
NEVER: Final = "never"  # the same call cannot succeed
NONE: Final = "none"  # not a fault


class ErrorKind(Enum):
    """One kind of failure: dotted name, code, severity, retry class, exit code of a headless command, title."""

    code: str
    severity: Severity
    retry: Retry
    exit_code: int
    title: str

    def __new__(cls, dotted: str, code: str, severity: Severity, retry: Retry, exit_code: int, title: str) -> ErrorKind:
        kind = object.__new__(cls)
        kind._value_ = dotted
        kind.code, kind.severity, kind.retry, kind.exit_code, kind.title = (
            code,
            severity,
            retry,
            exit_code,
            title,
        )
        return kind

    # fmt: off
    ADAPTER_MISSING           = "adapter.missing",           "E0101", ERROR,   USER,    3,   "No usable Bluetooth adapter or Bluetooth service on this machine"
    ADAPTER_OFF               = "adapter.off",               "E0102", ERROR,   USER,    3,   "The local Bluetooth radio is switched off or blocked"
    ADAPTER_DENIED            = "adapter.denied",            "E0103", ERROR,   USER,    5,   "The operating system refused this user or program access to Bluetooth"
    ADAPTER_FAULT             = "adapter.fault",             "E0104", ERROR,   BACKOFF, 3,   "The Bluetooth chip or its driver failed or did not accept a command"
    LINK_NOT_SEEN             = "link.not-seen",             "E0201", WARNING, RESCAN,  4,   "The device has not been heard advertising"
    LINK_CONNECT_TIMEOUT      = "link.connect-timeout",      "E0202", WARNING, BACKOFF, 4,   "The connection attempt ran out of time"
    LINK_CONNECT_FAILED       = "link.connect-failed",       "E0203", WARNING, NOW,     1,   "The link started to come up and then failed"
    LINK_STATE_CONFLICT       = "link.state-conflict",       "E0204", INFO,    BACKOFF, 1,   "The device is not in the state this call needs (connecting, disconnecting, or already there)"
    LINK_LOST                 = "link.lost",                 "E0205", WARNING, NOW,     1,   "The connection dropped unexpectedly"
    LINK_CLOSED_REMOTE        = "link.closed-remote",        "E0206", INFO,    BACKOFF, 1,   "The device itself closed the connection"
    LINK_NOT_CONNECTED        = "link.not-connected",        "E0207", WARNING, USER,    1,   "The call needs a connected device and this one is not connected"
    LINK_NOT_OURS             = "link.not-ours",             "E0208", WARNING, USER,    1,   "The link was opened by someone else, and this would end or change it"
    DEVICE_OFFLINE            = "device.offline",            "E0301", WARNING, BACKOFF, 1,   "The gateway or cloud knows the device but cannot reach it now"
    DEVICE_REMOVED            = "device.removed",            "E0302", ERROR,   USER,    1,   "The device is no longer registered or bound here"
    DEVICE_COMMAND_FAILED     = "device.command-failed",     "E0303", ERROR,   NEVER,   1,   "The device (or its service) got the request and refused or failed it"
    GATT_NOT_FOUND            = "gatt.not-found",            "E0401", ERROR,   USER,    1,   "The service, characteristic, descriptor or handle does not exist on the device"
    GATT_NOT_PERMITTED        = "gatt.not-permitted",        "E0402", ERROR,   NEVER,   1,   "The attribute does not allow this kind of access"
    GATT_INVALID_VALUE        = "gatt.invalid-value",        "E0403", ERROR,   NEVER,   1,   "The device rejected the value, length or offset"
    GATT_TIMEOUT              = "gatt.timeout",              "E0404", WARNING, BACKOFF, 4,   "The device did not answer a GATT request in time"
    SECURITY_PAIRING_REQUIRED = "security.pairing-required", "E0501", WARNING, USER,    5,   "The device wants a paired, encrypted link for this"
    SECURITY_NOT_AUTHORIZED   = "security.not-authorized",   "E0502", ERROR,   USER,    5,   "Paired, but the device does not authorize this client"
    SECURITY_PAIRING_FAILED   = "security.pairing-failed",   "E0503", ERROR,   USER,    5,   "Pairing was tried and failed"
    SECURITY_INPUT_REQUIRED   = "security.input-required",   "E0504", INFO,    USER,    5,   "Pairing waits for you: passkey, confirmation or OOB data"
    SECURITY_KEY_MISSING      = "security.key-missing",      "E0505", ERROR,   USER,    5,   "The saved bond does not match: one side lost or changed its keys"
    BUSY_CHIP                 = "busy.chip",                 "E0601", INFO,    QUEUE,   1,   "The Bluetooth chip is already doing a connect, pair or scan"
    BUSY_CAPACITY             = "busy.capacity",             "E0602", WARNING, BACKOFF, 1,   "No free connection slots, streams, buffers, memory or disk space"
    NET_DNS                   = "net.dns",                   "E0701", ERROR,   BACKOFF, 3,   "The host name could not be resolved"
    NET_REFUSED               = "net.refused",               "E0702", ERROR,   BACKOFF, 3,   "The host is up but nothing listens on that port"
    NET_UNREACHABLE           = "net.unreachable",           "E0703", ERROR,   BACKOFF, 3,   "No network path to the host, or no answer while connecting"
    NET_TIMEOUT               = "net.timeout",               "E0704", WARNING, BACKOFF, 4,   "Connected, but the answer did not arrive in time"
    NET_CLOSED                = "net.closed",                "E0705", WARNING, NOW,     3,   "The network connection was cut while in use"
    TLS_VALIDITY              = "tls.validity",              "E0801", ERROR,   USER,    3,   "A certificate is expired or not yet valid – or a clock is wrong"
    TLS_HOSTNAME              = "tls.hostname",              "E0802", ERROR,   USER,    3,   "The certificate is for another name than the one used"
    TLS_UNTRUSTED             = "tls.untrusted",             "E0803", ERROR,   USER,    3,   "The certificate chain is not trusted here"
    TLS_HANDSHAKE             = "tls.handshake",             "E0804", ERROR,   BACKOFF, 3,   "The secure connection could not be set up"
    AUTH_REFUSED              = "auth.refused",              "E0901", ERROR,   USER,    5,   "The server did not accept who we are or what we may do"
    ACCESS_REFUSED            = "access.refused",            "E0902", ERROR,   USER,    5,   "Your role at this radio does not allow this"
    ROUTER_CONFIG             = "router.config",             "E1001", ERROR,   USER,    2,   "The router's mode, address path or bypass setup does not fit the call"
    ROUTER_UNAVAILABLE        = "router.unavailable",        "E1002", WARNING, BACKOFF, 3,   "The router, controller or cloud is up but cannot serve now"
    PROVISION_FAILED          = "provision.failed",          "E1101", ERROR,   USER,    1,   "Adding the device to the network or account failed"
    DATA_MALFORMED            = "data.malformed",            "E1201", ERROR,   NOW,     1,   "The reply or payload could not be understood"
    DATA_INTEGRITY            = "data.integrity",            "E1202", ERROR,   USER,    1,   "A signature, key or timestamp check failed"
    REQUEST_INVALID           = "request.invalid",           "E1301", ERROR,   NEVER,   2,   "The request itself is wrong"
    OP_CANCELLED              = "op.cancelled",              "E1401", INFO,    NONE,    130, "Stopped by you or by this program"
    OP_UNSUPPORTED            = "op.unsupported",            "E1402", ERROR,   NEVER,   1,   "This backend, firmware or device cannot do that"
    INTERNAL_BUG              = "internal.bug",              "E1901", ERROR,   NEVER,   70,  "bletui or a plugin failed unexpectedly"
    OTHER_UNSPECIFIED         = "other.unspecified",         "E1999", WARNING, BACKOFF, 1,   "A failure the source did not explain"
    # fmt: on

    @property
    def group(self) -> str:
        """The part before the dot: `adapter`, `link`, `tls` …"""
        return str(self.value).partition(".")[0]


KINDS: Final[dict[str, ErrorKind]] = {kind.value: kind for kind in ErrorKind}
CODES: Final[dict[str, ErrorKind]] = {kind.code: kind for kind in ErrorKind}
