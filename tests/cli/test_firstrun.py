from __future__ import annotations

import socket
from pathlib import Path

from bletui.cli.firstrun import found


def test_what_is_missing_is_said_with_what_helps(tmp_path: Path) -> None:
    said = list(found(tmp_path / "config.toml", {"XDG_RUNTIME_DIR": str(tmp_path)}, tmp_path / "none"))
    assert said[0].startswith("adapters  none")
    assert said[1].startswith("config    none: ")
    assert "bletui config init" in said[1]
    assert "bletui bridge run" in said[2]


def test_what_is_there_is_named(tmp_path: Path) -> None:
    for name in ("hci1", "hci0", "hci0:64"):
        (tmp_path / "adapters" / name).mkdir(parents=True)
    (tmp_path / "config.toml").touch()
    (tmp_path / "bletui").mkdir()
    with socket.socket(socket.AF_UNIX) as listens:
        listens.bind(str(next(tmp_path.glob("bletui")) / "bridge.sock"))
        said = list(found(tmp_path / "config.toml", {"XDG_RUNTIME_DIR": str(tmp_path)}, tmp_path / "adapters"))
    assert said[:2] == ["adapters  hci0, hci1", f"config    {tmp_path / 'config.toml'}"]
    assert "bletui bridge: attaches" in said[2]
