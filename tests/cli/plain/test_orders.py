"""Any line is an order or a clear refusal; verbs may be cut short as long as they stay one of their kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.cli.plain.deeds import AT_ONCE, DEEDS
from bletui.cli.plain.orders import VERBS, Order, parse, usage, verb_called
from bletui.failure import BleError, ErrorKind
from bletui.text import is_clean

WORDS = st.sampled_from(
    [*VERBS, "1", "#2", "all", "--help", "--lane", "--type", "random", "2a19", "text:x", '"', "'", "\\"]
)
LINES = st.one_of(st.text(), st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=6).map(" ".join))


@given(LINES)
def test_any_line_is_an_order_or_a_refusal(line: str) -> None:
    try:
        order = parse(line)
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.REQUEST_INVALID
        assert refused.failure.detail
        return
    if order is None:
        assert not line.split() or line.split()[0] == "#"
        return
    assert order.verb in VERBS
    assert is_clean(order.text)


@given(st.sampled_from(sorted(VERBS)), st.integers(1, 12))
def test_a_verb_may_be_cut_short(name: str, length: int) -> None:
    meant = [other for other in VERBS if other.startswith(name[:length])]
    if name[:length] in VERBS or len(meant) == 1:
        assert verb_called(name[:length].upper()) == (name[:length] if name[:length] in VERBS else name)
    else:
        with pytest.raises(BleError, match=" or ".join(meant)):
            verb_called(name[:length])


def test_every_verb_is_done_by_something_and_says_how_it_is_typed() -> None:
    assert set(DEEDS) == set(VERBS) - {"quit"}
    assert set(VERBS) >= AT_ONCE
    for name in VERBS:
        assert usage(name).startswith(name)
        assert parse(f"{name} --help") == Order("help", parse(f"help {name}").args, f"{name} --help")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("conect 1", "did you mean connect?"),
        ("connect", "the following arguments are required: DEVICE"),
        ("re 1 2a19", "may be read or retry or resume or reopen or reload"),
        ("write 1 2a19", "VALUE"),
        ("write 1 2a19 zz", "hex"),
        ('read "1', "no closing quotation"),
        ("wait -1", "not a positive number"),
        ("list 0", "counts from 1"),
        ("\x1b[2J", "is no verb"),
    ],
)
def test_what_is_wrong_is_said(line: str, said: str) -> None:
    with pytest.raises(BleError) as refused:
        parse(line)
    assert said in refused.value.failure.detail.casefold() or said in refused.value.failure.detail


def test_an_expression_is_taken_as_it_stands() -> None:
    order = parse('filter name~"therm*" and rssi>=-70')
    assert order is not None
    assert order.args.expression == 'name~"therm*" and rssi>=-70'
    assert parse("# a comment") is None
    assert parse("   ") is None
