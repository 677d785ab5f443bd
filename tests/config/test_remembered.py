"""What the console keeps between two starts: whole or not at all, bounded, and the person's own alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bletui.config.remembered import DISMISSED_MAX, PINS_MAX, SCHEMA, SIZE_MAX, Remembered, change, read
from bletui.failure import BleError
from bletui.text import is_clean

ADDRESS = "C0:DE:1A:B0:00:01"


def test_what_was_pinned_and_put_away_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "state" / "bletui" / "console.json"
    assert read(path) == Remembered()
    change(path, lambda kept: kept.with_pin(ADDRESS, pinned=True))
    change(path, lambda kept: kept.without("hint"))
    assert read(path) == Remembered((ADDRESS,), ("hint",))
    change(path, lambda kept: kept.with_pin(ADDRESS, pinned=False))
    assert read(path) == Remembered((), ("hint",))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["console.json"]


def test_the_oldest_give_way() -> None:
    kept = Remembered()
    for n in range(PINS_MAX + 5):
        kept = kept.with_pin(f"{n}", pinned=True).without(f"{n}")
    assert (len(kept.pins), kept.pins[0]) == (PINS_MAX, "5")
    assert len(kept.dismissed) == DISMISSED_MAX
    assert kept.with_pin("7", pinned=True).pins[-1] == "7"


def test_what_another_console_has_pinned_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    for address in ("A", "B", "C"):  # each time from what the file says, whatever the console has in mind
        change(path, lambda kept, one=address: kept.with_pin(one, pinned=True))  # type: ignore[misc]
    assert read(path).pins == ("A", "B", "C")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": "bletui.console-state/2"}', b"\xff", b"9" * 9999])
def test_a_file_of_something_else_is_left_as_it_is(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    path.write_bytes(content)
    for act in (lambda: read(path), lambda: change(path, lambda kept: kept)):
        with pytest.raises(BleError, match="stays as it is"):
            act()
    assert path.read_bytes() == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each run overwrites the file
@given(
    said=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("pins", "dismissed")), inner),
        max_leaves=9,
    )
)
def test_nothing_in_it_is_trusted(said: object, tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    path.write_text(json.dumps({"schema": SCHEMA, **(said if isinstance(said, dict) else {"pins": said})}))
    kept = read(path)
    assert all(one and is_clean(one) for one in (*kept.pins, *kept.dismissed))


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    path.write_text(json.dumps({"schema": SCHEMA, "pins": ["x" * SIZE_MAX]}))
    with pytest.raises(BleError, match="is not what this bletui writes"):
        read(path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BleError, match="File exists"):
        change(tmp_path / "file" / "console.json", lambda kept: kept)
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(BleError, match="Is a directory"):
        read(tmp_path / "folder.json")
