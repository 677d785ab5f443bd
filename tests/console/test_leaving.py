"""The console ends when its radios have: links of ours are released before the process is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.pty_console import LEFT, PtyConsole


@pytest.mark.parametrize("key", ["q", "\x03"], ids=["q", "ctrl+c"])
def test_a_radio_that_takes_its_time_is_closed_whole(tmp_path: Path, key: str) -> None:
    mark = tmp_path / "closed"
    with PtyConsole("slow", environ={"CLOSED": str(mark)}) as console:
        console.until_text("Thermo")
        console.press(key)
        console.end()
        assert LEFT in console.output
    assert mark.read_text() == "closed"
