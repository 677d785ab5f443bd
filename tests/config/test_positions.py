"""Places in TOML texts: of every key that tomllib finds, and at the key's own spelling."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.config.positions import Path, positions

TEXT = '''\
a = 1  # a comment with "quotes" and [brackets]
"b.c" . d = """one
[not.a.table]
two"""
when = 1979-05-27 07:32:00
[t]
list = [ "x", # first
  [1, {k = 'v]'}],
]
[[many]]
n = 1
[[many]]
n = 2
[many.below]
'e\\' = \'\'\'it''s\'\'\'
'''


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("a",), (1, 1)),
        (("b.c",), (2, 1)),
        (("b.c", "d"), (2, 9)),
        (("when",), (5, 1)),
        (("t",), (6, 2)),
        (("t", "list", 0), (7, 10)),
        (("t", "list", 1), (8, 3)),
        (("t", "list", 1, 1, "k"), (8, 8)),
        (("many", 0, "n"), (11, 1)),
        (("many", 1), (12, 3)),
        (("many", 1, "n"), (13, 1)),
        (("many", 1, "below", "e\\"), (15, 1)),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_key_is_found_where_it_stands(path: Path, place: tuple[int, int], newline: str) -> None:
    assert positions(TEXT.replace("\n", newline))[path] == place


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Every key and item of what tomllib has read."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from paths(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield (*path, number)
            yield from paths(inner, (*path, number))


def quoted(text: str) -> str:
    escaped = "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{escaped}"'


chars = st.characters(exclude_categories=["Cs"])
keys = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True), st.text(chars, max_size=6).map(quoted))
scalars = st.one_of(
    st.integers(-99, 99).map(str),
    st.booleans().map(lambda flag: str(flag).lower()),
    st.text(chars, max_size=9).map(quoted),
    st.sampled_from(["'it\"s # [x]'", '"""a\n"b" = 1\n"""', "'''[x]\n'y'''", "07:32:00", "1979-05-27 07:32:00", "inf"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda found: "[ " + ",\n # [c\n".join(found) + "]"),
        st.dictionaries(keys, inner, max_size=3).map(
            lambda found: "{" + ", ".join(f"{key} = {value}" for key, value in found.items()) + " }"
        ),
    ),
    max_leaves=8,
)
lines = st.one_of(
    st.tuples(keys, values).map(lambda pair: f"{pair[0]} = {pair[1]} # c = 1"),
    st.tuples(keys, keys, values).map(lambda each: f"  {each[0]} . {each[1]} = {each[2]}"),
    st.lists(keys, min_size=1, max_size=3).map(lambda path: f"[ {'.'.join(path)} ]"),
    st.lists(keys, min_size=1, max_size=2).map(lambda path: f"[[{' . '.join(path)}]]"),
    st.sampled_from(["", "# comment = [", "\t"]),
)


@given(st.lists(lines, max_size=12).map("\n".join))
def test_whatever_tomllib_takes_has_a_place_for_every_key(text: str) -> None:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # a key twice, a table over a value: for texts that are taken alone
    found = positions(text)
    assert set(paths(read)) <= set(found)
    written = text.split("\n")
    for path, place in found.items():
        here = written[place.line - 1][place.column - 1 :]
        name = path[-1]
        if isinstance(name, str) and here[:1] not in "\"'":
            assert here.startswith(name)
