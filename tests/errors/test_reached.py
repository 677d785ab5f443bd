"""`reached.tsv` names for each kind the test that reaches it: provoked for real, or from a made-up object or number."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from bletui.kinds import KINDS, ErrorKind
from tests.errors.foreign_rows import listed
from tests.errors.real_network import REAL
from tests.errors.router_answers import ANSWERS

ROOT = Path(__file__).parents[2]
REACHED = [line.split("\t") for line in (Path(__file__).parent / "reached.tsv").read_text().splitlines()[1:]]
CASES = {
    "tests/errors/test_network.py": {name: kind for name, (_, kind) in REAL.items()},
    "tests/errors/test_answers.py": {name: kind for name, (*_, kind) in ANSWERS.items()},
}


def test_every_kind_stands_there_once() -> None:
    assert [kind for kind, *_ in REACHED] == [kind.value for kind in sorted(ErrorKind, key=lambda kind: kind.code)]


def test_at_least_25_are_provoked_through_a_socket_a_bus_or_a_process() -> None:
    ways = Counter((how, through) for _, how, through, _ in REACHED)
    assert {how for how, _ in ways} == {"provoked", "synthetic"}
    assert {through for how, through in ways if how == "provoked"} <= {"socket", "bus", "process"}
    assert sum(count for (how, _), count in ways.items() if how == "provoked") >= 25


@pytest.mark.parametrize(("kind", "test"), [(row[0], row[3]) for row in REACHED], ids=[row[0] for row in REACHED])
def test_the_named_test_reaches_the_kind(kind: str, test: str) -> None:
    path, _, name = test.partition("::")
    if name in CASES.get(path, {}):
        assert CASES[path][name] is KINDS[kind]
    elif name == "test_a_vendors_row_is_on_exactly_one_kind":
        assert kind in {row.kind for row in listed("vendor_tables.tsv")}
    else:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        function = next(node for node in ast.walk(tree) if _is_function(node, name))
        # the kind stands in the test itself, or in the table that it is parametrised with
        where = [function, *(node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign))]
        assert any(KINDS[kind].name in _names(node) for node in where)


def _is_function(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name


def _names(node: ast.AST) -> set[str]:
    return {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
