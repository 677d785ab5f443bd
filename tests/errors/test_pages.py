"""The documentation says what the tables say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bletui.errors.actions import ACTIONS
from bletui.errors.facts import filled
from bletui.errors.guide import guide
from bletui.errors.pages import page, pages, write
from bletui.errors.rows import rows_of
from bletui.kinds import ErrorKind

DOCS = Path(__file__).parents[2] / "docs" / "errors"


def test_the_committed_pages_are_those_of_the_tables() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in DOCS.iterdir()}
    assert written == pages(), "run: make docs"


@pytest.mark.parametrize("kind", ErrorKind)
def test_a_page_holds_everything_that_is_known(kind: ErrorKind) -> None:
    text = page(kind)
    assert kind.code in text
    assert kind.title in text
    assert guide(kind).happened in text
    for cause in guide(kind).why:
        assert cause in text
    for rule in guide(kind).rules:
        assert rule.when in text
        assert all(filled(step.text, {}) in text for step in rule.steps)
    assert text.count("\n| ") == len(rows_of(kind)) + (1 if rows_of(kind) else 0)
    told = "\n".join(line for line in text.splitlines() if not line.startswith("| "))
    assert not re.search(r"\{\w+\}", told), "a field that is not filled in"


def test_writing_twice_changes_nothing_and_removes_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "E9999.md").write_text("stale", encoding="utf-8")
    assert len(write(tmp_path)) == len(ErrorKind) + 2
    assert write(tmp_path) == []
    assert not (tmp_path / "E9999.md").exists()


def test_actions_say_what_must_be_true_around_them() -> None:
    for name, action in ACTIONS.items():
        assert action.name == name
        assert action.before
        assert action.after
        assert len(action.label) <= 24
    used = {
        step.action
        for kind in ErrorKind
        for step in (*guide(kind).remedies, *(step for rule in guide(kind).rules for step in rule.steps))
        if step.action
    }
    assert used <= set(ACTIONS)
    assert set(ACTIONS) - used <= {"explain.open"}, "an action that no remedy names"
