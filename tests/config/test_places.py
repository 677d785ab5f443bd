"""Where the file is looked for, on each system."""

from __future__ import annotations

from pathlib import Path

import pytest

from bletui.config.places import at_home, named, place


@pytest.mark.parametrize(
    ("platform", "environ", "where"),
    [
        ("linux", {"HOME": "/h"}, "/h/.config/bletui/config.toml"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x/bletui/config.toml"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "relative"}, "/h/.config/bletui/config.toml"),
        ("linux", {}, "/.config/bletui/config.toml"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/bletui/config.toml"),
        ("darwin", {"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x/bletui/config.toml"),
        ("win32", {"APPDATA": "C:\\R"}, "C:\\R\\bletui\\config.toml"),
        ("win32", {"USERPROFILE": "C:\\U"}, "C:\\U\\AppData\\Roaming\\bletui\\config.toml"),
    ],
)
def test_the_place(platform: str, environ: dict[str, str], where: str) -> None:
    assert str(place(environ, platform)) == where


def test_what_was_asked_for() -> None:
    assert named("~/a", {"HOME": "/h", "BLETUI_CONFIG": "/b"}) == Path("/h/a")
    assert named(None, {"BLETUI_CONFIG": "/b"}) == Path("/b")
    assert named(None, {"BLETUI_CONFIG": ""}) is None
    assert at_home("~other/a", {"HOME": "/h"}) == Path("~other/a")
