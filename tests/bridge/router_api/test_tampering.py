"""Spoilt answers and events."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.router_api.tampering import GARBAGE_EVENT, HUGE_EVENT, TYPES_EVENT, cut, halved, retyped

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_no_value_keeps_its_type(value: object) -> None:
    other = json.loads(retyped(json.dumps(value).encode()))

    def check(before: object, after: object) -> None:
        match before:
            case {**fields} if fields:
                assert isinstance(after, dict)
                for key, found in fields.items():
                    check(found, after[key])
            case [*items] if items:
                assert isinstance(after, list)
                for found, changed in zip(items, after, strict=True):
                    check(found, changed)
            case _:
                assert type(before) is not type(after)

    check(value, other)


@given(st.binary(max_size=50))
def test_any_answer_can_be_spoilt(body: bytes) -> None:
    json.loads(retyped(body))
    assert body.startswith(cut(body))


def test_the_last_event_is_halved_and_those_before_it_are_whole() -> None:
    assert halved(b"data: {1}\n\ndata: {2}\n\n") == b"data: {1}\n\ndata"
    assert halved(b"data: {1}\n\n") == b"data"


def test_events_are_one_line_each() -> None:
    for event in (GARBAGE_EVENT, TYPES_EVENT, HUGE_EVENT):
        assert event.endswith(b"\n\n")
        assert event.count(b"\n") == 2
    assert json.loads(TYPES_EVENT[6:])
