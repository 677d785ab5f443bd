"""`bletui explain`: ten inputs and what they print, offline, in 80 columns, without heavy imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from bletui.__main__ import main
from bletui.errors.layout import cells
from bletui.kinds import ErrorKind

ASKED = [
    "E0601", "busy.chip", "chip is busy", "tuya:50502", "0x3E", "att:0x0e", "hci:0x3e", "1004",
    "org.bluez.Error.Failed", 'cassia:"device not scan"',
]  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_it_explains_in_eighty_columns(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", what]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert max(map(cells, out.splitlines())) <= 80
    assert "\x1b" not in out


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_is_explained_by_code_and_by_name(kind: ErrorKind, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", kind.code]) == 0
    by_code = capsys.readouterr().out
    assert main(["explain", kind.value]) == 0
    assert capsys.readouterr().out == by_code
    assert max(map(cells, by_code.splitlines())) <= 80
    for heading in ("What happened", "Why, probably", "What to try", "Does waiting help?"):
        assert heading in by_code


def test_a_native_row_stands_above_its_kind(capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "att:0x0e"])
    out = capsys.readouterr().out
    assert 'Seen as  att 0x0E "Unlikely Error"' in out
    assert "in the circumstance `dropped`: E0205 link.lost" in out


def test_several_meanings_are_candidates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "1004"]) == 0
    out = capsys.readouterr().out
    assert "several things" in out
    assert "provision.failed" in out
    assert "data.integrity" in out


def test_a_typo_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "busy.chop"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "busy.chip" in err


def test_hostile_words_come_back_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "\x1b]52;c;x\x07\u202e"]) == 2
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "\u202e" not in err


def test_unquoted_words_are_one_message_and_several_codes_are_several(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "chip", "is", "busy"]) == 0
    assert capsys.readouterr().out.startswith("E0601 busy.chip")
    assert main(["explain", "E0601", "E0801"]) == 0
    out = capsys.readouterr().out
    assert "E0601 busy.chip" in out
    assert "E0801 tls.validity" in out


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--json", "1004", "att:0x0e"]) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["schema"] for one in objects} == {"bletui.explanation/1"}
    assert [one["native"]["source"] for one in objects] == ["tuya.appsdk", "tuya.cloudapi", "att"]
    assert objects[2]["retry"] == "now"
    assert len(objects[2]["remedies"]) >= 3


@pytest.mark.parametrize("words", [["GATT ERROR 133"], ["GATT", "ERROR", "133"], ["status=133", "--json"]])
def test_a_number_among_words_is_explained(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *words]) == 0
    assert "link.connect-failed" in capsys.readouterr().out


def test_list_names_every_kind_or_one_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--list"]) == 0
    out = capsys.readouterr().out
    assert all(kind.code in out for kind in ErrorKind)
    assert main(["explain", "--list", "--group", "tls", "--json"]) == 0
    codes = [json.loads(line)["code"] for line in capsys.readouterr().out.splitlines()]
    assert codes == ["E0801", "E0802", "E0803", "E0804"]
    assert main(["explain", "--list", "--group", "no"]) == 2


def test_all_shows_every_native_form(capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "busy.chip"])
    short = capsys.readouterr().out
    main(["explain", "--all", "busy.chip"])
    assert capsys.readouterr().out.count("bluez.") > short.count("bluez.") - 1
    assert "more: bletui explain --all busy.chip" in short


def test_a_log_is_searched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(b"ok\n\xff\xfe [org.bluez.Error.Failed] le-connection-abort-by-local\n[Errno 111] Connect\n")
    assert main(["explain", "--from", str(log)]) == 0
    out = capsys.readouterr().out
    assert "E0203 link.connect-failed" in out
    assert "E0702 net.refused" in out
    assert main(["explain", "--from", str(log), "--json"]) == 0
    lines = [json.loads(line)["line"] for line in capsys.readouterr().out.splitlines()]
    assert lines == [2, 3]
    assert main(["explain", "--from", str(tmp_path / "none")]) == 2


def test_colour_is_for_who_asks(capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "--color", "always", "E0601"])
    assert "\x1b[1mWhat to try\x1b[0m" in capsys.readouterr().out


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from bletui.__main__ import main; main(['explain', 'chip is busy']);"
        "print(*sys.modules, file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    roots = {name.partition(".")[0] for name in ran.stderr.split()}
    assert not roots & {"httpx", "httpcore", "bleak", "dbus_fast", "textual", "rich", "asyncio", "ssl", "dataclasses"}
    assert not roots & {"typing", "inspect", "json", "csv", "pathlib", "shutil", "msgpack"}


def test_steps_that_replace_the_others_stand_under_their_condition(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "op.unsupported"]) == 0
    told = capsys.readouterr().out.partition("a package is missing:")[2]
    assert "$ pip install PACKAGE" in told
    assert "Do without it: everything else works as it is" in told
    assert main(["explain", "op.unsupported", "--json"]) == 0
    (case,) = [
        one for one in json.loads(capsys.readouterr().out)["first_when"] if one["when"] == "a package is missing"
    ]
    assert case["command"] == "pip install {package}"
    assert [step["text"] for step in case["instead"]][-1] == "Do without it: everything else works as it is"


def test_lines_of_any_length_are_read_in_little_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    with log.open("w") as file:
        file.write("E0601 " + "x" * 8_000_000 + " E0501\nE0702\n")
    assert main(["explain", "--from", str(log), "--json"]) == 0  # what is loaded once is not counted
    capsys.readouterr()
    tracemalloc.start()
    try:
        assert main(["explain", "--from", str(log), "--json"]) == 0
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["line"], one["code"]) for one in found] == [(1, "E0601"), (2, "E0702")]
    assert peak < 1_000_000
