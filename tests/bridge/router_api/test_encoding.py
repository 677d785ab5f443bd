"""Events byte for byte against what routers were seen to send, and made-up values named."""

from __future__ import annotations

import json
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given

from bletui.bridge.router_api.beacon import beacon_of
from bletui.bridge.router_api.encoding import (
    comment,
    key,
    notification_event,
    scan_event,
    state_event,
    timestamp,
    with_keys,
)
from bletui.failure import ErrorKind, Failure
from bletui.model import AdvertisedFields, Advertisement, LinkChanged, Notification, Peer
from tests import values
from tests.bridge.router_api.recorded import SAMPLES, heard

# Keys that only other firmware, other options or the access controller's combined stream write.
ELSEWHERE = {"evt_type", "timestamp", "beacon", "dataType", "ap"}


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample["src"][:40] for sample in SAMPLES])
def test_what_a_router_sent_is_what_we_send(sample: dict[str, Any]) -> None:
    event = sample["event"]
    ours = json.loads(scan_event(heard(event), 0).removeprefix(b"data: "))
    kept = {key: value for key, value in event.items() if key not in ELSEWHERE}
    assert {key: ours[key] for key in kept} == kept
    extra = ours.keys() - event.keys()
    assert extra <= {"chipId", "evtType", "secondaryPhy"}


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if "2.1.1" in sample["src"]])
def test_firmware_2_1_1_byte_for_byte(sample: dict[str, Any]) -> None:
    line = json.dumps(sample["event"], separators=(",", ":"))
    assert scan_event(heard(sample["event"]), 0) == f"data: {line}\n\n".encode()


def test_the_beacon_of_the_documentation() -> None:
    sample = next(sample["event"] for sample in SAMPLES if "beacon" in sample["event"])
    # The sample's payload ends in C5, which is -59; the document prints -58.
    assert beacon_of(bytes.fromhex(sample["adData"])) == sample["beacon"] | {"txPower": -59}


def test_eddystone_frames_and_other_payloads() -> None:
    url = bytes.fromhex("0303AAFE0E16AAFE10EB036578616D706C6507")
    assert beacon_of(url) == {"type": "Eddystone URL", "url": "https://example.com", "txPower": -21}
    assert beacon_of(bytes.fromhex("020106")) is None
    assert beacon_of(bytes.fromhex("1EFF06000109200262A12A0E18F1516C3D7DABD42556C51B45E9094EB88D2B")) is None


@given(values.advertisements)
def test_every_advertisement_is_one_line_of_ascii_json(ad: Advertisement) -> None:
    line = scan_event(ad, 3)
    assert line.startswith(b"data: {")
    assert line.endswith(b"}\n\n")
    assert line.count(b"\n") == 2
    assert line.decode("ascii").rstrip("\n").isprintable()
    event = json.loads(line[6:])
    assert ("adData" in event) is not ("scanData" in event)
    told = bytes.fromhex(event.get("adData", event.get("scanData")))
    assert told == ad.raw if ad.raw is not None else "synthesised" in event
    assert event["bdaddrs"][0]["bdaddr"] == ad.address


def test_values_that_the_radio_did_not_tell_are_named() -> None:
    fields = AdvertisedFields(
        manufacturer={0x004C: b"\x10\x05"},
        service_data={"0000fcd2-0000-1000-8000-00805f9b34fb": b"\x40"},
        service_uuids=("0000fff0-0000-1000-8000-00805f9b34fb", "12345678-1234-5678-1234-56789abcdef0"),
        tx_power=-7,
    )
    ad = Advertisement(0.0, "l/hci0", "0F3A-opaque", None, None, None, None, "Th\u00e9", fields)
    event = json.loads(scan_event(ad, 0)[6:])
    assert event == {
        "bdaddrs": [{"bdaddr": "0F3A-opaque", "bdaddrType": "public"}],
        "chipId": 0,
        "evtType": 0,
        "rssi": 127,
        "adData": "0303F0FF1107F0DEBC9A785634127856341278563412020AF90416D2FC4005FF4C00100505095468C3A9",
        "name": "Th\u00e9",
        "synthesised": ["bdaddrType", "evtType", "rssi", "adData"],
    }


def test_more_keys_go_to_the_end() -> None:
    assert (
        with_keys(b'data: {"a":1}\n\n', key("b", [2]) + key("c", "\u00e9"))
        == b'data: {"a":1,"b":[2],"c":"\\u00e9"}\n\n'
    )
    assert with_keys(b'data: {"a":1}\n\n', b"") == b'data: {"a":1}\n\n'


def test_time_stamps_name_their_zone() -> None:
    china = timezone(timedelta(hours=8), "CST")
    assert timestamp(1615169237.723, china) == "2021-03-08 10:07:17.723 CST"


REASONS = [
    (None, "host disconnect"),
    (Failure(kind=ErrorKind.OP_CANCELLED, message="x"), "host disconnect"),
    (Failure(kind=ErrorKind.LINK_LOST, message="authenticate miss key"), "authenticate miss key"),
    (Failure(kind=ErrorKind.LINK_LOST), "device disconnect"),
]


@pytest.mark.parametrize(("reason", "words"), REASONS)
def test_a_link_that_ends_says_why(reason: Failure | None, words: str) -> None:
    line = state_event(LinkChanged(0.0, Peer("r/0", "AA:00:00:00:00:01"), "down", reason), 0)
    assert line is not None
    assert json.loads(line[6:])["reason"] == words


def test_a_notification_says_what_it_is() -> None:
    told = Notification(1615169237.723, Peer("r/0", "AA:00:00:00:00:01"), 52, b"\xab\x01", indication=True, seq=3)
    plain = notification_event(told, None, timed=False, zone=None)
    assert plain == b'data: {"value":"ab01","handle":52,"id":"AA:00:00:00:00:01","dataType":"indication"}\n\n'
    full = json.loads(notification_event(told, 3, timed=True, zone=UTC)[6:])
    assert (full["seqNum"], full["timestamp"]) == (3, "2021-03-08 02:07:17.723 UTC")


def test_comments_are_lines_that_clients_pass_over() -> None:
    assert comment("shed 3 advertisements") == b":shed 3 advertisements\n\n"
