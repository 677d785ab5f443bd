from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.model import ScanFilter, ScanRequest
from bletui.radio.wishes import union

pytestmark = pytest.mark.in_process("a pure function")

filters = st.builds(
    ScanFilter,
    min_rssi=st.sampled_from([None, -70]),
    names=st.sampled_from([(), ("a*",)]),
    connectable=st.booleans(),
)
requests = st.builds(ScanRequest, st.sampled_from([None, ("a",), ("a", "b")]), st.booleans(), filters)


def test_nobody_wishes_nothing() -> None:
    assert union([]) is None


@given(requests)
def test_one_wish_is_itself(wish: ScanRequest) -> None:
    assert union([wish]) == wish
    assert union([wish, wish]) == wish


@given(st.lists(requests, min_size=2, max_size=4))
def test_the_union_hears_enough_for_everyone(wishes: list[ScanRequest]) -> None:
    whole = union(wishes)
    assert whole is not None
    for wish in wishes:
        assert whole.active or not wish.active
        assert whole.lanes is None or (wish.lanes is not None and set(wish.lanes) <= set(whole.lanes))
        assert whole.filter.min_rssi in (None, wish.filter.min_rssi)
        assert whole.filter.names in ((), wish.filter.names)
        assert whole.filter.connectable in (False, wish.filter.connectable)
