from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bletui.doctor import Surroundings, examine, surroundings
from bletui.model import Rung

FINE = Surroundings(
    environ={"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    terminal=True,
    size=(80, 24),
    encoding="utf-8",
    tmux_clipboard=None,
    packages={"textual": "8.2.8", "uvicorn": "0.40"},
    root=False,
    state_folder=Path("/home/a/.local/state/bletui"),
    state_problem=None,
    today=date(2024, 9, 1),
)


def rungs(found: Surroundings) -> dict[str, Rung]:
    return {rung.name: rung for rung in examine(found)}


def test_nothing_to_complain_of() -> None:
    assert {rung.state for rung in examine(FINE)} == {"ok"}
    assert rungs(FINE)["terminal"].evidence == "xterm-256color, 80x24, 16 million colours"


@pytest.mark.parametrize(
    ("change", "rung", "state", "words"),
    [
        ({"environ": {"TERM": "dumb"}}, "terminal", "warn", "TERM=dumb"),
        ({"environ": {}}, "terminal", "warn", "(unset)"),
        ({"terminal": False}, "terminal", "skipped", "commands do not"),
        ({"size": (59, 24)}, "terminal", "warn", "59x24"),
        ({"environ": {"TERM": "linux"}}, "terminal", "ok", "16 colours"),
        ({"environ": {"TERM": "xterm-256color"}}, "terminal", "ok", "256 colours"),
        ({"environ": {"TERM": "xterm", "NO_COLOR": "1"}}, "terminal", "ok", "NO_COLOR"),
        ({"encoding": "latin-1"}, "encoding", "warn", "ASCII"),
        ({"encoding": None}, "encoding", "warn", "unknown"),
        ({"environ": {"TERM": "tmux", "TMUX": "x"}}, "tmux clipboard", "warn", "unknown"),
        ({"environ": {"TERM": "tmux", "TMUX": "x"}, "tmux_clipboard": "external"}, "tmux clipboard", "warn", "set -s"),
        ({"environ": {"TERM": "tmux", "TMUX": "x"}, "tmux_clipboard": "on"}, "tmux clipboard", "ok", "on"),
        ({"environ": {"TERM": "xterm", "SSH_CONNECTION": "a 1 b 2"}}, "link", "ok", "--fast"),
        ({"packages": {"textual": None}}, "textual", "fail", "pip install textual"),
        ({"packages": {"uvicorn": None}}, "uvicorn", "skipped", "router-api"),
        ({"root": True}, "user", "warn", "root"),
        ({"state_problem": "no permission"}, "state folder", "warn", "no permission"),
        ({"today": date(2026, 2, 28)}, "name tables", "ok", "companies 2024-08"),
        ({"today": date(2026, 3, 1)}, "name tables", "warn", "newer names are missing from companies"),
    ],
)
def test_each_finding(change: dict[str, object], rung: str, state: str, words: str) -> None:
    found = rungs(replace(FINE, **change))[rung]  # type: ignore[arg-type]
    assert found.state == state
    assert words in found.evidence


def test_a_look_around_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "not-yet" / "there"))
    found = surroundings()
    assert found.packages["textual"]
    assert found.state_problem is None
    assert not (tmp_path / "not-yet").exists()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert surroundings().state_problem == f"{tmp_path / 'file'} is not a folder"
