"""What a radio may apply for us: it never keeps back what the filter shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.filters import Filter, parse, push_down
from bletui.filters.terms import And, Or, Term
from bletui.model import ScanFilter
from tests.filters.rows import Heard, companies, facts, rows, simple, terms


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("", ScanFilter()),
        ("rssi>=-70", ScanFilter(min_rssi=-70)),
        ("rssi>-70", ScanFilter(min_rssi=-69)),
        ("not rssi<-70", ScanFilter(min_rssi=-70)),
        ("not rssi<=-70", ScanFilter(min_rssi=-69)),
        ("rssi=-70", ScanFilter(min_rssi=-70)),
        ("rssi!=-70", ScanFilter()),
        ("rssi<-70", ScanFilter()),
        ("rssi>=-70 and rssi>=-60", ScanFilter(min_rssi=-60)),
        ("rssi>=-70 or rssi>=-60", ScanFilter(min_rssi=-70)),
        ("rssi>=-70 or new", ScanFilter()),
        ("not (rssi<-70 or new)", ScanFilter(min_rssi=-70)),
        ("addr=a4:c1:*", ScanFilter(addresses=("A4:C1:*",))),
        ("addr=A4:C1:38:0B:7F:2A", ScanFilter(addresses=("A4:C1:38:0B:7F:2A",))),
        ("addr=A4:??:38:*", ScanFilter(addresses=("A4:*",))),
        ("addr=*:2A", ScanFilter()),
        ("addr=A4:* or addr=72:*", ScanFilter(addresses=("A4:*", "72:*"))),
        ("not addr=A4:*", ScanFilter()),
        ("uuid=180f", ScanFilter(uuids=("180f",))),
        ("uuid=6e400001b5a3f393e0a9e50e24dcca9e", ScanFilter(uuids=("6e400001b5a3f393e0a9e50e24dcca9e",))),
        ("uuid=180f or uuid=180a", ScanFilter(uuids=("180f", "180a"))),
        ("uuid=180f and rssi>=-70 and lane=hci0", ScanFilter(min_rssi=-70, uuids=("180f",))),
        ("uuid=180f and company=apple", ScanFilter()),  # they may come in two packets
        ("uuid=180f and uuid=180a", ScanFilter()),
        ("name=12", ScanFilter(names=("12*",))),
        ("name~12*", ScanFilter(names=("12*",))),
        ("name~therm*", ScanFilter(names=("*",))),  # a radio minds case
        ('name=""', ScanFilter()),
        ("thermo", ScanFilter()),
        ("connectable", ScanFilter()),
    ],
)
def test_bounds(text: str, bound: ScanFilter) -> None:
    assert push_down(parse(text, company_names=companies)) == bound


def lets_through(bound: ScanFilter, packet: Heard) -> bool:
    """A radio that judges each packet by itself, as `ScanFilter` words it."""

    def starred(text: str, pattern: str) -> bool:
        return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern

    if bound.min_rssi is not None and (packet.rssi is None or packet.rssi < bound.min_rssi):
        return False
    if bound.addresses and not any(starred(packet.address, pattern) for pattern in bound.addresses):
        return False
    if bound.names and not any(packet.name and starred(packet.name, pattern) for pattern in bound.names):
        return False
    return not bound.uuids or any(
        part in uuid.replace("-", "") for uuid in packet.service_uuids for part in bound.uuids
    )


def merged(packets: list[Heard]) -> Heard:
    """One device as a row shows it."""
    first = packets[0]
    return Heard(
        first.address,
        next((p.name for p in packets if p.name), None),
        first.rssi,
        next((p.company for p in packets if p.company is not None), None),
        tuple(dict.fromkeys(uuid for p in packets for uuid in p.service_uuids)),
        first.lane_words,
        b"".join(p.raw or b"" for p in packets) if any(p.raw is not None for p in packets) else None,
        next((p.connectable for p in packets if p.connectable is not None), None),
        first.new,
    )


@st.composite
def heard_and_wanted(draw: st.DrawFn) -> tuple[list[Heard], Term]:
    """Advertising data and scan response come from one address at one strength, and hold different fields."""
    adv, other = draw(rows), draw(rows)
    rsp = replace(other, address=adv.address, rssi=adv.rssi, lane_words=adv.lane_words, connectable=None, new=adv.new)
    of_adv, of_rsp = st.sampled_from(facts(adv)), st.sampled_from(facts(rsp))
    split = st.tuples(of_adv, of_rsp) | st.tuples(of_adv, of_rsp, simple)
    wanted = draw(split.map(And) | split.map(Or) | of_adv | terms)
    return ([adv, rsp] if draw(st.integers(0, 3)) else [adv]), wanted


@settings(max_examples=500)
@given(heard_and_wanted())
def test_a_row_that_matches_is_still_heard_and_still_matches(drawn: tuple[list[Heard], Term]) -> None:
    packets, term = drawn
    wanted = Filter(term)
    bound = push_down(wanted)
    heard = [packet for packet in packets if lets_through(bound, packet)]
    if wanted.matches(merged(packets)) is True:
        assert heard
        assert wanted.matches(merged(heard)) is True
