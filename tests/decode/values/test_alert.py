"""Rules of an alert, and what they say of values: values in, words out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.decode.lenses import Lens, written
from bletui.decode.values.alert import Alarm, Rule, Watch, parse, words
from bletui.failure import BleError

VENDOR = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
TWO = written("level: u8 %; rest: i8")


@pytest.mark.parametrize(
    ("text", "rule", "said"),
    [
        ("change", Rule("change", change=True), "alerts when any byte changes"),
        ("<20", Rule("<20", low=20.0), "alerts when level is under 20"),
        (" > -3.5 ", Rule("> -3.5", high=-3.5), "alerts when level is over -3.5"),
        ("20..30", Rule("20..30", low=20.0, high=30.0), "alerts when level is outside of 20 to 30"),
        ("rest>3", Rule("rest>3", "rest", high=3.0), "alerts when rest is over 3"),
        (
            "value 1 -2..2",
            Rule("value 1 -2..2", "value 1", low=-2.0, high=2.0),
            "alerts when value 1 is outside of -2 to 2",
        ),
        ("rest change", Rule("rest change", "rest", change=True), "alerts when rest changes"),
        ("", None, "no alert"),
    ],
)
def test_rules(text: str, rule: Rule | None, said: str) -> None:
    assert parse(text) == rule
    assert words(parse(text), "level") == said


@pytest.mark.parametrize("text", ["x", "30..20", "<", "20..", "=5", "<nan", "exchange", "1020..30x", "x" * 300 + ">3"])
def test_what_is_no_rule(text: str) -> None:
    with pytest.raises(BleError):
        parse(text)


@given(st.text(max_size=40))
def test_any_text_is_a_rule_or_is_refused(text: str) -> None:
    try:
        rule = parse(text)
    except BleError as refused:
        assert refused.failure.detail
    else:
        assert rule is None or rule.change or rule.low is not None or rule.high is not None


def alerts(rule: str, *values: bytes, lens: Lens | None = TWO) -> tuple[list[str], int]:
    """Why each value stands as an alert, and how many began."""
    made = parse(rule)
    assert made is not None
    alarm = Alarm(Watch(made, VENDOR, lens))
    before, stood = None, []
    for value in values:
        alarm.take(before, value)
        before = value
        stood.append(alarm.why)
    return stood, alarm.began


def bytes_of(*levels: int) -> list[bytes]:
    return [bytes([level, 0]) for level in levels]


def test_a_value_out_of_bounds_rings_once_until_it_was_back() -> None:
    stood, began = alerts("20..30", *bytes_of(25, 31, 35, 30, 19))
    assert [bool(why) for why in stood] == [False, True, True, False, True]
    assert stood[1] == "level 31 is outside of 20 to 30"
    assert began == 2
    assert alerts(">30", *bytes_of(31))[1] == 1


def test_every_change_rings_and_the_first_value_is_none() -> None:
    stood, began = alerts("change", *bytes_of(1, 1, 2, 3, 3))
    assert stood == ["", "", "changed", "changed", ""]
    assert began == 2


def test_a_field_that_is_named_is_watched_and_no_other() -> None:
    assert alerts("REST<0", b"\x01\x02", b"\x01\xff")[0] == ["", "rest -1 is under 0"]
    assert alerts("rest change", b"\x01\x02", b"\x05\x02", b"\x05\x03")[0] == ["", "", "rest is 3, was 2"]
    assert alerts("rest change", b"\x01", b"\x05\x02")[0] == ["", ""]  # there was none before


def test_a_field_that_there_is_not_is_refused_where_a_value_is_at_hand() -> None:
    rule = parse("temperature>3")
    assert rule is not None
    watch = Watch(rule, VENDOR, TWO)
    with pytest.raises(BleError, match="it has level, rest"):
        watch.number(b"\x01\x02")
    assert watch.number(b"") is None
    assert watch.strikes(None, b"\x01\x02") == ""


@given(st.lists(st.binary(max_size=24), max_size=20), st.sampled_from(["change", "<3", "level 1..2", "rest change"]))
def test_any_values_begin_no_more_alerts_than_they_are(values: list[bytes], rule: str) -> None:
    for lens in (TWO, None):
        stood, began = alerts(rule, *values, lens=lens)
        assert 0 <= began <= sum(map(bool, stood)) <= len(values)


@pytest.mark.parametrize(
    ("rule", "picked", "named"),
    [
        ("<3", 1, "rest <3"),
        ("<3", 0, "<3"),
        ("level<3", 1, "level<3"),
        ("change", 1, "change"),
        ("1..2", 1, "rest 1..2"),
    ],
)
def test_a_rule_is_the_same_where_nothing_is_picked(rule: str, picked: int, named: str) -> None:
    made = parse(rule)
    assert made is not None
    said = Watch(made, VENDOR, TWO, picked).named(b"\x01\x02")
    assert said == named
    again = parse(said)
    assert again is not None
    for value in (b"\x01\x02", b"\x05\x06", b"\x01\x01"):
        assert Watch(again, VENDOR, TWO).strikes(b"\0\0", value) == Watch(made, VENDOR, TWO, picked).strikes(
            b"\0\0", value
        )
