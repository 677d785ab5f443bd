"""Payloads are JSON, ASCII, and bounded whatever they hold."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.publishing.messages import PAYLOAD_MAX, Sort, message, payload

TEXTS = st.text(max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=8))
def test_an_object_comes_back(record: dict[str, object]) -> None:
    made = payload(record)
    assert made.isascii()
    assert json.loads(made) == record


@given(st.dictionaries(st.sampled_from(["at", "name", "detail", "list"]), VALUES), st.integers(1, 100_000))
def test_a_long_one_keeps_its_short_values_and_says_so(record: dict[str, object], more: int) -> None:
    made = payload({**record, "schema": "bletui.test/1", "text": "\u202e" * (PAYLOAD_MAX + more), "many": ["x"] * more})
    assert len(made) <= PAYLOAD_MAX
    told = json.loads(made)
    assert (told["schema"], told["cut"]) == ("bletui.test/1", True)
    assert told["text"].endswith(")")
    assert "many" not in told


def test_how_each_sort_goes() -> None:
    told = {sort.level: (sort.qos, sort.retain) for sort in Sort}
    assert told == {
        "devices": (0, False),
        "links": (1, False),
        "failures": (1, False),
        "lanes": (1, True),
        "shed": (1, False),
        "status": (1, True),
    }
    assert message("a/b", Sort.LANE, {}, "x/y") == (Sort.LANE, "a/b/lanes/x%2Fy", b"{}")
