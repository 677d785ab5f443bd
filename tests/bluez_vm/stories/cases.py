"""Collects what each story ended in, for the report: a story names the kinds that it saw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CASES = Path("/out/cases.json")
_found: list[dict[str, Any]] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """One case per story; a failure of its setup is one as well."""
    if report.when == "call" or (report.when == "setup" and report.failed):
        kinds = [value for name, value in report.user_properties if name == "kind"]
        _found.append(
            {
                "case": report.nodeid.partition("stories/story_")[2],
                "kinds": kinds,
                "seconds": report.duration,
                "outcome": "FAILED" if report.outcome != "passed" else "passed",
            }
        )
        CASES.write_text(json.dumps(_found))
