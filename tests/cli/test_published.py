"""docs/mqtt.md and the objects that are published say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bletui.bridge.publishing.broker import Broker
from bletui.bridge.publishing.messages import Message, Sort
from bletui.cli.published import Published, device_object
from bletui.decode.keyring import Keyring
from bletui.devices import Device, DeviceStore
from bletui.devices.broadcast import broadcast
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    AdvertisedFields,
    Advertisement,
    Connect,
    Event,
    Lane,
    LaneChanged,
    LinkChanged,
    Operation,
    OperationChanged,
    OpId,
    Peer,
    Shed,
    StreamChanged,
)

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "mqtt.md").read_text("utf-8")
AT = 1_793_491_200.0
ADDRESS = "A4:C1:38:0B:7F:2A"
LOST = Failure(kind=ErrorKind.LINK_LOST, detail="\x1b[2J" * 20)
FAILED = Operation(
    id=OpId("me", 1), request=Connect(ADDRESS), state="failed", started=1.0, limit=20.0, lane="a", failure=LOST
)
RUUVI = bytes.fromhex("0201061BFF9904050DE5532BC671FFE4FFDC0414AC96000000E43786D6D913")
SEALED = bytes.fromhex("0201061216d2fc41a47266c95f730011223378237214")  # BTHome's own example, with its key
SEALED_BY, KEY = "54:48:E6:8F:80:A5", bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")


def published() -> Published:
    return Published("bletui/host", "host", lambda: ["r"], lambda: AT)


def keys_of(section: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", PAGE.partition(f"### {section}\n")[2].partition("\n#")[0], re.MULTILINE))


def device(raw: bytes | None = RUUVI, address: str = ADDRESS, **more: Any) -> Device:
    store = DeviceStore()
    store.unseal(Keyring({SEALED_BY: KEY}))
    store.update([Advertisement(AT, "a", address, "random", -60, "ADV_IND", raw, **more)])
    return store.devices[address]


def one(event: Event) -> Message:
    (message,) = published().event("r", event)
    return message


def test_keys_are_those_documented() -> None:
    assert set(device_object(device(), "x")) - {"schema"} == keys_of("bletui.device/1")
    assert set(json.loads(published().status("online").payload)) - {"schema"} == keys_of("bletui.publisher/1")


@pytest.mark.parametrize(
    ("message", "schema"),
    [
        (one(LinkChanged(AT, Peer("a", ADDRESS), "down", LOST)), "bletui.link/1"),
        (one(LaneChanged(AT, Lane("a"))), "bletui.lane/1"),
        (one(Shed(AT, None, "advertisements", 3)), "bletui.shed/1"),
        (one(OperationChanged(AT, FAILED)), "bletui.failure/1"),
        (one(StreamChanged(AT, "a", "scan", "broken", LOST)), "bletui.failure/1"),
    ],
)
def test_the_others_are_those_of_the_commands(message: Message, schema: str) -> None:
    told = json.loads(message.payload)
    assert told["schema"] == schema
    section = (DOCS / "json.md").read_text("utf-8").partition(f"## {schema}\n")[2].partition("\n## ")[0]
    assert set(told) - {"schema"} <= set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def test_the_table_of_topics_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `([a-z]+)(?:/[A-Z]+)?` \| `bletui\.\w+/1` \| ([01]) \| (yes|no) \|", PAGE, re.MULTILINE)
    assert {(level, int(qos), kept == "yes") for level, qos, kept in rows} == {
        (sort.level, sort.qos, sort.retain) for sort in Sort
    }


def test_the_table_of_parameters_is_that_of_the_code() -> None:
    section = PAGE.partition("## The URL")[2].partition("\n## ")[0]
    told = {name: default.strip() for name, default in re.findall(r"^\| `(\w+)`.*? \|([^|]*)\|", section, re.MULTILINE)}
    assert set(told) == {"every", "change", "devices", "filter", "ca", "pin", "cert", "id", "protocol"}
    plain = Broker("b", 1883)
    assert told["every"] == f"`{plain.every:g}`"
    assert told["change"] == f"`{plain.change:g}`"
    assert told["protocol"] == f"`{plain.protocol}`"


def test_a_failure_says_where_and_what_to_do() -> None:
    message = one(OperationChanged(AT, FAILED))
    told = json.loads(message.payload)
    assert message.topic == "bletui/host/failures/link.lost"
    assert (told["address"], told["lane"], told["radio"], told["at"]) == (ADDRESS, "a", "r", AT)
    assert told["remedies"]
    assert b"\x1b" not in message.payload


def test_what_a_device_says_is_decoded() -> None:
    told = device_object(device(), broadcast(device()))
    assert told["meaning"].startswith("Ruuvi temperature 17.785 °C")
    (beacon,) = told["beacons"]
    assert beacon["facts"][0] == {"name": "temperature", "value": 17.785, "unit": "°C"}
    assert (told["lane"], told["rssi"], told["company_name"]) == ("a", -60, "Ruuvi Innovations Ltd.")


def test_what_is_sealed_is_opened_where_there_is_a_key() -> None:
    for address, opened in ((SEALED_BY, True), (ADDRESS, False)):
        told = device_object(device(SEALED, address), None)
        names = [fact["name"] for fact in told["beacons"][0]["facts"]]
        assert ("temperature" in names) is opened


def test_a_radio_that_hands_out_no_bytes() -> None:
    fields = AdvertisedFields(manufacturer={0x0499: RUUVI[7:]}, service_data={})
    heard = device(None, fields=fields)
    told = device_object(heard, broadcast(heard))
    assert told["meaning"].startswith("Ruuvi")
    assert (told["raw"], told["beacons"], told["company"]) == (None, None, 0x0499)


def test_a_broken_stream_is_news_once_until_it_is_live_or_breaks_in_another_way() -> None:
    words = published()
    other = Failure(kind=ErrorKind.NET_REFUSED)
    steps = [(LOST, 1), (LOST, 0), (other, 1), (None, 0), (other, 1)]
    for failure, told in steps:
        changed = StreamChanged(AT, "a", "scan", "live" if failure is None else "broken", failure)
        assert len(list(words.event("r", changed))) == told
