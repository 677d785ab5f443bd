"""The first file: nothing in force, everything in it true, private, and never over another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bletui.cli.configured import CHECKS
from bletui.config.file import Config, load, parse
from bletui.config.serving import KEYS
from bletui.config.settings import SETTINGS
from bletui.config.template import TEMPLATE, write
from bletui.failure import BleError


def test_nothing_is_in_force() -> None:
    assert parse(TEMPLATE) == Config(text=TEMPLATE)


def test_without_its_marks_everything_in_it_is_taken_and_each_setting_is_there() -> None:
    config = parse(re.sub(r"(?m)^#(?=\S)", "", TEMPLATE), Path("/nowhere/config.toml"), CHECKS)
    assert [problem.key for problem in config.warnings] == ["targets.site.ca"]  # its file is an example, too
    assert set(config.settings) == {setting.name for setting in SETTINGS}
    parts = (config.targets, config.credentials, config.filters, config.addresses, config.uuids, config.keymap)
    assert all(parts)
    assert set(config.bridge) == set(KEYS)
    assert config.profiles
    assert config.profile


def test_it_is_private_and_never_written_over_another(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "config.toml"
    write(path, TEMPLATE)
    assert load(path, needed=True).text == TEMPLATE
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("# mine")
    with pytest.raises(BleError, match="is there already"):
        write(path, TEMPLATE)
    assert path.read_text() == "# mine"
    (tmp_path / "link.toml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BleError, match="is there already"):
        write(tmp_path / "link.toml", TEMPLATE)
    with pytest.raises(BleError, match=r"Not a directory|File exists"):
        write(path / "below.toml", TEMPLATE)
