"""Evidence changes what comes first: one case for every rule of every guide."""

from __future__ import annotations

from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.errors.actions import ACTIONS
from bletui.errors.facts import EVIDENCE, FIELDS, facts, filled, quoted
from bletui.errors.guide import guide
from bletui.errors.rules import SHOWN_MAX, Rule, ordered, remedies
from bletui.failure import Failure
from bletui.kinds import ErrorKind
from bletui.text import is_clean
from tests.errors.guide import adapters, attributes, calls, devices, links, network, pairing, routers, secure

CASES = (
    *adapters.CASES,
    *links.CASES,
    *attributes.CASES,
    *pairing.CASES,
    *network.CASES,
    *secure.CASES,
    *routers.CASES,
    *devices.CASES,
    *calls.CASES,
)

EVERY_STEP = [
    (kind, step)
    for kind in ErrorKind
    for step in (*guide(kind).remedies, *(step for rule in guide(kind).rules for step in rule.steps))
]


def rule_of(kind: ErrorKind, when: str) -> Rule:
    return next(rule for rule in guide(kind).rules if rule.when == when)


@pytest.mark.parametrize(("kind", "when", "fields"), CASES, ids=[f"{kind.value}: {when}" for kind, when, _ in CASES])
def test_evidence_puts_the_step_that_fits_first(kind: ErrorKind, when: str, fields: dict[str, Any]) -> None:
    rule = rule_of(kind, when)
    without = ordered(guide(kind), facts(Failure(kind=kind)))
    with_evidence = ordered(guide(kind), facts(Failure(kind=kind, **fields)))
    assert with_evidence[0].text == rule.remedy.text
    assert with_evidence[0].text != without[0].text
    assert [step.text for step in without] == [step.text for step in guide(kind).remedies]


@pytest.mark.parametrize(
    ("kind", "when", "fields"), [case for case in CASES if rule_of(*case[:2]).instead], ids=lambda case: str(case)[:60]
)
def test_a_rule_that_knows_better_leaves_the_kinds_own_steps_out(
    kind: ErrorKind, when: str, fields: dict[str, Any]
) -> None:
    told = [step.text for step in ordered(guide(kind), facts(Failure(kind=kind, **fields)))]
    assert told == [step.text for step in rule_of(kind, when).steps]
    assert not set(told) & {step.text for step in guide(kind).remedies}


def test_every_rule_has_its_case() -> None:
    rules = {(kind, rule.when) for kind in ErrorKind for rule in guide(kind).rules}
    assert rules == {(kind, when) for kind, when, _ in CASES}
    assert len(CASES) == len(rules)


def test_evidence_has_only_names_that_are_explained() -> None:
    used = {name for _, _, fields in CASES for name, _ in fields["evidence"]}
    assert used <= set(EVIDENCE)
    assert set(FIELDS) - set(EVIDENCE) == {"address", "device", "handle", "router", "uuid", "waited"}, "of the failure"


def test_no_two_kinds_begin_with_the_same_step() -> None:
    first = [guide(kind).remedies[0].text for kind in ErrorKind]
    assert len(set(first)) == len(first)


@pytest.mark.parametrize("kind", ErrorKind)
def test_a_guide_says_what_why_and_three_steps(kind: ErrorKind) -> None:
    told = guide(kind)
    assert told.kind is kind
    assert told.happened.endswith(".")
    assert told.why
    assert len(told.remedies) >= 3
    assert len({step.text for step in told.remedies}) == len(told.remedies)


@pytest.mark.parametrize(("kind", "step"), EVERY_STEP)
def test_a_step_names_known_fields_and_actions_only(kind: ErrorKind, step: Any) -> None:
    assert {name for _, name, *_ in Formatter().parse(step.text + step.command) if name is not None} <= set(FIELDS)
    assert not step.action or step.action in ACTIONS
    assert not (step.action and step.command), "a key or a command, not both"
    assert not step.text.endswith(".")


def test_fields_are_filled_from_the_failure_and_its_evidence() -> None:
    failure = Failure(
        kind=ErrorKind.SECURITY_KEY_MISSING,
        router="CC:1B:E0:E0:F1:E8",
        address="A4:C1:38:0B:7F:2A",
        evidence=(("host", "10.0.0.7"),),
    )
    first = remedies(failure)[0]
    assert first.command == "curl -X DELETE http://10.0.0.7/management/nodes/A4:C1:38:0B:7F:2A/bond"
    assert "A4:C1:38:0B:7F:2A" in remedies(failure)[1].text


def test_at_most_five_steps_and_each_once() -> None:
    failure = Failure(
        kind=ErrorKind.BUSY_CAPACITY,
        message="no resources",
        operation="pair",
        retry_after=3.0,
        evidence=(("slots_used", "9"),),
    )
    steps = remedies(failure)
    assert len(steps) == SHOWN_MAX
    assert len({step.text for step in steps}) == SHOWN_MAX


@given(st.text(max_size=200))
def test_hostile_evidence_stays_one_visible_word_of_a_command(value: str) -> None:
    failure = Failure(kind=ErrorKind.SECURITY_KEY_MISSING, address=value or None, router="r", message=value)
    for step in remedies(failure):
        assert is_clean(step.text)
        assert is_clean(step.command)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=60))
def test_a_quoted_word_is_one_word_to_a_shell(word: str) -> None:
    import shlex

    assert shlex.split(quoted(word)) == [word]


def test_an_unknown_field_reads_as_words() -> None:
    assert filled("Pair {device}", {}) == "Pair the device"
