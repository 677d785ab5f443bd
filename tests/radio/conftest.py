"""Every test of a radio runs in this process and behind a bridge, unless it says why only the first can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest

from tests.radio import through as ways


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("in_process"):
        chosen = ["here"]
    elif metafunc.definition.get_closest_marker("every_way"):
        chosen = list(get_args(ways.Way))
    else:
        chosen = ["here", "bridge"]
    metafunc.parametrize("through", chosen, indirect=True)


@pytest.fixture(autouse=True)
def through(request: pytest.FixtureRequest) -> Iterator[None]:
    ways.way = request.param
    yield
    ways.way = "here"
