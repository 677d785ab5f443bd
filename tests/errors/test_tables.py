"""Every native failure is on exactly one kind, and nothing that is not in a table is guessed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.errors import classify
from bletui.errors.rows import Row, fold, fold_code, rows, rows_of, sources
from bletui.errors.tables import find
from bletui.kinds import KINDS, RETRIES, ErrorKind
from tests.errors.foreign_rows import Listed, listed, stimulus

LISTED = listed()
VENDOR = listed("vendor_tables.tsv")
# Where we differ from the list, and why: nothing tells that a silent stream was cut.
DIFFERENT = {("httpx", "ReadTimeout/sse"): ErrorKind.NET_TIMEOUT}
WHOLE = [
    row
    for source in sources()
    for row in rows(source)
    if row.by_text and row.message[:1] not in "({" and "{" not in row.message
]


@pytest.mark.parametrize("row", LISTED, ids=[f"{row.source} {row.code} {row.message}"[:80] for row in LISTED])
def test_a_listed_failure_is_its_kind(row: Listed) -> None:
    failure = classify(stimulus(row), backend="plug-in", operation="")
    wanted = DIFFERENT.get((row.source, row.code), KINDS[row.kind])
    assert failure.kind is wanted
    assert failure.retry_class == row.retry


def test_the_list_is_whole() -> None:
    assert len(LISTED) == 769
    assert len(set(LISTED)) == 769
    assert len(VENDOR) == 65


@pytest.mark.parametrize("row", VENDOR, ids=[f"{row.code} {row.message}"[:60] for row in VENDOR])
def test_a_vendors_row_is_on_exactly_one_kind(row: Listed) -> None:
    kinds = {
        one.kind
        for one in rows(row.source)
        if fold_code(one.code) == row.code and fold(one.message) == fold(row.message)
    }
    assert {kind.value for kind in kinds} == {row.kind}
    assert (row.kind == "other.unspecified") == (row.message in ("failure", "Other errors"))


def test_no_kind_that_comes_from_outside_is_without_a_row() -> None:
    own = {ErrorKind.LINK_NOT_OURS, ErrorKind.ACCESS_REFUSED}
    assert {kind for kind in ErrorKind if not rows_of(kind)} == own


@pytest.mark.parametrize("source", sources())
def test_a_table_is_well_formed_and_says_nothing_twice(source: str) -> None:
    for row in rows(source):
        assert row.retry is None or (row.retry in RETRIES and row.retry != row.kind.retry)
        assert row.confidence in ("high", "medium", "low")
        assert row.code
        assert not (row.by_text and not row.message)
    keys = Counter(
        (fold_code(code), fold(row.message) if row.by_text else None)
        for row in rows(source)
        for code in row.code.split("|")
    )
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("row", WHOLE, ids=[f"{row.source} {row.message}"[:60] for row in WHOLE])
def test_words_around_a_message_make_it_another_message(row: Row) -> None:
    source, code, message = row.source, row.code.split("/")[0], row.message
    for other in (f"{message} now", f"not {message}", message[:-2] + "x"):
        found = find(source, code, other)
        assert found is None or not found.by_text or "{" in found.message


@given(st.sampled_from(WHOLE), st.data())
def test_case_blanks_and_a_full_stop_do_not_matter(row: Row, data: st.DataObject) -> None:
    source, code, message = row.source, row.code, row.message
    blanks = st.text(" \t\r\n", min_size=1, max_size=3)
    words = [data.draw(st.sampled_from([word, word.upper(), word.lower(), word.title()])) for word in message.split()]
    spoilt = data.draw(blanks) + data.draw(blanks).join(words) + data.draw(st.sampled_from(["", ".", " "]))
    code, _, when = code.partition("/")
    found = find(source, code, spoilt, (when,) if when else ())
    assert found is not None
    assert found.kind is row.kind


@pytest.mark.parametrize(
    ("source", "code", "message"),
    [
        ("bluez.dbus", "org.bluez.Error.Failed", "something new"),
        ("bluez.dbus", "org.bluez.Error.NotPermitted", "something new"),
        ("bleak", "BleakError", "something new"),
        ("bleak", "ValueError", "something new"),
        ("cassia.sse.connection-state", "something new", ""),
        ("tuya.cloudapi", "10201", ""),
        ("no.such.source", "500", "chip is busy"),
        ("hci", "0x99", ""),
        ("att", "chip is busy", ""),
    ],
)
def test_what_means_several_things_or_nothing_is_not_guessed(source: str, code: str, message: str) -> None:
    assert find(source, code, message) is None


def test_a_number_is_the_same_however_it_is_written() -> None:
    assert find("att", "0x0e") is find("att", "14") is find("att", "0x0E")
    assert find("esphome.gatt", "133") is not find("att", "133")


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(sources()))
def test_lookup_takes_anything(code: str, message: str, source: str) -> None:
    find(source, code, message, (message, code))
