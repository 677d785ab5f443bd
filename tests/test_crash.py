from pathlib import Path

import pytest

from bletui.crash import LINES_MAX, crash_text, state_folder, write_report


def fail() -> None:
    password = "hunter2"  # a local that must not be written
    raise ValueError(f"GET https://user:{password}@ap.example/ failed\x1b]52;c;aGk=\x07")


def bug() -> Exception:
    try:
        fail()
    except ValueError as raised:
        return raised
    raise AssertionError


def test_report_holds_the_trace_without_locals_secrets_or_escapes() -> None:
    text = crash_text(bug())
    assert "ValueError" in text
    assert "test_crash.py" in text
    assert "hunter2" not in text
    assert "[redacted]@ap.example" in text
    assert "\x1b" not in text
    assert "\\x1b]52" in text


def test_report_is_bounded() -> None:
    def deeper(n: int) -> None:
        if n:
            deeper(n - 1)
        raise ValueError("x" * 100_000)

    def alternate(n: int) -> None:  # two frames in turn, so that traceback can't fold the repetition
        (deeper if n == 0 else turn)(n - 1)

    def turn(n: int) -> None:
        alternate(n)

    with pytest.raises((ValueError, RecursionError)) as caught:
        alternate(300)
    text = crash_text(caught.value)
    assert len(text.splitlines()) <= LINES_MAX + 8
    assert len(text) < 300_000


def test_report_is_for_its_owner_only(tmp_path: Path) -> None:
    path = write_report(bug(), {"XDG_STATE_HOME": str(tmp_path)})
    assert path is not None
    assert path.parent == tmp_path / "bletui"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_home_that_takes_no_file_falls_back_to_the_temporary_folder(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    path = write_report(bug(), {"XDG_STATE_HOME": str(blocked)})
    assert path is not None
    assert tmp_path not in path.parents
    path.unlink()


def test_a_relative_state_home_is_ignored() -> None:
    assert state_folder({"XDG_STATE_HOME": "here", "HOME": "/home/a"}) == Path("/home/a/.local/state/bletui")
