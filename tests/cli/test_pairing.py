"""`bletui pair`, `unpair` and `bonds` at the simulated lab, and each question as a person sees it."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.lab import PASSKEY
from bletui.cli.answering import question
from bletui.model import Peer, Prompt, PromptWhat
from tests.cli.lab import FAST, Do, address

TYPED = address(f"passkey {PASSKEY}")


def test_just_works_needs_no_answer(do: Do) -> None:
    said = do("pair", FAST, address("vault"), "--json")
    assert said.code == 0
    assert [one["paired"] for one in said.data] == [True]
    assert "bletui.prompt/1" not in said.err


def test_a_passkey_comes_from_the_option_or_from_stdin(do: Do) -> None:
    option = do("pair", FAST, TYPED, "--passkey", PASSKEY)
    line = do("pair", FAST, TYPED, stdin=f"{PASSKEY}\n")
    assert (option.code, line.code) == (0, 0)
    assert "which passkey does the device show?" in line.err


def test_a_wrong_passkey_fails_with_its_kind(do: Do) -> None:
    said = do("pair", FAST, TYPED, "--passkey", "000000", "--json")
    assert (said.code, said.told[-1]["kind"]) == (5, "security.pairing-failed")


def test_with_nobody_to_answer_it_is_refused_and_said(do: Do) -> None:
    said = do("pair", FAST, TYPED, "--json")
    prompts = [one for one in said.told if one["schema"] == "bletui.prompt/1"]
    assert said.code == 5
    assert [one["refused"] for one in prompts] == [False, True]
    assert said.told[-1]["detail"] == "nobody answers here (--passkey, or a line on stdin)"


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 5), ("", 5)])
def test_numbers_are_compared_by_a_yes(do: Do, answer: str, code: int) -> None:
    said = do("pair", FAST, address("compares"), stdin=answer)
    assert said.code == code
    assert "does the device show " in said.err


def test_a_passkey_to_be_typed_at_the_device_is_shown_and_waited_for(do: Do) -> None:
    said = do("pair", FAST, address("types a passkey"), "--json")
    (prompt,) = (one for one in said.told if one["schema"] == "bletui.prompt/1")
    assert said.code == 0
    assert prompt["what"] == "show-passkey"
    assert len(prompt["display"]) == 6


def test_a_refusing_device_and_a_stale_bond_end_with_their_kinds(do: Do) -> None:
    refusing = do("pair", FAST, address("refuses to pair"), "--json")
    assert (refusing.code, refusing.told[-1]["kind"]) == (5, "security.pairing-failed")
    stale = do("pair", FAST, address("stale bond"), "--json")
    assert stale.code == 5
    assert stale.told[-1]["kind"] == "security.key-missing"


def test_bonds_are_listed_and_removed(do: Do) -> None:
    said = do("bonds", FAST, "--json")
    assert said.code == 0
    assert all(one["schema"] == "bletui.bond/1" for one in said.data)
    removed = do("unpair", FAST, address("stale bond"), "--lane", "hci0", "--json")
    assert removed.code == 0
    assert [one["paired"] for one in removed.data] == [False]


def test_no_bonds_are_said(do: Do) -> None:
    said = do("bonds", "sim:")
    assert (said.code, said.out) == (0, "")
    assert said.err.endswith("there are no bonds\n")


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        ("enter-passkey", "which passkey does the device show?"),
        ("show-passkey", "type 123456\\x1b at the device"),
        ("compare", "does the device show 123456\\x1b? [y/N]"),
        ("confirm", "pair with it? [y/N]"),
        ("oob-sc", "out-of-band"),
    ],
)
def test_each_question_in_words(what: PromptWhat, asked: str) -> None:
    said = question(Prompt(1.0, 1, Peer("x", "A"), what, 31.0, None, "123456\x1b"))
    assert said.startswith("A (30 s): ")
    assert asked in said
