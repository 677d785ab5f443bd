"""Who a log is about, taken out of it: nothing known stays in any spelling, and the same is the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bletui.log import Entry, Mark
from bletui.log.anonymous import Anonymous
from bletui.log.narration import log_text
from bletui.model import LinkChanged, Notification, Peer
from bletui.target import parse

DOOR, GATE = "A4:C1:38:0B:7F:2A", "C0:DE:00:00:00:01"
NAMES = ((DOOR, "Cellar door"), (DOOR, "Thermo-7F2A"), (GATE, "Gate"))


def made(*entries: Entry, radio: str = "sim:lab") -> Anonymous:
    anonymous = Anonymous()
    anonymous.know({"lab": parse(radio)}, NAMES)
    links = [LinkChanged(1.0, Peer("lab/hci0", one), "up", holders=("session", "alice")) for one in (DOOR, GATE)]
    anonymous.meet((*(Entry("lab", link) for link in links), *entries))
    return anonymous


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (f"link {DOOR} up, {GATE} up, {DOOR} down", "link address-1 up, address-2 up, address-1 down"),
        ("a4:c1:38:0b:7f:2a A4-C1-38-0B-7F-2A A4C1380B7F2A", "address-1 address-1 address-1"),
        ("/org/bluez/hci0/dev_A4_C1_38_0B_7F_2A/service0023", "/org/bluez/hci0/dev_address-1/service0023"),
        ("GET /gap/nodes/A4C1380B7F2A/connection", "GET /gap/nodes/address-1/connection"),
        ("CELLAR DOOR is not Thermo-7F2A's neighbour, Gate is", "name-1 is not name-1's neighbour, name-2 is"),
        (f"Gate {GATE}", "name-1 address-1"),
        ("Gateway and floodgate", "Gateway and floodgate"),
        ("value 43 65 6C 6C 61 72 20 64 6F 6F 72 00", "value name-1 00"),
        ("value 01 2A 7F 0B 38 C1 A4 02, A4 C1 38 0B 7F 2A", "value 01 address-1 02, address-1"),
        ("CC:1B..E1:E8 is CC:1B:E0:E0:E1:E8, CC:1B..E1:E8", "address-1 is address-1, address-1"),
        ("CC:1B:E0:E0:E1:E8 is CC:1B..E1:E8", "address-1 is address-1"),
        ("held by session, alice, bob@pi.example and scan", "held by session, owner-1, owner-2 and scan"),
        ("192.168.1.20:80 [fe80::1] 127.0.0.1 ::1 1.2.3", "host-1:80 [host-2] 127.0.0.1 ::1 1.2.3"),
        ("/home/bob/.config/bletui/config.toml:3", "~/.config/bletui/config.toml:3"),
        *((kept, kept) for kept in (
            "2026-11-22 12:34:56.7 0x0012", "0000180f-0000-1000-8000-00805f9b34fb", f"sha256:{':'.join(['AB'] * 32)}",
        )),
    ],
)  # fmt: skip
def test_what_tells_of_somebody_has_a_stand_in_and_nothing_else(said: str, wanted: str) -> None:
    assert made().text(said) == wanted


def test_a_radio_with_a_host_or_a_name_of_its_own_has_one_too() -> None:
    assert made(radio="cassia://router.example").text("lab: router.example refused") == "radio-1: host-1 refused"
    assert made().text("lab: nobody") == "lab: nobody"


def test_another_systems_id_is_an_address_as_well() -> None:
    own = "6D1F4C4A-0B5E-4C7B-9D0E-0123456789AB"
    entry = Entry("local", Notification(1.0, Peer("local/hci0", own), 3, b"\1"))
    anonymous = made(entry)
    assert anonymous.text(log_text(entry)).endswith(" radio-1 value address-1 0x0003 01"), "that radio is closed by now"


def test_short_names_and_numbers_stay_for_they_are_also_words() -> None:
    anonymous = Anonymous()
    anonymous.know({}, [(DOOR, "up"), (GATE, "4711"), ("C0:DE:00:00:00:02", "00471100")])
    assert anonymous.text("up 4711 00471100") == "up 4711 name-1"


def test_letters_that_change_their_length_with_their_case_are_taken_out_too() -> None:
    anonymous = Anonymous()
    anonymous.know({}, [(DOOR, "İstasyon"), (GATE, "Kasse")])
    assert anonymous.text("İstasyon Kaſſe KASSE") == "name-1 name-2 name-2"


def test_of_names_that_begin_alike_the_longest_that_is_there_counts() -> None:
    anonymous = Anonymous()
    anonymous.know({}, [(DOOR, "Door"), (GATE, "Door of the cellar")])
    assert anonymous.text("Door of the cellar, door of the attic, Doors, Door") == (
        "name-1, name-2 of the attic, Doors, name-2"
    )


def test_numbers_last_from_one_meeting_to_the_next() -> None:
    anonymous = made()
    assert anonymous.text(f"{GATE} alice") == "address-1 owner-1"
    anonymous.know({}, [(DOOR, "Attic")])
    anonymous.meet([Entry("", Mark(1.0, "x"))])
    assert anonymous.text(f"Attic {GATE}") == "name-2 address-1"


def test_a_json_value_keeps_its_keys_and_numbers() -> None:
    record = {
        "schema": "bletui.log/1",
        "at": 1.5,
        "kind": "Gate",
        DOOR: [DOOR, {"radio": "lab", "handle": 3}],
        "none": None,
    }
    told = {
        "schema": "bletui.log/1",
        "at": 1.5,
        "kind": "Gate",
        DOOR: ["address-1", {"radio": "lab", "handle": 3}],
        "none": None,
    }
    assert made().record(record) == told


ADDRESSES = st.binary(min_size=6, max_size=6).map(lambda data: data.hex(":").upper())
SPELT = st.sampled_from((str.upper, str.lower, lambda one: one.replace(":", "_"), lambda one: one.replace(":", "")))


@given(st.lists(ADDRESSES, min_size=1, max_size=20), st.data())
def test_no_address_is_left_in_any_spelling_and_each_has_one_stand_in(
    addresses: list[str], data: st.DataObject
) -> None:
    anonymous = Anonymous()
    said = [anonymous.text(f"read {data.draw(SPELT)(one)} 0x0003: done") for one in addresses]
    assert all(re.fullmatch(r"read address-\d+ 0x0003: done", one) for one in said)
    assert len(set(said)) == len(set(addresses))
    assert [anonymous.text(f"read {one} 0x0003: done") for one in addresses] == said


@given(st.dictionaries(ADDRESSES, st.text(min_size=3, max_size=20), min_size=1, max_size=5), st.text(max_size=50))
def test_no_name_is_left_whatever_is_in_it(names: dict[str, str], more: str) -> None:
    anonymous = Anonymous()
    anonymous.know({}, names.items())
    for name in names.values():
        shown = log_text(Entry("", Mark(1.0, f"{name} failed")))
        assume(any(map(str.isalpha, name)) and name == name.strip())
        assert re.search(r" name-\d+ failed$", anonymous.text(shown))
    assert isinstance(anonymous.text(more), str)
