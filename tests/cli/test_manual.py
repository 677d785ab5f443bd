"""The manual page: in step with the commands, whole, and taken by the programs that show it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bletui.cli.commands import SUMMARIES
from bletui.cli.grammar import Grammar, grammar
from bletui.cli.manual import escaped, page

PAGE = Path(__file__).parents[2] / "docs" / "bletui.1"


def test_the_page_is_in_step() -> None:
    assert page() == PAGE.read_text(), "run `make docs`"


def parts() -> dict[str, str]:
    """What stands under the heading of each command and each verb; under "" the console's."""
    console, _, commands = PAGE.read_text().partition(".SH COMMANDS\n")
    found = {"": console}
    for part in re.split(r"(?m)^(?=\.(?:SS|B) bletui )", commands.partition("\n.SH ")[0])[1:]:
        found[part.split("\n", 1)[0].partition("bletui ")[2].replace("\\-", "-")] = part
    return found


def every(here: Grammar) -> Iterator[Grammar]:
    yield here
    for verb in here.verbs.values():
        yield from every(verb)


@pytest.mark.parametrize("name", ["", *SUMMARIES])
def test_every_command_verb_and_option_stands_in_its_own_place(name: str) -> None:
    described = parts()
    for one in every(grammar(name)):
        here = described[one.name]
        for argument in (*one.options, *one.positionals):
            for flag in argument.flags:
                assert flag in ("-h", "--help") or f"\\fB{escaped(flag)}\\fR" in here, (one.name, flag)
            assert escaped(argument.takes) in here, (one.name, argument.takes)
        assert escaped(" ".join(one.about.split())[:30].split("`")[0]) in " ".join(here.split()) or not one.name


def test_nothing_stands_in_it_that_is_no_command() -> None:
    known = {one.name for name in ("", *SUMMARIES) for one in every(grammar(name))}
    assert set(parts()) == known


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
