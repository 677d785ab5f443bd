"""The site of `sim:`."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice

from bletui.backends.simulator import oddities
from bletui.backends.simulator.home import BOXES, home
from bletui.backends.simulator.lanes import receivers
from bletui.backends.simulator.schedule import TICK, schedule
from bletui.backends.simulator.siteclock import SiteClock
from bletui.decode.advertising import summarise
from bletui.model import Advertisement
from bletui.text import is_clean

EARS = receivers("sim", 3, BOXES)


def heard(seconds: float, rotate: float = 900.0) -> list[Advertisement]:
    ticks = schedule(home(EARS, 1, rotate), 1, SiteClock(0.0))
    return [event for tick in islice(ticks, round(seconds / TICK)) for event in tick]


def test_the_site_has_what_a_console_must_cope_with() -> None:
    site = home(EARS, 1, 900.0)
    assert len(site.devices) >= 60
    assert {device.pdu for device in site.devices} == {"ADV_IND", "ADV_SCAN_IND", "ADV_NONCONN_IND", "ADV_EXT_IND"}
    assert any(device.presence for device in site.devices)
    assert any(device.gatt for device in site.devices)
    assert 30 < sum(device.connectable for device in site.devices) < len(site.devices)
    addresses = [device.content(0.0).address for device in site.devices]
    assert len(set(addresses)) == len(addresses)


def test_all_hostile_names_are_on_the_air_and_are_hostile() -> None:
    names = {(event.raw or b"")[2:] for event in heard(60) if (event.raw or b"")[1:2] == b"\x09"}
    for name in (*oddities.HOSTILE_NAMES, oddities.LONG_NAME):
        assert name.encode() in names
        assert "[" in name or not is_clean(name)
    joined = "".join((*oddities.HOSTILE_NAMES, oddities.LONG_NAME))
    assert all(part in joined for part in ("\x1b]52;", "\x1b[2J", "\x9b", "\u202e", "\u200b", "[bold red]"))
    assert len(oddities.LONG_NAME.encode()) == 248


def test_broken_payloads_are_on_the_air_and_broken() -> None:
    payloads = {event.raw for event in heard(100)}
    assert payloads >= set(oddities.MALFORMED)
    assert sum(summarise(payload).malformed for payload in oddities.MALFORMED) >= 5


def test_private_addresses_rotate_and_take_the_payload_s_secrets_along() -> None:
    notification = bytes.fromhex("03036ffd17166ffd")
    by_payload = defaultdict(set)
    for event in heard(60, rotate=20.0):
        if (event.raw or b"").startswith(notification):
            by_payload[event.raw].add(event.address)
    # Three such devices, each with three or four addresses in a minute.
    assert 9 <= len(by_payload) <= 12
    assert all(len(addresses) == 1 for addresses in by_payload.values())
    still = {event.address for event in heard(60, rotate=86_400.0) if (event.raw or b"").startswith(notification)}
    assert len(still) == 3


def test_sensor_payloads_move() -> None:
    payloads = defaultdict(set)
    for event in heard(60):
        if (event.raw or b"").startswith(bytes.fromhex("0201061bff990405138a"[:14])) and event.pdu != "SCAN_RSP":
            payloads[event.address].add(event.raw)
    assert max(len(seen) for seen in payloads.values()) >= 8
