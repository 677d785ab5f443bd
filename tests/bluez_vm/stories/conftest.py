"""Every story ends with the air as it was: adapters plugged in and powered, no link, everybody advertising."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

import pytest

from bletui.failure import Failure
from tests.bluez_vm.steer import steer

Saw = Callable[[Failure], Failure]


@pytest.fixture
def saw(request: pytest.FixtureRequest) -> Saw:
    """Notes the kind that a story ended in, for the report."""

    def note(failure: Failure) -> Failure:
        request.node.user_properties.append(("kind", failure.kind.value))
        return failure

    return note


@pytest.fixture(autouse=True)
async def air() -> AsyncIterator[None]:
    yield
    await steer("refuse", status=None)
    await steer("restore")


@pytest.fixture
def took() -> Callable[[], float]:
    """Seconds since the first call."""
    began: list[float] = []

    def seconds() -> float:
        began.append(time.monotonic())
        return began[-1] - began[0]

    return seconds
