"""The filter language: what parses, what does not and where, and that printing and parsing are inverse."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bletui.failure import ErrorKind
from bletui.filters import Filter, FilterError, parse
from bletui.filters.grammar import DEPTH_MAX, LENGTH_MAX
from bletui.filters.terms import Address, And, Company, Contains, Name, NameLike, New, Not, Or, Rssi, Term, Uuid, Word
from bletui.text import is_clean
from tests.filters.rows import companies, terms


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("", And(())),
        ("   ", And(())),
        ("rssi>=-70", Rssi(">=", -70)),
        ("RSSI < -70", Rssi("<", -70)),
        ("rssi!=-70", Not(Rssi("=", -70))),
        ('name~"therm*"', NameLike("therm*")),
        ('name="Bob\'s TV"', Name("Bob's TV")),
        ('name=""', Name("")),
        ("company=0x004C", Company("0x004C", frozenset((0x4C,)))),
        ("company=76", Company("76", frozenset((0x4C,)))),
        ("company=apple", Company("apple", frozenset((0x4C,)))),
        ("uuid=180f", Uuid("0000180f-0000-1000-8000-00805f9b34fb")),
        ("uuid=0x180F", Uuid("0000180f-0000-1000-8000-00805f9b34fb")),
        ("uuid=6E400001-B5A3-F393-E0A9-E50E24DCCA9E", Uuid("6e400001-b5a3-f393-e0a9-e50e24dcca9e")),
        ("addr=A4:C1:*", Address("A4:C1:*")),
        ("adv contains 0201", Contains(b"\x02\x01")),
        ('adv contains "02 01"', Contains(b"\x02\x01")),
        ("new", New()),
        ('"new"', Word("new")),
        ("rssi", Word("rssi")),
        ("hall tv", And((Word("hall"), Word("tv")))),
        ("a b or c", Or((And((Word("a"), Word("b"))), Word("c")))),
        ("a and (b or not c)", And((Word("a"), Or((Word("b"), Not(Word("c"))))))),
        ("not a b", And((Not(Word("a")), Word("b")))),
        ('"a \\" \\\\ \\x"', Word('a " \\ \\x')),
        ("a\x1bb", Word("a\\x1bb")),
    ],
)
def test_what_is_written_is_what_is_meant(text: str, term: Term) -> None:
    assert parse(text, company_names=companies) == Filter(term)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("rssi>=abc", 6, "expected a number of dBm, found abc"),
        ("rssi>=", 6, "expected a value after >="),
        ("rssi~-70", 4, "expected >= > <= < = != after rssi, found ~"),
        ("name>x", 4, "expected = != ~ after name, found >"),
        ("rss>3", 0, "did you mean rssi?"),
        ("zzz=3", 0, "there are rssi, name, company, uuid, addr, lane"),
        ("new and rss>3", 8, "did you mean rssi?"),
        ("(a", 0, "this ( is never closed"),
        ("a)", 1, "nothing opens this )"),
        ("()", 1, "expected a condition, found )"),
        ("a and", 5, "expected a condition"),
        ("or a", 0, "expected a condition before or"),
        ("company=nobody", 8, "no company is named nobody"),
        ("company=99999", 8, "no company is named 99999"),
        ("adv", 3, "expected contains after adv"),
        ("adv contains 020", 13, "pairs of hex digits"),
        ("uuid=18", 5, "4, 8 or 32 hex digits"),
        ('a "bc', 2, "never closed"),
        ('""', 0, "an empty word"),
        ("addr=" + '""', 5, "found an empty one"),
        ("(" * 100, DEPTH_MAX, "levels of ( and not"),
        ("not " * 100, DEPTH_MAX * 4, "levels of ( and not"),
        ("a" * 1001, LENGTH_MAX, "at most 1000 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, position: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text, company_names=companies)
    assert caught.value.position == position
    assert caught.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert f"character {position + 1}: " in caught.value.failure.detail
    assert words in caught.value.failure.detail


@given(terms)
def test_a_filter_prints_as_it_is_parsed(term: Term) -> None:
    wanted = Filter(term)
    assert parse(str(wanted), company_names=companies) == wanted


pieces = st.sampled_from(
    ["rssi", "name", "adv", "contains", "company", "apple", "uuid", "180f", "addr", "lane", "new", "not", "and", "or",
     "(", ")", ">=", "=", "~", "!=", "!", '"', "-70", "*", " ", "\\", "\x1b[2J", "x"]
)  # fmt: skip


@given(st.text() | st.lists(pieces, max_size=12).map(" ".join) | st.lists(pieces, max_size=12).map("".join))
@example('"')
@example("\\")
def test_any_text_parses_or_fails_with_a_place_inside_it(text: str) -> None:
    try:
        wanted = parse(text, company_names=companies)
    except FilterError as wrong:
        assert 0 <= wrong.position <= len(text)
        assert is_clean(str(wrong))
    else:
        assert is_clean(str(wanted))
        assert parse(str(wanted), company_names=companies) == wanted


def test_the_table_of_companies_is_the_default() -> None:
    assert parse("company=apple") == Filter(Company("apple", frozenset((0x4C,))))
