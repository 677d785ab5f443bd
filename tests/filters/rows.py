"""Rows and filters for tests: values, and strategies that draw them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from bletui.filters.terms import (
    COMPARISONS,
    Address,
    And,
    Company,
    Connectable,
    Contains,
    Name,
    NameLike,
    New,
    Not,
    OnLane,
    Or,
    Rssi,
    Term,
    Uuid,
    Word,
)
from bletui.text import visible

UUIDS = (
    "0000180f-0000-1000-8000-00805f9b34fb",
    "0000180a-0000-1000-8000-00805f9b34fb",
    "6e400001-b5a3-f393-e0a9-e50e24dcca9e",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A `Row`."""

    address: str = "A4:C1:38:0B:7F:2A"
    name: str | None = "Thermo-7F2A"
    rssi: int | None = -60
    company: int | None = 0x0059
    service_uuids: tuple[str, ...] = UUIDS[:1]
    lane_words: tuple[str, ...] = ("local:hci0", "office/chip0")
    raw: bytes | None = bytes.fromhex("02010603030f18")
    connectable: bool | None = True
    new: bool = False


def companies(word: str) -> frozenset[int]:
    """A table of three companies, each named by a word."""
    return {"apple": frozenset((0x4C,)), "nordic": frozenset((0x59,)), "ruuvi": frozenset((0x499,))}.get(
        word.casefold(), frozenset()
    )


names = st.sampled_from(["12", "12ab", "x", "Thermo-7F2A", "αβγ", "İ", "ß12"])
addresses = st.sampled_from(["A4:C1:38:0B:7F:2A", "A4:C1:00:00:00:01", "72:A2:28:A8:68:68"])
rows = st.builds(
    Heard,
    addresses,
    st.none() | names,
    st.none() | st.integers(-90, -50),
    st.sampled_from([None, 0x4C, 0x59]),
    st.lists(st.sampled_from(UUIDS), max_size=2).map(tuple),
    st.lists(st.sampled_from(["local:hci0", "local:hci1", "office/chip0"]), max_size=2).map(tuple),
    st.none() | st.binary(max_size=6),
    st.sampled_from([None, True, False]),
    st.booleans(),
)

_words = (names | st.text(min_size=1, max_size=6)).map(visible).filter(bool)
_patterns = st.tuples(st.sampled_from(["", "*", "?"]), _words, st.sampled_from(["", "*", "?", "*a*"])).map("".join)
_address_patterns = st.sampled_from(["A4:C1:*", "a4:c1:38:0b:7f:2a", "*", "72:??:28*", "*68", "nowhere"])
_companies = st.sampled_from([("apple", 0x4C), ("Nordic", 0x59), ("0x004C", 0x4C), ("1177", 1177)])
simple: st.SearchStrategy[Term] = st.one_of(
    st.builds(Rssi, st.sampled_from(list(COMPARISONS)), st.integers(-90, -50)),
    st.builds(Name, st.just("") | _words),
    st.builds(NameLike, _patterns),
    _companies.map(lambda known: Company(known[0], frozenset(known[1:]))),
    st.builds(Uuid, st.sampled_from(UUIDS)),
    st.builds(Address, _address_patterns),
    st.builds(OnLane, st.sampled_from(["hci0", "office*", "*"])),
    st.builds(Contains, st.binary(min_size=1, max_size=2)),
    st.just(Connectable()),
    st.just(New()),
    st.builds(Word, _words | st.sampled_from(["new", "and", "rssi", "adv", 'say "\\"', "a=b", "c:\\"])),
)
terms: st.SearchStrategy[Term] = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(And),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(Or),
    ),
    max_leaves=6,
)


def facts(packet: Heard) -> list[Term]:
    """What is true of a packet, so that drawn filters match now and then."""
    named = [term for name in (packet.name,) if name for term in (Name(name.upper()), NameLike(f"{name.lower()}*"))]
    company = [] if packet.company is None else [Company(f"0x{packet.company:04X}", frozenset((packet.company,)))]
    return [*named, *company, *map(Uuid, packet.service_uuids), Address(packet.address), Word(packet.address[:5])]
