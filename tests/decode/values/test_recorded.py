"""Every recorded value that has a meaning here means what its source says, or the difference has a reason."""

from __future__ import annotations

import pytest

from bletui.decode.values import meaning, sources
from tests.decode.values.recorded_values import DISAGREED, Row, rows, unsaid

ROWS = rows()


def test_the_rows_name_their_sources_and_permissive_licences() -> None:
    assert len(ROWS) > 700
    assert {row.licence for row in ROWS} <= {
        "MIT", "BSD-3-Clause", "public issue log (facts)", "public repository text (facts)",
    }  # fmt: skip
    assert all(row.source for row in ROWS)
    assert {int(row.number, 16) for row in ROWS} <= sources().keys()


@pytest.mark.parametrize("number", sorted({row.number for row in ROWS}))
def test_agreement(number: str) -> None:
    for row in (row for row in ROWS if row.number == number):
        decoded = meaning(row.uuid, row.value)
        assert decoded is not None
        if isinstance(row.expected, dict) and "invalid" in row.expected:
            assert decoded.problem, row
        elif (row.number, row.value.hex()) not in DISAGREED:
            assert unsaid(row, decoded) == [], (row, decoded.text)


def test_each_listed_disagreement_is_one() -> None:
    known = {(row.number, row.value.hex()): row for row in ROWS}
    for key in DISAGREED:
        row = known[key]
        decoded = meaning(row.uuid, row.value)
        assert decoded is not None
        assert unsaid(row, decoded), key


def test_the_comparison_notices_a_wrong_value() -> None:
    row = Row("2a6e", bytes.fromhex("6408"), 21.49, "", "")
    decoded = meaning(row.uuid, row.value)
    assert decoded is not None
    assert unsaid(row, decoded) == ["=21.49"]
