"""Completion: what may come next, as a value; then in the shells themselves."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest

from bletui.cli import commands
from bletui.cli.commands import SUMMARIES
from bletui.cli.completing import FILES, SCHEMES, words
from bletui.cli.grammar import grammar
from tests.cli.lab import Do
from tests.program import environment

CONFIG = """
[targets.site-a]
url = "sim:lab"
[targets.site-b]
url = "sim:"
[filters]
near = "rssi>=-70"
newer = "new"
[names.addresses]
"C0:DE:1A:B0:00:01" = "Door 4"
[profiles.bench]
"""


STRUCTS = """
[structs.door]
layout = "fault: bits8; level: u8 %"
[structs.dough]
layout = "u16 /10 °C"
"""


def names(kind: str, config: str | None) -> Mapping[str, str]:
    known = {"targets": {"site-a": "sim:lab", "site-b": "sim:"}, "filters": {"near": "", "newer": ""}}
    known["structs"] = {"door": "fault, level", "dough": ""}
    known["addresses"] = {"C0:DE:1A:B0:00:01": "Door 4"}
    known["schemes"] = {"acme:": "bletui-acme 1.2"}
    if config == "other.toml" and kind == "targets":
        return {"other": "sim:"}
    return known.get(kind, {"bench": ""})


def after(line: str) -> list[str]:
    return [word.word for word in words(line, grammar, names)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("bletui sc", ["scan"]),
        ("bletui site", ["site-a", "site-b"]),
        ("bletui scan site", ["site-a", "site-b"]),
        ("bletui scan sim:", ["sim:", "sim:lab"]),
        ("bletui doctor ac", ["acme:"]),
        ("bletui scan site-a site-b si", ["site-a", "site-b", "sim:", "sim:lab"]),
        ("bletui scan --config other.toml o", ["other"]),
        ("bletui scan --duration 3 o", []),
        ("bletui scan --duration ", []),
        ("bletui scan --fil", ["--filter"]),
        ("bletui scan --filter @ne", ["@near", "@newer"]),
        ("bletui scan --filter=@nea", ["--filter=@near"]),
        ("bletui scan sim: --profile ", ["bench"]),
        ("bletui --theme m", ["mono"]),
        ("bletui --theme=m", ["--theme=mono"]),
        ("bletui --nonsense=m", []),
        ("bletui sim: --a", ["--ascii", "--active"]),
        ("bletui read sim: ", ["C0:DE:1A:B0:00:01"]),
        ("bletui scan sim: --walk C0", ["C0:DE:1A:B0:00:01"]),
        ("bletui read sim: C0:DE:1A:B0:00:01 ", []),
        ("bletui read sim: AA:BB:CC:DD:EE:FF --ty", ["--type"]),
        ("bletui read sim: AA:BB:CC:DD:EE:FF --type p", ["public"]),
        ("bletui read sim: AA 2a19 --as ", ["door", "dough"]),
        ("bletui notify sim: AA 2a19 --as doo", ["door"]),
        ("bletui read sim: AA 2a19 --as=dou", ["--as=dough"]),
        ("bletui gatt site-a AA --against ", [FILES]),
        ("bletui gatt site-a AA --against=", [FILES]),
        ("bletui steps --json site-a AA ", [FILES]),
        ("bletui bridge run site-a --tls-k", ["--tls-key"]),
        ("bletui config ", ["path", "show", "validate", "init", "names"]),
        ("bletui config names f", ["filters"]),
        ("bletui config validate ", [FILES]),
        ("bletui explain --color a", ["auto", "always"]),
        ("bletui 'open quo", []),
    ],
)
def test_what_may_come_next(line: str, found: list[str]) -> None:
    assert after(line) == found


def test_every_scheme_that_bletui_brings_is_offered() -> None:
    assert {word.partition(":")[0] for word in SCHEMES} == commands.SCHEMES


def test_at_the_start_there_are_commands_and_targets() -> None:
    assert after("bletui ") == [*SUMMARIES, "site-a", "site-b", *SCHEMES, "acme:"]


@pytest.mark.parametrize("name", ["", *SUMMARIES])
def test_every_option_of_every_command_is_offered(name: str) -> None:
    here = grammar(name)
    for one in (here, *here.verbs.values()):
        wanted = {flag for option in one.options for flag in option.flags}
        assert set(after(f"bletui {one.name} -".replace("  ", " "))) == wanted


def test_the_command_prints_words_with_their_meanings(do: Do, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(CONFIG)
    said = do("completion", "words", f"bletui scan --config {file} site")
    assert said.out == "site-a\tsim:lab\nsite-b\tsim:\n"
    file.write_text("wrong")
    said = do("completion", "words", f"bletui scan --config {file} s")
    assert (said.code, said.out) == (0, "sim:\ta simulated site\nsim:lab\ta device for every way to fail\n")


def test_structs_are_those_beside_the_configuration_and_a_wrong_file_names_none(do: Do, tmp_path: Path) -> None:
    line = f"bletui read --config {tmp_path / 'c.toml'} sim: AA 2a19 --as "
    assert do("completion", "words", line).out == ""
    (tmp_path / "structs.toml").write_text(STRUCTS)
    assert do("completion", "words", line).out == "door\tfault, level\ndough\n"
    (tmp_path / "structs.toml").write_text(STRUCTS.replace("u8 %", "u8 ["))
    said = do("completion", "words", line)
    assert (said.code, said.out, said.err) == (0, "", "")


def test_what_is_asked_with_each_tab_is_asked_without_the_console(home: Path) -> None:
    program = "import sys; from bletui.__main__ import main; main(); print(*{'textual', 'rich'} & {*sys.modules})"
    line = "bletui read sim: AA 2a19 --as d"
    assert shell(home, sys.executable, "-c", program, "completion", "words", line) == [
        "door\tfault, level",
        "dough",
        "",
    ]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With a configuration, and `bletui` in front on the PATH."""
    folder = tmp_path / "xdg" / "bletui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG)
    (folder / "structs.toml").write_text(STRUCTS)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "bletui"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m bletui "$@"\n')
    program.chmod(0o755)
    (tmp_path / "steps.txt").touch()
    return tmp_path


def shell_environment(home: Path) -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    path = f"{home / 'bin'}:{os.environ['PATH']}"
    return {
        **environment(HOME=str(home), XDG_CONFIG_HOME=str(home / "xdg"), PYTHONPATH=root, TERM="dumb"),
        "PATH": path,
    }


def shell(home: Path, *argv: str) -> list[str]:
    """The lines that a shell prints, which must complain of nothing."""
    env = shell_environment(home)
    done = subprocess.run(argv, env=env, cwd=home, capture_output=True, text=True, timeout=30, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


BASH_ASKS = r"""
eval "$(bletui completion bash)"
COMP_LINE=$1 COMP_POINT=${#1}
COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
compopt() { echo "compopt $*"; }
_bletui bletui
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("bletui sca", ["scan"]),
        ("bletui scan site-", ["site-a", "site-b"]),
        ("bletui scan sim:", ["", "lab"]),  # readline replaces what stands behind the colon
        ("bletui read sim: C0:D", ["DE:1A:B0:00:01"]),
        ("bletui scan --filter @nea", ["near"]),
        ("bletui scan --filter=@nea", ["near"]),
        ("bletui read sim: AA 2a19 --as do", ["door", "dough"]),
        ("bletui steps site-a AA ", ["compopt -o default", ""]),
    ],
)
def test_bash_is_handed_what_it_inserts(line: str, found: list[str], home: Path) -> None:
    assert shell(home, "bash", "--norc", "-c", BASH_ASKS, "bash", line) == found


def test_a_tab_in_bash_completes_the_word(home: Path) -> None:
    env = {**shell_environment(home), "INPUTRC": "/dev/null", "TERM": "xterm"}
    child = pexpect.spawn("bash", ["--norc", "--noprofile", "-i"], env=env, cwd=str(home), encoding="utf-8", timeout=30)
    try:
        child.sendline("bind 'set enable-bracketed-paste off'; PS1='READ''Y>'")
        child.expect_exact("READY>")
        child.sendline('eval "$(bletui completion bash)"; echo DO""NE')
        child.expect_exact("DONE\r\n")
        child.expect_exact("READY>")
        child.send("bletui scan --filter @nea\t--cou\t")
        child.expect_exact("near --count ")
        child.sendcontrol("c")
        child.expect_exact("READY>")  # what is typed before it may be thrown away with the line
        child.send("bletui steps sim: AA ste\t")
        child.expect_exact("steps.txt")
    finally:
        child.close(force=True)


ZSH_ASKS = r"""
autoload -Uz compinit && compinit -u -D
eval "$(bletui completion zsh)"
compadd() { print -rl -- "${@[6,-1]}" }
_files() { print FILES }
words=(${(z)1}) CURRENT=${#words} PREFIX=${words[-1]}
[[ $1 == *' ' ]] && { words+=(''); (( CURRENT++ )); PREFIX= }
_bletui
print -r -- "comp ${_comps[bletui]}"
"""


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("bletui scan site-", ["site-a", "site-b"]),
        ("bletui scan --filter @nea", ["@near"]),
        ("bletui read sim: C0:D", ["C0:DE:1A:B0:00:01"]),
        ("bletui read sim: AA 2a19 --as do", ["door", "dough"]),
        ("bletui steps site-a AA ", ["FILES"]),
    ],
)
def test_zsh_is_handed_the_same(line: str, found: list[str], home: Path) -> None:
    assert shell(home, "zsh", "-f", "-c", ZSH_ASKS, "zsh", line) == [*found, "comp _bletui"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_a_tab_in_zsh_completes_the_word(home: Path) -> None:
    env = {**shell_environment(home), "TERM": "xterm"}
    child = pexpect.spawn("zsh", ["-f", "-i"], env=env, cwd=str(home), encoding="utf-8", timeout=30)
    try:
        child.sendline("unsetopt zle_bracketed_paste; autoload -Uz compinit && compinit -u -D; PS1='READ''Y>'")
        child.expect_exact("READY>")
        child.sendline('eval "$(bletui completion zsh)"; echo DO""NE')
        child.expect_exact("DONE\r\n")
        child.expect_exact("READY>")
        child.send("bletui sca\t --filter @nea\t\x01echo '\x05'\r")  # quoted and echoed: the line as it was completed
        child.expect_exact("\nbletui scan --filter @near")
    finally:
        child.close(force=True)


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("bletui scan site-", ["site-a\tsim:lab", "site-b\tsim:"]),
        ("bletui scan --filter @nea", ["@near\trssi>=-70"]),
        ("bletui read sim: C0:D", ["C0:DE:1A:B0:00:01\tDoor 4"]),
        ("bletui read sim: AA 2a19 --as do", ["door\tfault, level", "dough"]),
        ("bletui steps site-a AA ste", ["steps.txt"]),
    ],
)
def test_fish_completes_the_same(line: str, found: list[str], home: Path) -> None:
    script = f"bletui completion fish | source; complete -C {shlex.quote(line)}"
    assert shell(home, "fish", "--no-config", "-c", script) == found
