"""The guest has every module of ours that its stories import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.bluez_vm.__main__ import FILES, ROOT


def imported(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("tests", "benchmarks"):
            yield node.module


def test_what_the_guest_imports_goes_along() -> None:
    there = [
        path for name in FILES for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
    ]
    wanted = {name for path in there for name in imported(path)}
    assert "tests.kept" in wanted
    named = {str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__") for path in there}
    packages = {name.rpartition(".")[0] for name in named}
    assert wanted <= named | packages
