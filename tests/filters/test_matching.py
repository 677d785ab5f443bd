"""What a filter answers: True, False, or None where the radio can't tell."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.filters import Filter, parse
from bletui.filters.pattern import matcher
from bletui.filters.terms import And, Not, Or, Term
from tests.filters.rows import Heard, companies, rows, terms

ROW = Heard()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", True),
        ("rssi>=-60", True),
        ("rssi>-60", False),
        ("rssi<=-60", True),
        ("rssi<-60", False),
        ("rssi=-60", True),
        ("rssi!=-60", False),
        ("name=thermo-7f2a", True),
        ("name=thermo", False),
        ("name~THERM*", True),
        ("name~*7f*", True),
        ("name~thermo-????", True),
        ("name~thermo-?", False),
        ('name=""', False),
        ("company=nordic", True),
        ("company=apple", False),
        ("uuid=180f", True),
        ("uuid=180a", False),
        ("addr=a4:c1:*", True),
        ("addr=*:2A", True),
        ("addr=A4:C1", False),
        ("lane=hci0", True),
        ("lane=local:hci0", True),
        ("lane=chip0", True),
        ("lane=hci", False),
        ("adv contains 0f18", True),
        ("adv contains ff", False),
        ("connectable", True),
        ("new", False),
        ("MO-7f", True),
        ("0B:7F", True),
        ("absent", False),
        ("thermo absent", False),
        ("absent or 7f2a", True),
    ],
)
def test_answers(text: str, answer: bool) -> None:
    assert parse(text, company_names=companies).matches(ROW) is answer


@pytest.mark.parametrize(
    ("text", "row", "answer"),
    [
        ("rssi>=-70", replace(ROW, rssi=None), None),
        ("adv contains 0201", replace(ROW, raw=None), None),
        ("connectable", replace(ROW, connectable=None), None),
        ("not connectable", replace(ROW, connectable=None), None),
        ("connectable and new", replace(ROW, connectable=None), False),
        ("connectable or new", replace(ROW, connectable=None), None),
        ("connectable or thermo", replace(ROW, connectable=None), True),
        ("connectable and thermo", replace(ROW, connectable=None), None),
        ("name~*", replace(ROW, name=None), False),
        ('name=""', replace(ROW, name=None), True),
        ("company=nordic", replace(ROW, company=None), False),
        ("thermo", replace(ROW, name=None), False),
    ],
)
def test_what_a_radio_cannot_tell_is_not_guessed(text: str, row: Heard, answer: bool | None) -> None:
    assert parse(text, company_names=companies).matches(row) is answer


def kleene(term: Term, row: Heard) -> bool | None:
    """The definition: and is the least, or the greatest of False < None < True; not turns them round."""
    rank = {False: 0, None: 1, True: 2}
    match term:
        case Not(inner):
            answer = kleene(inner, row)
            return None if answer is None else not answer
        case And(parts):
            return min((kleene(part, row) for part in parts), key=rank.__getitem__)
        case Or(parts):
            return max((kleene(part, row) for part in parts), key=rank.__getitem__)
        case _:
            return Filter(term).matches(row)


@given(terms, rows)
def test_answers_combine_as_kleene_has_it(term: Term, row: Heard) -> None:
    assert Filter(term).matches(row) is kleene(term, row)


texts = st.text(alphabet="ab*?[.\n", max_size=8)


@given(texts, st.text(alphabet="abAB[.\n", max_size=8))
def test_patterns_are_those_of_the_shell_without_brackets(pattern: str, text: str) -> None:
    assert matcher(pattern)(text.casefold()) == fnmatchcase(text.casefold(), pattern.replace("[", "[[]"))


def test_a_pattern_of_many_stars_takes_no_more_than_its_length() -> None:
    assert not matcher("*a" * 400 + "*b")("a" * 2000)
