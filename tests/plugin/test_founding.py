from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bletui.__main__ import main
from bletui.failure import BleError
from bletui.plugin.founding import founded


def test_what_is_written_is_a_plugin_that_keeps_every_promise(tmp_path: Path) -> None:
    files = founded("acme", tmp_path / "bletui-acme")
    assert {file.relative_to(tmp_path / "bletui-acme").as_posix() for file in files} >= {
        "pyproject.toml",
        "bletui_acme/__init__.py",
        "tests/test_contract.py",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path / "bletui-acme",
        env={**os.environ, "PYTHONPATH": f"{tmp_path / 'bletui-acme'}:{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "failed" not in done.stdout


def test_its_names_are_new_and_what_its_device_says_stays(tmp_path: Path) -> None:
    texts = {file.name: file.read_text() for file in founded("acme", tmp_path / "x")}
    project = tomllib.loads(texts["pyproject.toml"])
    assert project["project"]["name"] == "bletui-acme"
    assert project["project"]["entry-points"]["bletui.backends"] == {"acme": "bletui_acme:open_target"}
    assert "class Acme(Backend):" in texts["__init__.py"]
    assert 'backend="acme"' in texts["__init__.py"]
    assert r'b"\x09\x09template"' in texts["__init__.py"]
    assert "class TestAcme(BackendContract):" in texts["test_contract.py"]


@pytest.mark.parametrize("scheme", ["", "Acme", "a-b", "1a", "../x", "a" * 40])
def test_a_name_that_is_no_scheme_is_refused(scheme: str, tmp_path: Path) -> None:
    with pytest.raises(BleError):
        founded(scheme, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_nothing_is_written_over_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(BleError) as refused:
        founded("acme", tmp_path)
    assert "there already" in refused.value.failure.detail
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BleError) as refused:
        founded("acme", tmp_path / "file" / "x")
    assert "Not a directory" in refused.value.failure.detail


def test_the_command_names_its_files_and_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["backends", "new", "acme"]) == 0
    said = capsys.readouterr()
    assert "bletui-acme/bletui_acme/__init__.py" in said.out
    assert "pip install -e bletui-acme" in said.err
    assert main(["backends", "new", "sim"]) == 2
