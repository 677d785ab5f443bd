"""The lock files: hashes for everything, addresses for nothing, and all that pyproject asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = [text for wanted in PROJECT["project"]["optional-dependencies"].values() for text in wanted]


def locked(name: str) -> dict[str, tuple[str, list[str]]]:
    """Package to version and hashes."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / name).read_text())
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            pinned = re.match(r"([A-Za-z0-9._-]+)==(\S+)", line)
            assert pinned, f"not pinned: {line[:80]}"
            found[str(canonicalize_name(pinned[1]))] = (pinned[2], re.findall(r"--hash=sha256:([0-9a-f]{64})\b", line))
    return found


def grouped(name: str) -> list[str]:
    """A dependency group with those it includes."""
    wanted = []
    for one in PROJECT["dependency-groups"][name]:
        wanted += [one] if isinstance(one, str) else grouped(one["include-group"])
    return wanted


@pytest.mark.parametrize("name", LOCKS)
def test_everything_is_pinned_with_hashes(name: str) -> None:
    packages = locked(name)
    assert len(packages) > 15
    assert [package for package, (_, hashes) in packages.items() if not hashes] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.findall(r"\w+://|--(?:extra-)?index-url|--find-links|--trusted-host| @ ", text) == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("requirements.lock", [*PROJECT["project"]["dependencies"], *EXTRAS, *PROJECT["build-system"]["requires"]]),
        (
            "requirements-dev.lock",
            [
                *PROJECT["project"]["dependencies"],
                *EXTRAS,
                *grouped("dev"),
            ],
        ),
    ],
)
def test_what_the_project_asks_for_is_locked_as_asked(name: str, wanted: list[str]) -> None:
    packages = locked(name)
    for text in wanted:
        requirement = Requirement(text)
        version, _ = packages[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{text}, locked {version}"


def test_what_people_run_is_what_was_tested() -> None:
    tested = locked("requirements-dev.lock")
    assert {name: tested.get(name) for name in locked("requirements.lock")} == locked("requirements.lock")
