from pathlib import Path

import pytest

import bletui.cli
from bletui import __version__
from bletui.__main__ import main
from bletui.cli.commands import SCHEMES, SUMMARIES, top_help
from bletui.failure import ErrorKind
from bletui.installed import names

MODULES = {path.stem for path in Path(bletui.cli.__file__).parent.glob("*.py") if "def add_parser(" in path.read_text()}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def test_every_command_is_in_the_help_and_every_module_is_a_command() -> None:
    assert set(SUMMARIES) == MODULES - {"console"}
    for name, summary in SUMMARIES.items():
        assert f"{name:<24}{summary}" in top_help()


def test_the_schemes_known_at_once_are_those_that_bletui_brings() -> None:
    own = {entry.scheme for entry in names() if entry.distribution == "bletui"}
    assert own == SCHEMES


def test_help_fits_the_narrowest_terminal() -> None:
    lines = top_help().splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) < 60


def test_every_exit_code_of_a_kind_is_explained() -> None:
    codes = top_help().partition("exit codes")[2]
    for code in {kind.exit_code for kind in ErrorKind}:
        assert f" {code} " in codes.replace("\n", " ")


@pytest.mark.parametrize("name", sorted(SUMMARIES))
def test_help_of_each_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"usage: bletui {name}")
    assert said.err == ""


@pytest.mark.parametrize(
    "line",
    [*SUMMARIES, *(f"bridge {verb}" for verb in ("run", "status", "clients", "reload", "stop", "logs", "token"))],
)
def test_help_fits_80_columns_and_says_what_it_does(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*line.split(), "--help"]) == 0
    page = capsys.readouterr().out
    usage, about, *_ = page.split("\n\n")
    assert not about.startswith(("positional arguments", "options")), usage
    assert max(map(len, page.splitlines())) <= 80


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"bletui {__version__}\n"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("scna", "did you mean bletui scan?"),
        ("doctro sim:", "did you mean bletui doctor?"),
        ("192.168.1.20", "neither a command nor a target; did you mean cassia://192.168.1.20 ?"),
        ("scan 192.168.1.20:8080", "did you mean cassia://192.168.1.20:8080 ?"),
        ("local", "did you mean local: ?"),
        ("scan hci1", "did you mean local:hci1 ?"),
        ("doctor https://192.168.1.20", "a router's address begins with cassia+https://"),
        ("read C0:DE:1A:B0:00:01 2a19", "ATTRIBUTE; C0:DE:1A:B0:00:01 is not a target; it is a device's address"),
        ("gatt C0:DE:1A:B0:00:01 sim:lab", "not a target; it is a device's address, and the target"),
        ("sim: scan", "the command comes first: bletui scan"),
        ("simm:", "did you mean sim:"),
        ("scan simm:", "did you mean sim:"),
        ("scan sim:crowd?device=5", "did you mean 'devices'?"),
        ("scan sim: --jsno", "did you mean --json?"),
        ("--slwo", "did you mean --slow?"),
        ("scan sim: --js", "did you mean --json?"),
        ("scan", "TARGET"),
        ("scan sim: --count 0", "counts from 1"),
        ("scan sim: --duration nan", "not a positive number"),
        ("scan sim: --duration x", "--duration: 'x' is not a positive number of seconds"),
        ("scan sim: --count x", "--count: 'x' is not a whole number that counts from 1"),
        ("scan sim: --count 1.5", "--count: '1.5' is not a whole number that counts from 1"),
        ("read sim: AA:BB:CC:DD:EE:FF 2a00 --limit x", "--limit: 'x' is not a positive number of seconds"),
        ("notify sim: AA:BB:CC:DD:EE:FF 2a00 --count 0", "--count: '0' is not a whole number that counts from 1"),
        ("scan sim: --json --table", "not allowed with"),
        ("scan sim: --filter rssi>>", "character 6"),
        ("scan cassia://user:secret@host", "never holds a secret"),
    ],
)
def test_wrong_usage_is_2_and_names_the_nearest(line: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert hint in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("line", ["scan sim: --count x", "scan sim: --json --table", "scan"])
def test_nothing_is_suggested_where_no_word_was_unknown(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    assert "did you mean" not in capsys.readouterr().err


def test_wrong_usage_is_an_object_for_whoever_asked_for_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "simm:", "--json"]) == 2
    assert capsys.readouterr().err.startswith('{"schema":"bletui.failure/1"')


def test_hostile_arguments_are_shown_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["\x1b]52;c;aGk=\x07\u202e"]) == 2
    assert main(["scan", "\x1b[2J:", "--\x1b[2J"]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\\x1b" in said
