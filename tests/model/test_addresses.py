from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.model.addresses import MARKS, AddressSort, sort_of
from bletui.model.names import AddressType


@pytest.mark.parametrize(
    ("top", "sort"),
    [(0x00, "non-resolvable"), (0x3F, "non-resolvable"), (0x40, "resolvable"), (0x7F, "resolvable"),
     (0x80, None), (0xBF, None), (0xC0, "static"), (0xFF, "static")],
)  # fmt: skip
def test_the_two_highest_bits_tell_the_sort_of_a_random_address(top: int, sort: AddressSort | None) -> None:
    assert sort_of(f"{top:02X}:00:00:00:00:01", "random") == sort
    assert sort_of(f"{top:02X}:00:00:00:00:01", "public") == "public"
    assert sort_of(f"{top:02X}:00:00:00:00:01", None) is None


@given(st.text(max_size=40), st.sampled_from(["public", "random", None]))
def test_any_id_has_a_sort_or_none(address: str, address_type: AddressType | None) -> None:
    assert sort_of(address, address_type) in {*MARKS, None}
