"""The log's filter: what parses, what does not and where, what it matches."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.connections import verb
from bletui.filters import FilterError
from bletui.filters.logged import SORTS, VERBS, parse_log
from bletui.filters.logterms import Device, Kind, Level, LogFilter, Says, When, moment
from bletui.filters.terms import And, Not, OnLane, Or, Term
from bletui.log import about
from bletui.text import is_clean
from bletui.wire.records import REQUESTS

NOW = time.mktime((2026, 11, 22, 14, 5, 30, 0, 0, -1))


@dataclass(frozen=True, slots=True)
class Told:
    """A `LogRow`."""

    at: float = NOW - 60
    severity: str = "warning"
    kinds: tuple[str, ...] = ("operation", "connect", "failure", "link.connect-timeout", "e0203")
    device_words: tuple[str, ...] = ("a4:c1:38:0b:7f:2a", "thermo-7f2a")
    lane_words: tuple[str, ...] = ("office", "office/0", "chip0")
    words: str = "14:04:30.0 office connect A4:C1:38:0B:7F:2A on 0 failed: E0203 link.connect-timeout"


def parsed(text: str, marked: float | None = None) -> LogFilter:
    return parse_log(text, now=NOW, marked=marked)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("", And(())),
        ("timeout", Says("timeout")),
        ('"on 0"', Says("on 0")),
        ("new adv", And((Says("new"), Says("adv")))),
        ("kind=LINK.*", Kind("link.*")),
        ("kind!=notification", Not(Kind("notification"))),
        ("kind=E0203 or kind=read", Or((Kind("e0203"), Kind("read")))),
        ("device=A4:C1:*", Device("A4:C1:*")),
        ("lane=hci0", OnLane("hci0")),
        ("since=10m", When("since", "10m", NOW - 600)),
        ("since=1.5h", When("since", "1.5h", NOW - 5400)),
        ("until=14:05", When("until", "14:05", NOW - 30)),
        ("since=14:05:20", When("since", "14:05:20", NOW - 10)),
        ("since=14:06", When("since", "14:06", NOW + 30 - 86_400)),  # of yesterday
        ("level>=Warning", Level(">=", "warning")),
        ("not (level=info)", Not(Level("=", "info"))),
    ],
)
def test_what_is_written_is_what_is_meant(text: str, term: Term) -> None:
    assert parsed(text) == LogFilter(term)


def test_since_the_newest_mark() -> None:
    assert parsed("since=mark", marked=12.5) == LogFilter(When("since", "mark", 12.5))
    with pytest.raises(FilterError, match="nothing is marked yet"):
        parsed("since=mark")


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("kind=lnik", 5, "did you mean link?"),
        ("kind=zzzzzz", 5, "there are lane, stream, link"),
        ("knid=link", 0, "did you mean kind?"),
        ("rssi>=-70", 0, "there are kind, device, lane, since, until, level"),
        ("since=soon", 6, "expected a time as in 10m, 90s, 14:05 or mark, found soon"),
        ("since=25:00", 6, "expected a time"),
        ("since=-5m", 6, "expected a time"),
        ("since>10m", 5, "expected = after since, found >"),
        ("a level>=bad", 9, "expected info, warning, error, found bad"),
        ("kind=", 5, "expected a value after ="),
        ('device=""', 7, "found an empty one"),
        ("(a", 0, "this ( is never closed"),
        ("@mine", 0, "no filter is named @mine"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, position: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parsed(text)
    assert caught.value.position == position
    assert words in caught.value.failure.detail


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("TIMEOUT connect", True),
        ("connect pair", False),
        ("kind=link.* device=thermo*", True),
        ("kind=link", False),  # a failure of that family, but no line of a link
        ("kind=e02??", True),
        ("device=a4:c1:38:0b:7f:2a", True),
        ("device=A4", False),
        ("lane=chip0 lane=office lane=0", True),
        ("lane=1", False),
        ("since=2m", True),
        ("since=30s", False),
        ("until=14:05 not until=14:04", True),
        ("level>=warning", True),
        ("level>warning", False),
        ("level!=info", True),
    ],
)
def test_what_matches(text: str, fits: bool) -> None:
    assert parsed(text).matches(Told()) is fits


words = st.text(min_size=1, max_size=6).map(lambda text: "".join(char for char in text if char.isprintable())).filter(
    bool
)  # fmt: skip
simple: st.SearchStrategy[Term] = st.one_of(
    st.builds(Says, words.filter(is_clean) | st.sampled_from(["new", "and", "kind", '"', "@x"])),
    st.builds(Kind, st.sampled_from([*SORTS, *VERBS, "link.*", "e0???", "busy.chip"])),
    st.builds(Device, st.sampled_from(["A4:*", "thermo*"])),
    st.builds(Level, st.sampled_from([">=", "<", "="]), st.sampled_from(["info", "warning", "error"])),
    st.sampled_from(["10m", "2h", "0.5d", "12:00", "mark"]).map(
        lambda text: When("since", text, moment(text, NOW, 7.0) or 0.0)
    ),
)
terms: st.SearchStrategy[Term] = st.recursive(
    simple,
    lambda inner: st.builds(Not, inner) | st.lists(inner, min_size=2, max_size=3).map(tuple).map(And),
    max_leaves=5,
)


@given(terms)
def test_a_filter_prints_as_it_is_parsed(term: Term) -> None:
    wanted = LogFilter(term)
    assert parsed(str(wanted), marked=7.0) == wanted


pieces = st.sampled_from(
    [
        "kind",
        "link.*",
        "device",
        "since",
        "10m",
        "14:05",
        "level",
        "not",
        "(",
        ")",
        "=",
        ">=",
        '"',
        "@",
        "*",
        " ",
        "\x1b",
    ]
)


@given(st.text() | st.lists(pieces, max_size=10).map("".join), st.floats(0, 4e9))
def test_any_text_parses_or_fails_with_a_place_inside_it(text: str, now: float) -> None:
    try:
        wanted = parse_log(text, now=now)
    except FilterError as wrong:
        assert 0 <= wrong.position <= len(text)
        assert is_clean(str(wrong))
    else:
        assert is_clean(str(wanted))
        wanted.matches(Told())


def test_every_verb_and_every_sort_of_line_can_be_named() -> None:
    assert {verb(object.__new__(kind)) for kind in REQUESTS.values()} == set(VERBS)
    assert set(about.SORTS.values()) | {"failure"} == set(SORTS)
