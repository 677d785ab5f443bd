"""Filters by name: what `@name` stands for, how deep names may go, and where a mistake in one is shown."""

from __future__ import annotations

import pytest

from bletui.filters import FilterError, parse
from bletui.filters.grammar import DEPTH_MAX, NAMES_MAX

NAMED = {"near": "rssi>=-70", "mine": "new or connectable", "both": "@near and @mine", "bad": "rssi>>1", "loop": "@tie",
         "tie": "@loop"}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("@near", "rssi>=-70"),
        ("not @mine", "not (new or connectable)"),
        ("@near @mine", "rssi>=-70 and (new or connectable)"),
        ("@both or new", "(rssi>=-70 and (new or connectable)) or new"),
        ('"@near"', '"@near"'),
        ('name="@near"', 'name="@near"'),
    ],
)
def test_a_name_stands_for_its_filter_in_brackets(text: str, same: str) -> None:
    assert str(parse(text, named=NAMED)) == str(parse(same))


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("new @nera", 4, "no filter is named @nera; did you mean @near?"),
        ("@", 0, "no filter is named @; there are near, mine"),
        ("new and @bad", 8, "in @bad, character 6: expected a value after >"),
        ("@loop", 0, "in @loop, character 1: in @tie, character 1: @loop comes to itself"),
        ("@near=1", 0, "there is no field @near"),
    ],
)
def test_a_mistake_is_shown_where_the_name_stands(text: str, position: int, problem: str) -> None:
    with pytest.raises(FilterError, match="filter, character") as caught:
        parse(text, named=NAMED)
    assert caught.value.position == position
    assert problem in caught.value.failure.detail


def test_names_of_names_end_somewhere() -> None:
    doubling = {"a0": "new"} | {f"a{n}": f"@a{n - 1} or @a{n - 1}" for n in range(1, 12)}
    with pytest.raises(FilterError, match="too many names"):
        parse("@a11", named=doubling)
    deep = "(" * (DEPTH_MAX - 3) + "new" + ")" * (DEPTH_MAX - 3)
    chain = {"b0": deep} | {f"b{n}": f"(@b{n - 1})" for n in range(1, 9)}
    with pytest.raises(FilterError, match="levels of"):
        parse("@b8", named=chain)
    parse(" ".join(["@near"] * NAMES_MAX), named=NAMED)
    with pytest.raises(FilterError, match="too many names"):
        parse(" ".join(["@near"] * (NAMES_MAX + 1)), named=NAMED)
