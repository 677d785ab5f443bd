"""What README and docs promise is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bletui.errors.rows import sources
from bletui.failure import ErrorKind

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [path for path in (ROOT, ROOT / "docs") for path in sorted(path.glob("*.md"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
        assert (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_is_named_is_there(page: Path) -> None:
    named = r"(?<![\w/.])(?:(?:benchmarks|docs|packaging|plugins|tests)/[\w./-]*\w|bletui/[\w/]+\.(?:py|tsv|jsonl))"
    for path in re.findall(named, page.read_text()):
        assert (ROOT / path).exists(), f"{page.name}: {path}"


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, page.name


def test_every_package_is_on_the_map() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    for folder in (ROOT / "bletui").glob("*/__init__.py"):
        assert f"`{folder.parent.name}/`" in page, folder


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for line in re.findall(r"^make ((?:[a-z]+ ?)+)", page.read_text(), re.MULTILINE):
            assert set(line.split()) <= targets, f"{page.name}: make {line}"


def test_every_dependency_has_its_reason() -> None:
    extras = [text for wanted in PROJECT["optional-dependencies"].values() for text in wanted]
    for text in (*PROJECT["dependencies"], *extras):
        assert f"[{Requirement(text).name}](https://" in README


def test_figures_in_the_readme_are_those_of_the_code() -> None:
    assert f"one of {len(ErrorKind)}\nkinds" in README or f"one of {len(ErrorKind)} kinds" in README
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert f"{len(ErrorKind)} kinds of failure" in changelog
    assert f"native tables of {len(sources())} sources" in changelog


def test_the_newest_version_is_in_the_changelog() -> None:
    from bletui import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()
