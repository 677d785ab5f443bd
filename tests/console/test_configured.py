"""The console as `bletui` starts it, going by a configuration: what stands there is what one sees and presses."""

from __future__ import annotations

from pathlib import Path

from tests.console.pty_console import PtyConsole, colours, plain

CONFIG = """
default_targets = ["bench"]
theme = "mono"
filter = "@mine"
[targets.bench]
url = "sim:lab"
[filters]
mine = "addr=C0:DE:1A:B0:00:01"
other = 'addr=C0:DE:1A:B0:00:02'
[names.addresses]
"C0:DE:1A:B0:00:01" = "Bench board"
"C0:DE:1A:B0:00:02" = "Other board"
[keymap]
"scan.pause" = "z"
"scan.walk" = "W"
"app.help" = ["H", "ctrl+g"]
[profiles.colour]
theme = "ansi"
filter = "@other"
"""


def test_targets_filters_names_keys_and_theme_are_the_files(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    environ = {"BLETUI_CONFIG": str(file), "HOME": str(tmp_path)}
    with PtyConsole(program="bletui", environ=environ) as console:
        console.press("", "Bench board")
        console.until(lambda _: "1 of " in console.display() and "W Walk" in console.display())
        assert "Other board" not in console.display()
        console.press("z", "PAUSED")
        console.press("z")
        console.press("H", "Moving")
        console.press("\x04", "Everywhere")  # one screen down
        console.until(lambda _: "H ctrl+g" in console.display())  # a frame comes in pieces
        console.press("\x1b", "Bench board")
        console.press("/", "rssi>=-70")
        console.press("\x15")  # apart: Textual handles it after the letters that come with it
        console.until(lambda _: "@mine" not in console.display())
        console.press("@othe", "no filter is named @othe; did you mean @other?")
        console.press("r\r")
        console.until(lambda _: "Other board" in console.display() and "Bench board" not in console.display())
        console.press("q")
        assert console.end() == 0
        assert not colours(console.output)


def test_a_profile_takes_the_place_of_the_files_own_values(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    with PtyConsole("--config", str(file), "--profile", "colour", program="bletui") as console:
        console.press("", "Other board")
        assert "Bench board" not in console.display()
        console.press("q")
        assert console.end() == 0
        assert colours(console.output)


def test_a_wrong_file_never_reaches_the_screen(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[keymap]\n"scan.pause" = "q"\n')
    with PtyConsole("sim:", "--config", str(file), program="bletui") as console:
        assert console.end() == 2
        assert f"{file}:2:1: keymap." in plain(console.output)
        assert b"\x1b[?1049h" not in console.output
