"""The look, decided from flags and environment before Textual is imported."""

from __future__ import annotations

import pytest

from bletui.console.settings import Settings, Terminal, decide, refusal


def terminal(*, encoding: str = "utf-8", tty: bool = True, **environ: str) -> Terminal:
    return Terminal(environ=environ, stdin_is_tty=tty, stderr_is_tty=tty, encoding=encoding)


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"TERM": "xterm-256color"}, "bletui"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "bletui"),
        ({"TERM": "xterm"}, "ansi"),
        ({"TERM": "linux"}, "ansi"),
        ({"TERM": "xterm-16color"}, "ansi"),
        ({"TERM": "screen"}, "ansi"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "mono"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "bletui"),
        ({"TERM": "tmux-256color", "SSH_CONNECTION": "a 1 b 2"}, "ansi"),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor", "SSH_CONNECTION": "a 1 b 2"}, "bletui"),
    ],
)
def test_the_theme_follows_what_the_terminal_can_show(environ: dict[str, str], theme: str) -> None:
    there = Terminal(environ=environ, stdin_is_tty=True, stderr_is_tty=True, encoding="utf-8")
    assert decide(Settings(), there).theme == theme


def test_a_theme_that_was_asked_for_wins_over_the_environment() -> None:
    assert decide(Settings(theme="colour-blind"), terminal(TERM="linux", NO_COLOR="1")).theme == "colour-blind"


@pytest.mark.parametrize(
    ("settings", "slow", "forced"),
    [(Settings(), True, False), (Settings(slow=False), False, True), (Settings(slow=True), True, True)],
)
def test_ssh_slows_down_unless_overruled(settings: Settings, slow: bool, forced: bool) -> None:
    look = decide(settings, terminal(TERM="xterm", SSH_CONNECTION="a 1 b 2"))
    assert (look.slow, look.forced, look.frames) == (slow, forced, 1.0 if slow else 4.0)


def test_at_a_desk_four_frames_a_second() -> None:
    assert decide(Settings(), terminal(TERM="xterm")).frames == 4.0


@pytest.mark.parametrize(
    ("encoding", "ascii_"),
    [("utf-8", False), ("UTF8", False), ("latin-1", True), ("ascii", True), ("no-such-thing", True)],
)
def test_ascii_where_the_encoding_is_not_utf8(encoding: str, ascii_: bool) -> None:
    assert decide(Settings(), terminal(TERM="xterm", encoding=encoding)).ascii is ascii_
    assert decide(Settings(ascii=not ascii_), terminal(TERM="xterm", encoding=encoding)).ascii is not ascii_


def test_no_console_without_a_terminal_or_on_a_dumb_one() -> None:
    assert "terminal on stdin" in str(refusal(terminal(TERM="xterm", tty=False)))
    assert "dumb" in str(refusal(terminal(TERM="dumb")))
    assert "unset" in str(refusal(terminal()))
    assert refusal(terminal(TERM="vt100")) is None
