"""A failure as plain data, as JSON and as RFC 9457 problem details, there and back."""

from __future__ import annotations

import json
from dataclasses import fields

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.errors.problem import MEDIA_TYPE, from_problem, http_status, to_problem
from bletui.failure import BleError, Failure, from_plain, to_plain
from bletui.kinds import RETRIES, SEVERITIES, ErrorKind
from tests.errors.any_failure import FAILURES, TEXT


@given(FAILURES, st.sampled_from(RETRIES))
def test_there_and_back(failure: Failure, retry: str) -> None:
    other = None if retry == failure.kind.retry else retry
    failure = Failure(**{f.name: getattr(failure, f.name) for f in fields(failure)} | {"retry": other})
    assert from_plain(to_plain(failure)) == failure
    assert from_plain(json.loads(json.dumps(to_plain(failure)))) == failure
    assert from_plain(msgpack.unpackb(msgpack.packb(to_plain(failure)))) == failure
    assert from_problem(json.loads(json.dumps(to_problem(failure)))) == failure


def test_the_plain_form_says_what_readers_need() -> None:
    plain = to_plain(Failure(kind=ErrorKind.BUSY_CHIP, source="cassia.http500", code="500", message="chip is busy"))
    assert plain == {
        "kind": "busy.chip",
        "code": "E0601",
        "title": ErrorKind.BUSY_CHIP.title,
        "severity": "info",
        "retry": "queue",
        "exit": 1,
        "native": {"source": "cassia.http500", "code": "500", "message": "chip is busy"},
    }


@pytest.mark.parametrize("kind", ErrorKind)
def test_problem_details_have_the_members_of_rfc_9457(kind: ErrorKind) -> None:
    problem = to_problem(Failure(kind=kind, detail="why"), instance="/gap/nodes")
    assert problem["type"] == f"urn:bletui:error:{kind.value}"
    assert problem["title"] == kind.title
    assert problem["status"] == http_status(kind)
    assert 400 <= problem["status"] <= 599
    assert problem["detail"].endswith("why")
    assert problem["instance"] == "/gap/nodes"
    assert problem["remedies"][0]["text"]
    assert MEDIA_TYPE == "application/problem+json"


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
)


@given(PLAIN)
def test_anything_else_is_refused_in_the_vocabulary(plain: object) -> None:
    with pytest.raises(BleError) as refused:
        from_plain(plain)
    assert refused.value.failure.kind is ErrorKind.DATA_MALFORMED


@given(st.sampled_from([field.name for field in fields(Failure) if field.name not in ("kind", "retry")]), PLAIN)
def test_a_misshapen_field_is_refused_or_is_what_it_says(name: str, value: object) -> None:
    plain = to_plain(Failure(kind=ErrorKind.BUSY_CHIP))
    (plain["native"] if name in plain["native"] else plain)[name] = value
    try:
        failure = from_plain(plain)
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.DATA_MALFORMED
    else:
        json.dumps(to_plain(failure))


def test_a_kind_of_a_newer_bletui_is_kept_as_unexplained() -> None:
    failure = from_plain({"kind": "quantum.tangled", "native": {"source": "x", "message": "words"}})
    assert (failure.kind, failure.message) == (ErrorKind.OTHER_UNSPECIFIED, "words")


def test_the_words_of_the_table_are_the_types() -> None:
    assert {kind.retry for kind in ErrorKind} <= set(RETRIES)
    assert {kind.severity for kind in ErrorKind} <= set(SEVERITIES)


def test_codes_and_names_are_unique_and_groups_have_their_number() -> None:
    assert len({kind.code for kind in ErrorKind}) == len(ErrorKind) == 47
    by_number: dict[str, set[str]] = {}
    for kind in ErrorKind:
        by_number.setdefault(kind.code[:3], set()).add(kind.group)
    # a role is refused as credentials are, and stands beside them
    assert {number for number, groups in by_number.items() if len(groups) > 1} == {"E09", "E19"}
