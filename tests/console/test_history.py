"""What a device did so far: levels by lane, payload changes with the bytes that changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.console.changed import changed_bytes
from bletui.console.glyphs import UNICODE
from bletui.console.history import lane_levels, level_words, payload_changes
from bletui.console.spans import width, words
from bletui.devices import Change, DeviceStore
from tests.console.stage import NOW, heard


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_byte_changed_where_another_or_none_stood(before: bytes, after: bytes) -> None:
    changed = changed_bytes(before, after)
    assert all(n in changed or before[n] == byte for n, byte in enumerate(after))
    assert all(n >= len(before) or before[n] != after[n] for n in changed)
    assert not changed_bytes(after, after)


def test_each_changed_byte_is_marked_under_itself_and_other_rows_are_left_out() -> None:
    before = bytes(range(20))
    after = bytes([*before[:9], 0xAA, *before[10:18], 0xBB, 19])
    lines = payload_changes([Change(NOW, "x", False, after, before)], None, now=NOW + 5, size=45, glyphs=UNICODE)
    told = [words(line).rstrip() for line in lines]
    assert told[1] == " 5 s ago  advertising data  2 of 20 bytes"
    assert told[2] == "   8 08 AA 0A 0B 0C 0D 0E 0F"
    assert told[3] == "        ^^"
    assert told[4:] == ["  16 10 11 BB 13", "           ^^"]


def test_another_length_and_what_is_no_longer_known_are_said() -> None:
    change = Change(NOW, "x", True, b"\x01", b"\x01\x02")
    told = "\n".join(words(line) for line in payload_changes([change], NOW - 60, now=NOW, size=80, glyphs=UNICODE))
    assert "scan response  0 of 1 bytes, were 2" in told
    assert "before 60 s ago gave way" in told
    assert payload_changes([], NOW, now=NOW, size=80, glyphs=UNICODE) == []


@given(st.lists(st.tuples(st.binary(max_size=60), st.binary(max_size=60)), max_size=4), st.integers(24, 120))
def test_no_line_is_wider_than_its_room(pairs: list[tuple[bytes, bytes]], size: int) -> None:
    changes = [Change(NOW, "x", False, after, before) for before, after in pairs]
    for line in payload_changes(changes, NOW, now=NOW, size=size, glyphs=UNICODE):
        assert width(line) == size


@pytest.mark.parametrize(
    ("levels", "said"), [([-60, -71, None, -55], "min -71 mean -62 max -55"), ([None], ""), ([], "")]
)
def test_least_mean_and_greatest(levels: list[int | None], said: str) -> None:
    assert level_words(levels) == said


@pytest.mark.parametrize("size", [30, 45, 60, 120])
def test_every_lane_has_its_course(size: int) -> None:
    store = DeviceStore()
    store.update([heard(1, -50 - n, at=NOW + n, lane=f"a/{n % 2}") for n in range(20)])
    lines = lane_levels(store.devices["C0:00:00:00:00:01"], {}, now=NOW + 20, size=size, glyphs=UNICODE)
    assert len(lines) == 4
    assert all(width(line) == size for line in lines)
    assert size < 60 or "min -69 mean -60 max -51" in words(lines[3])
