from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.cli.gattdiff import Node, compare, line, node, saved
from bletui.decode.attributes import attributes
from bletui.failure import BleError, ErrorKind
from tests.cli.lab import FAST, Do, address
from tests.cli.table import TREE, VENDOR

NODES = [node(one) for one in attributes(TREE)]


@given(st.integers(0, len(NODES) - 1), st.integers(0, len(NODES)))
def test_what_was_taken_out_is_found_and_nothing_else_but_what_it_held(start: int, count: int) -> None:
    rest = NODES[:start] + NODES[start + count :]
    assert list(compare(NODES, NODES)) == []
    added = [one.now for one in compare(rest, NODES) if one.change == "added"]
    removed = [one.before for one in compare(NODES, rest) if one.change == "removed"]
    assert len(added) == len(removed) >= len(NODES) - len(rest)


def test_moved_handles_are_changes_and_not_new_attributes() -> None:
    moved = [replace(one, handle=one.handle + 7) for one in NODES]
    assert {one.change for one in compare(NODES, moved)} == {"changed"}


def test_lines_read_as_a_diff() -> None:
    now = [replace(one, properties="W") if one.uuid == VENDOR else one for one in NODES]
    before = [replace(one, properties="rW") if one.uuid == VENDOR else one for one in NODES[:-1]]
    assert [line(one) for one in compare(before, now)] == [
        "~ characteristic 0x04d2 W  6e400002-b5a3-f393-e0a9-e50e24dcca9e  UART RX Characteristic  was 0x04d2 rW",
        "+ characteristic 0x1a41 r  2a29  Manufacturer Name String",
    ]


def test_a_saved_table_equals_itself_and_differs_from_another(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "thermometer.json"
    path.write_text(do("gatt", FAST, address("thermometer"), "--json").out)
    same = do("gatt", FAST, address("thermometer"), "--against", str(path))
    assert (same.code, same.out) == (0, "")
    assert "0 attributes differ" in same.err
    other = do("gatt", FAST, address("heart rate"), "--against", str(path), "--json")
    changes = {one["name"]: one["change"] for one in other.data if one["kind"] == "service"}
    assert other.code == 0
    assert changes["Heart Rate"] == "added"
    assert changes["Environmental Sensing"] == "removed"


def test_a_difference_is_an_exit_code_where_that_is_asked_for(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "thermometer.json"
    path.write_text(do("gatt", FAST, address("thermometer"), "--json").out)
    strict = ("--against", str(path), "--exit-code")
    assert do("gatt", FAST, address("thermometer"), *strict).code == 0
    assert do("gatt", FAST, address("heart rate"), *strict).code == 1
    assert "--exit-code goes with --against" in do("gatt", FAST, address("vault"), "--exit-code").err


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"\xff",
        b"{}",
        b"[1]",
        b"no json",
        b'{"schema":"bletui.attribute/1","kind":"service","handle":0,"uuid":"x","properties":null}',
    ],
)
def test_a_file_that_is_no_table_is_refused_before_the_radio_is_touched(
    do: Do, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "table.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BleError) as refused:
        saved(path)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert do("gatt", FAST, address("vault"), "--against", str(path)).code == 2


def test_a_node_keeps_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(
        f'{{"schema":"bletui.attribute/1","kind":"characteristic","handle":9,"uuid":"{VENDOR}","properties":"rn"}}\n\n'
    )
    assert saved(path) == [Node("characteristic", 9, VENDOR, "rn")]
