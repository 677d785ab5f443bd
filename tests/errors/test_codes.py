"""Codes and names are a promise to scripts, logs and people: none changes, none is used again."""

from __future__ import annotations

from bletui.kinds import ErrorKind

# Only ever added to. A kind that is retired keeps its line, and leaves `RETIRED` saying since when.
PROMISED = """\
E0101 adapter.missing
E0102 adapter.off
E0103 adapter.denied
E0104 adapter.fault
E0201 link.not-seen
E0202 link.connect-timeout
E0203 link.connect-failed
E0204 link.state-conflict
E0205 link.lost
E0206 link.closed-remote
E0207 link.not-connected
E0208 link.not-ours
E0301 device.offline
E0302 device.removed
E0303 device.command-failed
E0401 gatt.not-found
E0402 gatt.not-permitted
E0403 gatt.invalid-value
E0404 gatt.timeout
E0501 security.pairing-required
E0502 security.not-authorized
E0503 security.pairing-failed
E0504 security.input-required
E0505 security.key-missing
E0601 busy.chip
E0602 busy.capacity
E0701 net.dns
E0702 net.refused
E0703 net.unreachable
E0704 net.timeout
E0705 net.closed
E0801 tls.validity
E0802 tls.hostname
E0803 tls.untrusted
E0804 tls.handshake
E0901 auth.refused
E0902 access.refused
E1001 router.config
E1002 router.unavailable
E1101 provision.failed
E1201 data.malformed
E1202 data.integrity
E1301 request.invalid
E1401 op.cancelled
E1402 op.unsupported
E1901 internal.bug
E1999 other.unspecified
"""
RETIRED: dict[str, str] = {}


def test_codes_and_names_are_as_promised() -> None:
    there = {f"{kind.code} {kind.value}" for kind in ErrorKind}
    assert there == {line for line in PROMISED.splitlines() if line.split()[0] not in RETIRED}
