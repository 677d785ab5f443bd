"""`bletui config`, and how every command goes by the file: names, origins, refusals."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bletui.cli.commands import SUMMARIES
from bletui.cli.configured import CHECKS
from bletui.config.file import parse
from bletui.config.settings import SETTINGS
from bletui.decode import names
from tests.cli.conftest import Run
from tests.cli.lab import Do
from tests.program import environment

DEVICE = "C0:DE:1A:B0:00:01"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where `do` looks for the file; own names are the process's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    yield tmp_path
    names.adopt({})


@pytest.fixture
def config(home: Path) -> Path:
    return home / "xdg" / "bletui" / "config.toml"


def put(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def test_init_then_path_then_validate_then_show(do: Do, config: Path) -> None:
    assert do("config", "path").out == f"{config}\n"
    assert "no file there yet" in do("config", "path").err
    assert do("config", "init").code == 0
    assert do("config", "path").err == ""
    assert do("config", "validate").code == 0
    said = do("config", "init")
    assert (said.code, "is there already" in said.err) == (2, True)
    shown = [json.loads(line) for line in do("config", "show", "--json").out.splitlines()]
    assert {value["origin"] for value in shown} == {"default"}


def test_show_names_each_values_origin(do: Do, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(config, 'theme = "ansi"\nlimit = 7\n[profiles.p]\npace = "slow"\n[credentials]\nAC = { env = "HIDDEN" }\n')
    monkeypatch.setenv("BLETUI_ACTIVE", "1")
    monkeypatch.setenv("HIDDEN", "hunter2")
    said = do("config", "show", "--json", "--profile", "p")
    shown = {value["name"]: value for value in map(json.loads, said.out.splitlines())}
    assert "hunter2" not in said.out
    told = {name: (one["value"], one["origin"], one["line"]) for name, one in shown.items()}
    assert told["theme"] == ("ansi", "file", 1)
    assert told["limit"] == (7.0, "file", 2)
    assert told["pace"] == ("slow", "profile", 4)
    assert told["profile"] == ("p", "flag", None)
    assert told["active"] == (True, "environment", None)
    assert shown["active"]["variable"] == "BLETUI_ACTIVE"
    assert told["mouse"] == (True, "default", None)
    assert told["AC"] == ("environment variable HIDDEN", "file", 6)
    lines = do("config", "show", "--profile", "p").out
    assert "profile p, line 4" in lines
    assert "# BLETUI_ACTIVE" in lines


# Of each setting: what the file says, a profile, the environment, the flags; and what each of them comes to.
WISHES: dict[str, tuple[str, str, str, list[str], list[object]]] = {
    "default_targets": ('["sim:"]', '["sim:lab"]', "sim:crowd local:", ["local:hci1"],
                        [["sim:"], ["sim:lab"], ["sim:crowd", "local:"], ["local:hci1"]]),
    "theme": ('"ansi"', '"mono"', "bletui", ["--theme", "colour-blind"], ["ansi", "mono", "bletui", "colour-blind"]),
    "pace": ('"slow"', '"fast"', "auto", ["--slow"], ["slow", "fast", "auto", "slow"]),
    "ascii": ("false", "true", "no", ["--ascii"], [False, True, False, True]),
    "mouse": ("false", "true", "yes", ["--no-mouse"], [False, True, True, False]),
    "active": ("true", "false", "0", ["--active"], [True, False, False, True]),
    "read_only": ("true", "false", "1", ["--read-only"], [True, False, True, True]),
    "filter": ('"new"', '"rssi>=-1"', "rssi>=-2", ["--filter", ""], ["new", "rssi>=-1", "rssi>=-2", ""]),
    "limit": ("1", "2", "3", ["--limit", "4"], [1.0, 2.0, 3.0, 4.0]),
    "deadline": ("1", "2.5", "3", ["--deadline", "4"], [1.0, 2.5, 3.0, 4.0]),
}  # fmt: skip


def test_there_is_a_case_for_every_setting() -> None:
    assert set(WISHES) == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize("name", WISHES)
def test_of_each_setting_the_first_that_speaks_counts_and_is_named(
    name: str, do: Do, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = next(one for one in SETTINGS if one.name == name)
    file, profile, words, flags, values = WISHES[name]

    def shown(*more: str) -> tuple[object, str]:
        said = do("config", "show", "--json", *more)
        (value,) = [one for one in map(json.loads, said.out.splitlines()) if one["name"] == name]
        return value["value"], value["origin"]

    default = list(setting.default) if isinstance(setting.default, tuple) else setting.default
    assert shown() == (default, "default")
    put(config, f"{name} = {file}\n[profiles.p]\n{name} = {profile}\n")
    assert shown() == (values[0], "file")
    assert shown("--profile", "p") == (values[1], "profile")
    monkeypatch.setenv(setting.variable, words)
    assert shown("--profile", "p") == (values[2], "environment")
    assert shown("--profile", "p", *flags) == (values[3], "flag")


def test_validate_prints_all_that_is_wrong_and_its_exit_code_is_the_kinds(do: Do, config: Path) -> None:
    path = put(
        config, 'mouse = 3\n[keymap]\n"scan.filter" = "q"\n"scan.sort" = "ctrl+b"\n[targets.scan]\nurl = "sim:"\n'
    )
    said = do("config", "validate")
    assert said.code == 2
    assert said.out.splitlines() == [
        f"{path}:1:1: error: mouse: expected true or false, found a number",
        f'{path}:3:1: error: keymap."scan.filter": q is Quit (app.quit) there: give one of them another key',
        f'{path}:4:1: warning: keymap."scan.sort"[1]: ctrl+b: the prefix of tmux, which takes it',
        f"{path}:5:10: error: targets.scan: bletui scan is a command: choose another name",
    ]
    first = json.loads(do("config", "validate", "--json").out.splitlines()[0])
    assert (first["schema"], first["line"], first["severity"]) == ("bletui.config-problem/1", 1, "error")


def test_validate_reads_another_file_and_stdin(do: Do, home: Path) -> None:
    other = put(home / "other.toml", "x = ")
    assert do("config", "validate", other).out.startswith(f"{other}:1:5: error: no TOML")
    said = do("config", "validate", "-", stdin="thme = 1\n")
    assert (said.code, said.out) == (2, "stdin:1:1: error: thme: there is no key 'thme' here; did you mean 'theme'?\n")
    assert do("config", "validate", "-", stdin="").code == 0
    assert do("config", "validate", str(home / "none")).code == 2


# Commands that read the file, each with arguments that would otherwise be taken.
READERS = {
    "scan": ("sim:", "--count", "1"), "connect": ("sim:", DEVICE), "disconnect": ("sim:", DEVICE),
    "gatt": ("sim:", DEVICE), "read": ("sim:", DEVICE, "2a19"), "write": ("sim:", DEVICE, "2a19", "00"),
    "notify": ("sim:", DEVICE, "2a19"), "steps": ("sim:", DEVICE, "-"), "pair": ("sim:", DEVICE),
    "unpair": ("sim:", DEVICE), "bonds": ("sim:",), "queue": ("sim:",), "doctor": ("sim:",),
    "bridge": ("run", "sim:", "--router-api", "127.0.0.1:0"), "config": ("show",),
}  # fmt: skip
OTHERS = {"explain": ("E0601",), "backends": (), "completion": ("bash",)}


def test_every_command_reads_the_file_or_needs_none() -> None:
    assert set(SUMMARIES) == set(READERS) | set(OTHERS)


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_wrong_file_stops_every_command_that_reads_it(name: str, do: Do, config: Path) -> None:
    put(config, "\n  thme = 1\n")
    said = do(name, *READERS[name])
    assert (said.code, said.out) == (2, "")
    assert f"{config}:2:3: thme: there is no key 'thme' here; did you mean 'theme'?" in said.err


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_a_wrong_file_stops_nothing_that_needs_none(name: str, do: Do, config: Path) -> None:
    put(config, "thme = 1")
    assert do(name, *OTHERS[name]).code == 0
    assert do("--version").code == 0
    assert do("config", "path").code == 0


def test_the_console_too_refuses_a_wrong_file_before_it_draws(bletui: Run, home: Path) -> None:
    wrong = put(home / "wrong.toml", 'theme = "blue"')
    done = bletui("sim:", "--config", wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{wrong}:1:1: theme" in done.stderr


def test_a_target_is_named_wherever_a_target_is(do: Do, config: Path) -> None:
    put(config, 'default_targets = ["lab"]\n[targets.lab]\nurl = "sim:lab?speed=20"\n')
    value = do("read", "lab", DEVICE, "2a19", "--json")
    assert json.loads(value.out)["lane"] == "lab/hci0"
    assert do("queue", "lab").code == 0
    assert do("doctor", "lab").code == 0
    assert do("scan", "--count", "1").code == 0
    said = do("queue", "lob")
    assert (said.code, "did you mean 'lab'?" in said.err) == (2, True)
    said = do("lob")
    assert (said.code, "did you mean lab?" in said.err) == (2, True)


def test_filters_profiles_and_own_names_are_used(do: Do, config: Path) -> None:
    put(
        config,
        f'[filters]\none = "addr={DEVICE}"\n[names.addresses]\n"{DEVICE}" = "Bench board"\n'
        '[names.uuids]\n2a19 = "Charge"\n[profiles.p]\nfilter = "@one"\n',
    )
    for words in (("--filter", "@one"), ("--profile", "p"), ("--filter", 'name="Bench board"')):
        said = do("scan", "sim:lab?speed=20", "--count", "1", "--json", *words)
        (heard,) = [json.loads(line) for line in said.out.splitlines()]
        assert (heard["address"], heard["name"]) == (DEVICE, "Bench board")
    assert "Charge" in do("read", "sim:lab?speed=20", DEVICE, "charge").out
    said = do("read", "sim:lab?speed=20", "bench BOARD", "charge")
    assert "Charge" in said.out
    assert f"connect Bench board {DEVICE}: connected" in said.err
    said = do("scan", "sim:", "--filter", "@on")
    assert (said.code, "did you mean @one?" in said.err) == (2, True)


def test_names_are_printed_for_shells(do: Do, config: Path) -> None:
    put(config, '[targets]\na = {url = "sim:"}\nb = {url = "local:"}\n[profiles.p]\n')
    assert do("config", "names", "targets").out == "a\nb\n"
    assert do("config", "names", "profiles").out == "p\n"
    assert "scan.filter\n" in do("config", "names", "commands").out


def test_a_file_that_was_asked_for_has_to_be_there(do: Do, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert do("scan", "sim:", "--config", str(home / "none")).code == 2
    monkeypatch.setenv("BLETUI_CONFIG", str(home / "none"))
    assert "no such file; bletui config init" in do("queue", "sim:").err
    monkeypatch.setenv("BLETUI_CONFIG", put(home / "here.toml", '[targets.a]\nurl = "sim:"'))
    assert do("doctor", "a").code == 0


def test_limits_come_from_the_file_unless_the_line_says_otherwise(do: Do, config: Path) -> None:
    put(config, "limit = 0.2\ndeadline = 0.4\n")
    quiet = "AA:BB:CC:DD:EE:FF"
    assert "not heard within 0.2 s" in do("connect", "sim:", quiet).err
    assert "not heard within 0.1 s" in do("connect", "sim:", quiet, "--limit", "0.1").err
    assert "'thermo' was not heard within 0.1 s, and is no address" in do(
        "connect", "sim:", "thermo", "--limit", "0.1"
    ).err.replace("\n ", "")


DOCS = Path(__file__).parents[2] / "docs"


def documented(schema: str) -> set[str]:
    section = (DOCS / "json.md").read_text().partition(f"## {schema}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def test_the_objects_are_those_documented(do: Do, config: Path) -> None:
    put(config, "thme = 1")
    problem = json.loads(do("config", "validate", "--json").out)
    put(config, 'theme = "ansi"')
    (value, *_) = map(json.loads, do("config", "show", "--json").out.splitlines())
    for told in (problem, value):
        assert set(told) - {"schema"} == documented(told["schema"])


def test_the_page_lists_every_setting_and_its_examples_are_taken() -> None:
    page = (DOCS / "config.md").read_text()
    for setting in SETTINGS:
        assert re.search(rf"^\| `{setting.name}` \|.*`{setting.variable}`", page, re.MULTILINE)
    blocks = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 4
    taken = parse("".join(blocks).replace("sha256:…", "sha256:" + "0" * 64), checks=CHECKS)
    assert taken.warnings == ()


def test_a_file_costs_nothing_where_there_is_none(home: Path, config: Path) -> None:
    """`tomllib` is loaded where there is a file, and `textual` not even to check its keys."""
    script = "import sys; from bletui.__main__ import main; main(['config', 'show']); print(*sys.modules)"
    for text, loaded in ((None, False), ('[keymap]\n"scan.pause" = "z"', True)):
        if text is not None:
            put(config, text)
        env = environment(XDG_CONFIG_HOME=str(home / "xdg"), PYTHONPATH=str(DOCS.parent))
        done = subprocess.run(
            [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=60, check=True
        )
        modules = set(done.stdout.splitlines()[-1].split())
        assert ("tomllib" in modules) is loaded
        assert not modules & {"textual", "asyncio", "httpx", "bleak"}


def test_an_own_name_that_two_devices_have_is_no_address(do: Do, config: Path) -> None:
    put(config, f'[names.addresses]\n"{DEVICE}" = "Twin"\n"C0:DE:1A:B0:00:02" = "twin"\n')
    said = do("read", "sim:lab", "TWIN", "2a19")
    assert (said.code, f"'TWIN' is {DEVICE} and C0:DE:1A:B0:00:02" in said.err) == (2, True)
