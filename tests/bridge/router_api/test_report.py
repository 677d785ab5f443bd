"""What is read from, or made up for, one advertisement."""

from __future__ import annotations

from hypothesis import given

from bletui.bridge.router_api.report import name_of, payload, synthesised, uuid_texts
from bletui.decode.advertising import summarise
from bletui.model import AdvertisedFields, Advertisement
from tests import values


@given(values.fields)
def test_made_up_structures_say_what_the_fields_say(fields: AdvertisedFields) -> None:
    summary = summarise(synthesised(fields, "Thermo"))
    assert summary.name == "Thermo"
    assert summary.tx_power == fields.tx_power
    assert sorted(summary.service_uuids) == sorted(fields.service_uuids)
    assert summary.company == next(iter(fields.manufacturer), None)


def test_a_name_that_fits_no_structure_is_shortened_at_a_whole_character() -> None:
    made = synthesised(None, "\u20ac" * 100)
    assert made[:2] == bytes((253, 0x08))
    assert summarise(made).name == "\u20ac" * 84


def test_what_fits_in_no_structure_is_left_out() -> None:
    long = AdvertisedFields(manufacturer={1: bytes(253), 2: b"\x07"}, service_data={})
    assert synthesised(long, None) == bytes.fromhex("04FF020007")


def test_nothing_known_is_an_empty_payload() -> None:
    assert synthesised(None, None) == b""


@given(values.advertisements)
def test_the_airs_bytes_are_never_replaced(ad: Advertisement) -> None:
    assert payload(ad) == ad.raw or ad.raw is None


def test_uuids_stand_as_they_were_advertised() -> None:
    raw = bytes.fromhex("0303F0FF0505785634AB1107F0DEBC9A785634127856341278563412")
    assert uuid_texts(raw) == ("FFF0", "AB345678", "1234567812345678123456789ABCDEF0")


def test_the_name_in_the_packet_or_what_is_known_beyond_it() -> None:
    raw = bytes.fromhex("0409466F6F")
    plain = Advertisement(0.0, "r/0", "AA:00:00:00:00:01", "public", -50, "ADV_IND", raw)
    assert name_of(plain) == "Foo"
    assert name_of(plain._replace(raw=b"")) is None
    assert name_of(plain._replace(raw=b"", name="Bar")) == "Bar"
