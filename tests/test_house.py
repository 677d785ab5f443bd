"""How the project's files are kept."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("bletui", "tests", "benchmarks", "plugins")
TEXTS = {
    str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
    for folder in FOLDERS
    for file in (ROOT / folder).rglob("*.py")
}
LINES_MAX = 400


def test_no_file_is_long() -> None:
    assert {name: lines for name, text in TEXTS.items() if (lines := text.count("\n")) > LINES_MAX} == {}


def test_what_several_tests_need_stands_in_a_module_that_is_named_for_it() -> None:
    taken = re.compile(r"^\s*(?:from|import) (tests\.(?:\w+\.)*test_\w+)", re.MULTILINE)
    assert {name: found for name, text in TEXTS.items() if (found := taken.findall(text))} == {}
