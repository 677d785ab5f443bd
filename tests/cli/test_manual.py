"""The manual page: in step with the commands, whole, and taken by the programs that show it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bletui.cli.commands import SUMMARIES
from bletui.cli.grammar import grammar
from bletui.cli.manual import escaped, page

PAGE = Path(__file__).parents[2] / "docs" / "bletui.1"


def test_the_page_is_in_step() -> None:
    assert page() == PAGE.read_text(), "run `make docs`"


@pytest.mark.parametrize("name", ["", *SUMMARIES])
def test_every_command_and_option_stands_in_it(name: str) -> None:
    kept = PAGE.read_text()
    assert f".SS bletui {name}\n" in kept or not name
    here = grammar(name)
    for option in (option for one in (here, *here.verbs.values()) for option in one.options):
        for flag in option.flags:
            assert flag in ("-h", "--help") or f"\\fB{escaped(flag)}\\fR" in kept


@pytest.mark.parametrize(
    ("text", "troff"),
    [(".TH", "\\&.TH"), ("a\\b", "a\\eb"), ("-x", "\\-x"), ("'x", "\\(aqx"), ("…", "\\[u2026]"), ("`", "\\(ga")],
)
def test_nothing_in_the_text_acts_as_a_request(text: str, troff: str) -> None:
    assert escaped(text) == troff


@pytest.mark.parametrize(
    "check",
    [["groff", "-man", "-Tutf8", "-ww", "-z"], ["mandoc", "-T", "lint", "-W", "error"], ["man", "--warnings=w", "-l"]],
    ids=lambda check: str(check[0]),
)
def test_it_is_taken_without_a_warning(check: list[str]) -> None:
    if shutil.which(check[0]) is None:
        pytest.skip(f"no {check[0]} here")
    done = subprocess.run([*check, str(PAGE)], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    if check[0] == "man":
        assert "--filter EXPR" in re.sub(".\b", "", done.stdout)
