"""The name of a file that the log is written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from bletui.console.logfile import new_file
from bletui.failure import BleError, ErrorKind


def test_a_name_in_a_folder_that_is_there_is_taken(tmp_path: Path) -> None:
    assert new_file(f" {tmp_path}/new.log ") == tmp_path / "new.log"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing"),
        ("{}", "is there already"),
        ("{}/no/such.log", "no folder"),
        ("{}/" + "n" * 300, "too long"),
        ("~nobody-has-this-name/x.log", "home"),
        ("a\0b", "NUL"),
    ],
)
def test_what_can_be_no_new_file_is_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BleError, match=words) as refused:
        new_file(text.format(tmp_path))
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
