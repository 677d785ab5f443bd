"""The one line and the card: what is on them, in which order, in how many columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui import doctor
from bletui.errors import Context, Native, classify
from bletui.errors.actions import ACTIONS
from bletui.errors.card import card, one_line
from bletui.errors.layout import cells, cut, wrapped
from bletui.errors.rules import WAITING, remedies
from bletui.failure import Failure
from bletui.kinds import RETRIES, ErrorKind
from bletui.text import is_clean
from tests.errors.any_failure import FAILURES

BUSY = classify(
    Native(source="cassia.http", status=500, body=b"chip is busy"),
    backend="cassia",
    operation="connect",
    context=Context(
        radio="office",
        router="CC:1B:E0:E0:F1:E8",
        address="A4:C1:38:0B:7F:2A",
        attempt=2,
        elapsed=0.1,
        evidence={"behind": "D0:CF:13:11:22:99"},
    ),
)


def test_a_whole_card() -> None:
    assert card(BUSY) == [
        "E0601 busy.chip  The Bluetooth chip is already doing a connect, pair or scan",
        "  connect A4:C1:38:0B:7F:2A via office CC:1B:E0:E0:F1:E8, attempt 2, after 0.1 s",
        '  the router said: 500 "chip is busy"',
        "  1. Nothing to fix: it waits behind D0:CF:13:11:22:99 and runs next",
        "  2. Another client works with this radio: see who is connected through it",
        "                                                          [list lanes and links]",
        "  3. Use the other chip or another radio for this device  [list lanes and links]",
        "  retry: by itself when the running call has ended",
    ]


def test_evidence_that_the_viewer_has_changes_the_order() -> None:
    told = card(BUSY, Context(evidence={"in_flight": "0"}))
    assert told[3].startswith("  1. Another client works with this radio")


def test_the_line_names_the_words_that_tell_most() -> None:
    assert (
        one_line(BUSY) == "E0601 busy.chip  The Bluetooth chip is already doing a connect, pair or scan: chip is busy"
    )
    assert one_line(Failure(kind=ErrorKind.REQUEST_INVALID, detail="no host", message="x")).endswith(": no host")
    assert cells(one_line(BUSY, 40)) == 40
    assert one_line(BUSY, 40).endswith("…")


@pytest.mark.parametrize("retry", RETRIES)
def test_the_card_says_whether_waiting_helps(retry: str) -> None:
    assert set(WAITING) == set(RETRIES)
    failure = Failure(kind=ErrorKind.OTHER_UNSPECIFIED, retry=retry)  # type: ignore[arg-type] # one of RETRIES
    assert card(failure)[-1] == f"  retry: {WAITING[retry]}"  # type: ignore[index]


def test_a_time_that_the_far_side_named_is_told() -> None:
    assert card(Failure(kind=ErrorKind.ROUTER_UNAVAILABLE, retry_after=17.0))[-1].startswith("  retry: after 17 s")


def test_what_may_have_happened_and_what_is_done_already_are_told() -> None:
    assert "  It may have happened all the same." in card(Failure(kind=ErrorKind.NET_TIMEOUT, outcome_unknown=True))
    assert "  It is already as you wanted it." in card(Failure(kind=ErrorKind.LINK_STATE_CONFLICT, already_done=True))


@pytest.mark.parametrize("kind", ErrorKind)
@pytest.mark.parametrize("width", [48, 60, 76, 80, 120])
def test_every_card_fits_its_width(kind: ErrorKind, width: int) -> None:
    lines = card(Failure(kind=kind), width=width)
    assert max(map(cells, lines)) <= width
    assert len(card(Failure(kind=kind), width=80)) <= 20, "a card fits a dialogue of 76x20"


@given(FAILURES, st.integers(48, 130))
def test_any_failure_is_shown_visibly_and_within_its_width(failure: Failure, width: int) -> None:
    for line in (*card(failure, width=width), one_line(failure, width)):
        assert is_clean(line)
        assert "\n" not in line
        assert cells(line) <= width


def test_an_escape_sequence_in_an_answer_is_shown_as_one() -> None:
    hostile = Native(source="cassia.http", status=500, body=b"\x1b]52;c;aGk=\x07\xe2\x80\xae chip")
    shown = "\n".join(card(classify(hostile, backend="cassia", operation="scan")))
    assert "\x1b" not in shown
    assert "\\x1b]52" in shown


@given(st.text(alphabet="ab 漢字é", max_size=80), st.integers(12, 60))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    lines = wrapped(text, width, "- ")
    assert all(cells(line) <= width for line in lines)
    assert not text.strip() or "".join("".join(lines).removeprefix("- ").split()) == "".join(text.split())


@given(st.text(alphabet="ab漢é", max_size=40), st.integers(2, 30))
def test_cutting_keeps_the_width(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= width
    assert (cut(text, width) == text) == (cells(text) <= width)


def test_the_doctor_does_not_send_to_the_doctor() -> None:
    denied = Failure(kind=ErrorKind.ADAPTER_DENIED)
    first, second, *_ = remedies(denied)
    assert first.action == doctor.ACTION
    assert doctor.ACTION in ACTIONS
    usual, besides = ("\n".join(card(denied, besides=action)) for action in ("", doctor.ACTION))
    assert f"1. {first.text}" in usual
    assert first.text not in besides
    assert f"1. {second.text}" in besides
