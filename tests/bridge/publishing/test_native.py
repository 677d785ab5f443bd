"""Every reason code that there is has a row under its own words."""

from __future__ import annotations

import pytest
from paho.mqtt.client import convert_connack_rc_to_reason_code
from paho.mqtt.enums import ConnackCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from bletui.bridge.publishing.broker import broker
from bletui.bridge.publishing.native import refused
from bletui.errors.rows import rows
from bletui.errors.rules import remedies
from bletui.errors.tables import find
from bletui.failure import ErrorKind

ROWS = {int(row.code, 16): row for row in rows("mqtt") if "/" not in row.code}
NAMES = {number: next(iter(names)) for number, names in ReasonCode(PacketTypes.CONNACK).names.items() if number >= 0x80}
WHERE = broker("mqtt://broker.example/")


def test_the_table_is_that_of_mqtt_5() -> None:
    """OASIS MQTT 5.0, 2.4, by the library's own copy of it."""
    assert {number: row.message for number, row in ROWS.items()} == NAMES
    assert len(ROWS) == 35


@pytest.mark.parametrize("number", sorted(NAMES))
def test_a_reason_is_its_kind_with_something_to_do(number: int) -> None:
    packets = next(iter(ReasonCode(PacketTypes.CONNACK).names[number].values()))
    failure = refused(WHERE, ReasonCode(packets[0], identifier=number))
    assert failure.kind is ROWS[number].kind
    assert (failure.source, failure.code, failure.message) == ("mqtt", f"0x{number:02X}", NAMES[number])
    assert remedies(failure)


@pytest.mark.parametrize("code", [code for code in ConnackCode if code.value])
def test_what_mqtt_3_1_1_refuses_is_the_same_kind(code: ConnackCode) -> None:
    reason = convert_connack_rc_to_reason_code(code)
    failure = refused(WHERE, reason)
    old = find("mqtt.connack", str(code.value))
    assert old is not None
    assert failure.kind is old.kind
    assert failure.retry_class == (old.retry or old.kind.retry)


def test_what_to_do_is_the_brokers_own() -> None:
    codes = {ErrorKind.AUTH_REFUSED: 0x87, ErrorKind.OP_UNSUPPORTED: 0x84, ErrorKind.REQUEST_INVALID: 0x8E}
    for kind, number in codes.items():
        packet = PacketTypes.DISCONNECT if number == 0x8E else PacketTypes.CONNACK
        failure = refused(WHERE, ReasonCode(packet, identifier=number))
        assert failure.kind is kind
        first = remedies(failure)[0].text
        assert "router" not in first
        assert any(word in first for word in ("broker", "client id"))
    denied = refused(WHERE, ReasonCode(PacketTypes.CONNACK, identifier=0x87))
    assert not any("router" in step.text for step in remedies(denied))
