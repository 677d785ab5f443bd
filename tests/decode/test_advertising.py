"""Advertising data: what a list shows of it."""

from __future__ import annotations

import pytest

from bletui.decode.advertising import Summary, summarise


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", Summary()),
        ("000000", Summary()),
        ("020106", Summary(flags=6)),
        ("0409466f6f0408426172", Summary(name="Foo", malformed=True)),
        ("04084261720409466f6f", Summary(name="Foo", malformed=True)),
        ("0509411b5d0a", Summary(name="A\\x1b]\\x0a")),
        ("02010605ff4c001005020af4", Summary(company=0x4C, tx_power=-12, flags=6)),
        ("03190002", Summary(appearance=0x0200)),
        ("0303aafe", Summary(service_uuids=("0000feaa-0000-1000-8000-00805f9b34fb",))),
        ("0402112233", Summary(service_uuids=("00002211-0000-1000-8000-00805f9b34fb",), malformed=True)),
        ("02010620ffaabb", Summary(flags=6, malformed=True)),
        ("030a0080", Summary(malformed=True)),
        ("0209ff", Summary(name="\\xff", malformed=True)),
        ("0409410000", Summary(name="A", malformed=True)),
        ("00020106", Summary(flags=6, malformed=True)),
    ],
)
def test_the_facts_of_a_row(raw: str, expected: Summary) -> None:
    assert summarise(bytes.fromhex(raw)) == expected
