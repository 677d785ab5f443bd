"""Every test of a radio runs in this process and behind a bridge, unless it says why only the first can be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.radio import through as ways


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    here = metafunc.definition.get_closest_marker("in_process")
    metafunc.parametrize("through", ["here"] if here else ["here", "bridge"], indirect=True)


@pytest.fixture(autouse=True)
def through(request: pytest.FixtureRequest) -> Iterator[None]:
    ways.bridged = request.param == "bridge"
    yield
    ways.bridged = False
