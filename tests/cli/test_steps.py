"""`bletui steps`: lines checked before the radio is touched, then done over one link."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.cli.script import SIZE_MAX, STEPS_MAX, parse
from bletui.failure import BleError, ErrorKind
from tests.cli.lab import FAST, Do, address

VAULT, UART = address("vault"), address("UART echo")


def test_several_verbs_share_one_link(do: Do, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(
        "# what it is\nread 'Device Name'\n\nwrite 0x23 u32:7  # four bytes\nread 0x23\nwait 0.01\ngatt\npair\n"
    )
    said = do("steps", FAST, VAULT, str(script), "--json")
    steps = [one for one in said.told if one["schema"] == "bletui.step/1"]
    connects = [one for one in said.told if one.get("request") == "connect" and one["state"] == "done"]
    assert said.code == 0
    assert [(one["line"], one["ok"]) for one in steps] == [(n, True) for n in (2, 4, 5, 6, 7, 8)]
    assert [one["value"] for one in said.data if one["schema"] == "bletui.value/1"] == ["7661756c74", "07000000"]
    assert len(connects) == 1


def test_the_first_failure_ends_it(do: Do) -> None:
    said = do("steps", FAST, VAULT, "-", "--json", stdin="read 0x1d\nread 0x03\n")
    assert (said.code, said.out) == (5, "")
    assert said.told[-1]["kind"] == "security.not-authorized"


def test_with_keep_going_the_rest_is_done_and_the_first_failure_is_the_exit_code(do: Do) -> None:
    said = do("steps", FAST, VAULT, "-", "--keep-going", stdin="read 0x1d\nread 0x03\nread 0x99\n")
    assert said.code == 5
    assert said.out == "0x0003 Device Name  76 61 75 6c 74  vault\n"
    assert "line 1, read 0x1d: E0502 security.not-authorized" in said.err
    assert "line 3, read 0x99: E0401 gatt.not-found" in said.err


def test_each_step_has_the_deadline_for_itself(do: Do) -> None:
    lines = "wait 0.4\n" * 3 + "read 0x03\n"
    assert do("steps", FAST, VAULT, "-", "--deadline", "1", stdin=lines).code == 0


def test_a_lost_link_ends_it_whatever_was_said(do: Do) -> None:
    lines = "write 2a3 00\nwait 5\n" + "read 0x03\n" * 3
    said = do("steps", FAST, address("drops at random"), "-", "--keep-going", "--json", stdin=lines)
    steps = [one for one in said.told if one["schema"] == "bletui.step/1"]
    assert [one["line"] for one in steps] == [1, 2]
    assert steps[1]["failure"]["kind"] == "link.lost"
    assert said.code == 1


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "no steps"),
        ("# only a comment\n\n", "no steps"),
        ("raed 2a19", "line 1: 'raed' is no step; did you mean read?"),
        ("read 2a19\nscan", "line 2: 'scan' is no step"),
        ("read", "line 1: bletui read: the following arguments are required"),
        ("read 'x", "line 1: no closing quotation"),
        ("write 0x12 u8:300", "line 1: 300 does not fit"),
        ("notify 2a37 --count 0", "line 1: bletui notify: argument --count"),
        ("notify 2a37 --coutn 1", "did you mean --count?"),
        ("wait x", "line 1: bletui wait"),
        ("pair now", "line 1: bletui pair"),
        ("read --help", "line 1: bletui read"),
        ("read 2a19\n" * (STEPS_MAX + 1), "more than"),
    ],
)
def test_a_line_that_means_nothing_is_named(text: str, hint: str) -> None:
    with pytest.raises(BleError) as refused:
        parse(text)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert hint in refused.value.failure.detail


@given(st.text(max_size=60))
def test_any_text_is_steps_or_refused(text: str) -> None:
    try:
        assert parse(text)
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.REQUEST_INVALID
        assert "\x1b" not in refused.failure.detail


@pytest.mark.parametrize(
    ("content", "hint"),
    [(None, "No such file"), (b"\xff", "no UTF-8"), (b"#" * (SIZE_MAX + 1), "larger than")],
)
def test_a_file_that_is_no_script_is_refused(do: Do, tmp_path: Path, content: bytes | None, hint: str) -> None:
    script = tmp_path / "script"
    if content is not None:
        script.write_bytes(content)
    said = do("steps", FAST, VAULT, str(script))
    assert (said.code, said.out) == (2, "")
    assert hint in " ".join(said.err.split())
