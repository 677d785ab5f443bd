"""The wheel, built as `pip` builds it, without a network: everything that is needed at run time is inside."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import bletui

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """File name to bytes. Built from the files that git knows, so that a developer's leftovers can't help."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "bletui", "plugins", "pyproject.toml", "README.md", "LICENSE", "NOTICE"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).exists():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)],
        cwd=source, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_file_of_the_package_is_inside(contents: dict[str, bytes]) -> None:
    listed = subprocess.run(["git", "ls-files", "-z", "bletui"], cwd=ROOT, capture_output=True, check=True)
    wanted = {name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()}
    assert wanted - set(contents) == set()
    assert "bletui/py.typed" in contents
    for suffix in (".tsv", ".jsonl"):
        assert any(name.endswith(suffix) for name in contents), suffix


def test_the_template_for_plugins_is_inside(contents: dict[str, bytes]) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT / "plugins/template", capture_output=True, check=True
    ).stdout.decode()
    inside = {name.partition("plugin/template/")[2] for name in contents if name.startswith("bletui/plugin/template/")}
    assert inside == set(filter(None, listed.split("\0")))


def test_nothing_else_is(contents: dict[str, bytes]) -> None:
    info = f"bletui-{bletui.__version__}.dist-info"
    assert {name.partition("/")[0] for name in contents} == {"bletui", info}


def test_licence_notice_and_entry_points(contents: dict[str, bytes]) -> None:
    info = f"bletui-{bletui.__version__}.dist-info"
    assert contents[f"{info}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    assert contents[f"{info}/licenses/NOTICE"] == (ROOT / "NOTICE").read_bytes()
    points = contents[f"{info}/entry_points.txt"].decode()
    assert "bletui = bletui.__main__:main" in points
    for scheme in ("sim", "cassia", "local"):
        assert f"{scheme} = bletui.backends." in points
