"""What a person may type, and what a log may hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.errors.logs import FOUND_MAX, findings
from bletui.errors.lookup import in_words, meanings, nearest
from bletui.kinds import ErrorKind as K


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("E0601", K.BUSY_CHIP),
        ("e0601", K.BUSY_CHIP),
        ("busy.chip", K.BUSY_CHIP),
        (" Busy.Chip ", K.BUSY_CHIP),
        ("chip is busy", K.BUSY_CHIP),
        ("Chip is  BUSY.", K.BUSY_CHIP),
        ('cassia:"chip is busy"', K.BUSY_CHIP),
        ("att:0x0e", K.DEVICE_COMMAND_FAILED),
        ("att:14", K.DEVICE_COMMAND_FAILED),
        ("hci:0x3e", K.LINK_CONNECT_FAILED),
        ("hci:62", K.LINK_CONNECT_FAILED),
        ("att:0x20", K.OTHER_UNSPECIFIED),
        ("tuya:50502", K.TLS_HANDSHAKE),
        ("tuya.appsdk:1004", K.PROVISION_FAILED),
        ("errno:ECONNREFUSED", K.NET_REFUSED),
        ("ECONNREFUSED", K.NET_REFUSED),
        ("verify:18", K.TLS_UNTRUSTED),
        ("http:502", K.ROUTER_UNAVAILABLE),
        ("dbus:org.bluez.Error.NotReady", K.ADAPTER_OFF),
        ("org.bluez.Error.NotReady", K.ADAPTER_OFF),
        ("adapter 'hci9' not found", K.ADAPTER_MISSING),
        ("le-connection-abort-by-local", K.LINK_CONNECT_FAILED),
        ("TooManyRedirects", K.ROUTER_CONFIG),
    ],
)
def test_one_meaning(typed: str, kind: K) -> None:
    found = meanings(typed)
    assert found
    assert {meant for meant, _ in found} == {kind}


@pytest.mark.parametrize("typed", ["1004", "tuya:1004", "133", "0x05", "14", "500"])
def test_what_means_several_things_says_so(typed: str) -> None:
    assert len({kind for kind, _ in meanings(typed)}) > 1


def test_a_number_typed_in_hex_means_only_what_is_written_in_hex() -> None:
    assert {row.source for _, row in meanings("0x3e") if row} == {"hci", "esphome.connect"}
    assert "ssl.verify_code" in {row.source for _, row in meanings("62") if row}


@pytest.mark.parametrize("typed", ["GATT ERROR 133", "Error 133 (0x85): GATT ERROR", "D/App: gatt error, status=133"])
def test_a_number_among_the_words_of_its_message_is_that_one(typed: str) -> None:
    ((kind, row),) = in_words(typed)
    assert row is not None
    assert (kind, row.source) == (K.LINK_CONNECT_FAILED, "android")


@pytest.mark.parametrize(
    ("typed", "like"),
    [("onConnectionStateChange status=8", "8"), ("it said 133!", "133"), ("between 8 and 133", ""), ("v1.133", "")],
)
def test_the_one_number_among_words_means_what_it_means_alone(typed: str, like: str) -> None:
    assert in_words(typed) == meanings(like)


@pytest.mark.parametrize("typed", ["", "no such thing", "hci:0x99", "E9999", ":", "att:", "chip"])
def test_no_meaning(typed: str) -> None:
    assert meanings(typed) == []


@pytest.mark.parametrize(
    ("typed", "near"), [("busy.chop", "busy.chip"), ("E0610", "E0601"), ("chip is bussy", "chip is busy")]
)
def test_a_typo_has_its_nearest(typed: str, near: str) -> None:
    assert near in nearest(typed)


@given(st.text(max_size=80))
def test_anything_may_be_typed(typed: str) -> None:
    for _, row in meanings(typed):
        assert row is None or row.source
    nearest(typed)


LOG = """\
12:00:01 INFO started
12:00:02 ERROR E0601 busy.chip: waiting
12:00:03 httpcore.ConnectError: [Errno 111] Connect call failed ('10.0.0.7', 80)
12:00:04 bleak.exc.BleakDBusError: [org.bluez.Error.NotReady] Resource Not Ready
12:00:05 [org.bluez.Error.Failed] le-connection-abort-by-local
12:00:06 [org.bluez.Error.Failed] LE-connection-abort-by-local
12:00:07 Operation failed with ATT error: 0x05 (x)
12:00:08 "GET /gap/nodes HTTP/1.1" 502 Bad Gateway
12:00:09 "GET /gap/nodes HTTP/1.1" 200 OK
12:00:10 not-org.bluez.Error.NotReadyish
12:00:11 socket.gaierror: [Errno -2] Name or service not known
"""


def test_failures_are_found_in_a_log() -> None:
    found = {(one.line, one.kind, one.count) for one in findings(LOG.splitlines())}
    assert found >= {
        (2, K.BUSY_CHIP, 1),
        (3, K.NET_REFUSED, 1),
        (4, K.ADAPTER_OFF, 1),
        (5, K.LINK_CONNECT_FAILED, 2),
        (7, K.SECURITY_PAIRING_REQUIRED, 1),
        (8, K.ROUTER_UNAVAILABLE, 1),
        (11, K.NET_DNS, 1),
    }
    assert {line for line, _, _ in found} == {2, 3, 4, 5, 7, 8, 11}


def test_a_long_log_does_not_grow_without_bound() -> None:
    lines = (f"E0601 HTTP/1.1 502 [Errno {n % 140}] ATT error: {n % 256:#04x}" for n in range(3_000))
    assert len(findings(lines)) <= FOUND_MAX


@given(st.lists(st.text(max_size=120), max_size=8))
def test_any_log_can_be_read(lines: list[str]) -> None:
    for one in findings(lines):
        assert one.count >= 1
