"""The same failure is the same kind on a router and on an adapter, in the words of each."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.lanes import receivers
from bletui.backends.simulator.refusals import ATT, CALLS, ENDS, FIRMWARES, PAIRINGS, ROUTERS, Refusals
from bletui.failure import ErrorKind, Failure

ADAPTER, CHIP = receivers("sim", 2, ((0.0, 0.0), (1.0, 1.0)))
WHO = "C0:DE:1A:B0:00:01"
NOW = Refusals("sim", "2.1.1")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("busy", ErrorKind.BUSY_CHIP),
        ("failed", ErrorKind.LINK_CONNECT_FAILED),
        ("timeout", ErrorKind.LINK_CONNECT_TIMEOUT),
        ("unseen", ErrorKind.LINK_NOT_SEEN),
        ("full", ErrorKind.BUSY_CAPACITY),
        ("conflict", ErrorKind.LINK_STATE_CONFLICT),
        ("unready", ErrorKind.ADAPTER_FAULT),
        ("absent", ErrorKind.LINK_NOT_CONNECTED),
        ("invalid", ErrorKind.REQUEST_INVALID),
        ("failure", ErrorKind.OTHER_UNSPECIFIED),
    ],
)
def test_connects(word: str, kind: ErrorKind) -> None:
    pair = [NOW.call(receiver, word, "connect", WHO, 1.0) for receiver in (CHIP, ADAPTER)]
    assert [failure.kind for failure in pair] == [kind, kind]
    assert pair[0].source == "cassia.http500"
    assert pair[0].message == CALLS[word][0]
    assert pair[0].status == 500
    assert pair[1].source in ("bluez.dbus", "bleak")


@pytest.mark.parametrize("word", ROUTERS)
def test_what_only_routers_say(word: str) -> None:
    router, adapter = (NOW.call(receiver, word, "read", WHO, 1.0) for receiver in (CHIP, ADAPTER))
    assert (router.source, router.message) == ("cassia.http500", ROUTERS[word])
    assert router.kind is adapter.kind
    assert router.kind is not ErrorKind.OTHER_UNSPECIFIED
    assert adapter.source == "simulator"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("device", ErrorKind.LINK_CLOSED_REMOTE),
        ("timeout", ErrorKind.LINK_LOST),
        ("host", ErrorKind.OP_CANCELLED),
        ("key", ErrorKind.SECURITY_KEY_MISSING),
    ],
)
def test_ends_of_links(word: str, kind: ErrorKind) -> None:
    pair = [NOW.end(receiver, word, WHO, 1.0) for receiver in (CHIP, ADAPTER)]
    assert [failure.kind for failure in pair] == [kind, kind]
    assert [failure.message for failure in pair] == [ENDS[word][0], ENDS[word][2]]


@pytest.mark.parametrize("word", PAIRINGS)
def test_pairings(word: str) -> None:
    pair = [NOW.pairing(receiver, word, WHO, 1.0) for receiver in (CHIP, ADAPTER)]
    assert [failure.kind for failure in pair] == [ErrorKind.SECURITY_PAIRING_FAILED] * 2


@pytest.mark.parametrize("error", ATT)
@pytest.mark.parametrize("firmware", [firmware for firmware in FIRMWARES if firmware >= "2.0.3"])
def test_attributes(error: int, firmware: str) -> None:
    def refused(receiver: object) -> Failure:
        return Refusals("sim", firmware).attribute(receiver, error, "read", WHO, 7, 1.0)  # type: ignore[arg-type]

    router, adapter = refused(CHIP), refused(ADAPTER)
    assert router.kind is adapter.kind is not ErrorKind.OTHER_UNSPECIFIED
    assert (router.handle, adapter.handle) == (7, 7)
    assert (adapter.source, adapter.code) == ("att", f"0x{error:02X}")


@pytest.mark.parametrize("firmware", ["1.3", "1.4"])
def test_what_old_firmware_says(firmware: str) -> None:
    old = Refusals("sim", firmware)
    assert old.call(CHIP, "unseen", "connect", WHO, 1.0).message == "operation timeout"
    assert old.call(CHIP, "absent", "read", WHO, 1.0).kind is ErrorKind.LINK_NOT_CONNECTED
    assert {old.attribute(CHIP, error, "read", WHO, 7, 1.0).message for error in (0x05, 0x08, 0x0F)} == {
        "need pair operation"
    }


def test_a_limit_that_passes_on_a_link_is_the_devices_silence() -> None:
    for receiver in (CHIP, ADAPTER):
        assert NOW.call(receiver, "timeout", "read", WHO, 1.0).kind is ErrorKind.GATT_TIMEOUT
    assert NOW.call(CHIP, "timeout", "write", WHO, 1.0).outcome_unknown
    assert not NOW.call(CHIP, "timeout", "read", WHO, 1.0).outcome_unknown
