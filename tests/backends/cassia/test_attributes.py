"""Whatever JSON comes: a tree, a value, a notification, or `MalformedError`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.cassia import attributes
from bletui.backends.cassia.api import MalformedError, link_state, phy, rssi
from bletui.backends.cassia.pairing import status

KEYS = st.sampled_from(
    ["uuid", "handle", "properties", "primary", "characteristics", "descriptors", "value", "id", "seqNum", "dataType",
     "connectionState", "chipId", "pairingStatusCode", "display", "rssi", "tx_phy", "rx_phy"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["2a00", "0a", 3, "3"])
JSON = st.recursive(LEAVES, lambda inside: st.lists(inside) | st.dictionaries(KEYS, inside), max_leaves=20)
READERS: list[Callable[[bytes], object]] = [
    attributes.services, attributes.characteristics, lambda body: attributes.value(body, 3), status, rssi, phy,
]  # fmt: skip


@pytest.mark.parametrize("read", READERS)
@given(found=JSON)
def test_answers(read: Callable[[bytes], object], found: object) -> None:
    try:
        read(json.dumps(found).encode())
    except MalformedError as wrong:
        assert str(wrong)


@given(found=JSON)
def test_events(found: object) -> None:
    for read in (attributes.notification, link_state):
        try:
            read(found)
        except MalformedError as wrong:
            assert str(wrong)


@given(st.lists(st.integers(1, 0xFFFF), unique=True, max_size=20))
def test_trees_come_in_the_order_of_handles(handles: list[int]) -> None:
    body = json.dumps([{"uuid": "180F", "handle": handle} for handle in handles]).encode()
    assert [one.handle for one in attributes.services(body)] == sorted(handles)
