"""The port's promises, over both routers (the recorded one scans alone, the simulated one does everything) and over two
routers behind an access controller."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bletui.backend import Backend, Env
from bletui.backends.cassia import open_target
from bletui.backends.simulator.lab import address
from bletui.target import parse
from bletui.testing.contract import BackendContract, Subject
from tests.backends.cassia.heard import target_of
from tests.backends.cassia.serving import controller_api, elsewhere, recorded_router, router_api

DEVICE_NAME, TEMPERATURE = 0x03, 0x17  # handles of the lab's thermometers


class TestRecorded(BackendContract):
    @pytest.fixture(autouse=True)
    async def over_a_router(self, request: pytest.FixtureRequest) -> AsyncIterator[None]:
        async with recorded_router() as url:

            def make() -> Backend:
                return open_target(parse(target_of(url)), Env("lab", speed=5.0))

            request.instance.subject = Subject(open=make)
            yield


class TestSimulated(BackendContract):
    @pytest.fixture(autouse=True)
    async def over_a_router(self, request: pytest.FixtureRequest) -> AsyncIterator[None]:
        async with router_api("sim:lab?lanes=2&speed=50", speed=1.0) as url:
            request.instance.subject = _everything(target_of(url))
            yield


class TestBehindAController(BackendContract):
    @pytest.fixture(autouse=True)
    async def over_a_controller(self, request: pytest.FixtureRequest) -> AsyncIterator[None]:
        async with elsewhere(controller_api("sim:lab?chips=2&speed=50", "sim:lab?chips=1&speed=50&seed=9")) as url:
            request.instance.subject = _everything(target_of(url, key="LAB"))
            yield


def _everything(target: str) -> Subject:
    return Subject(
        open=lambda: open_target(parse(target), Env("lab", secret=lambda name: "key:word")),
        device=address("public address"),
        readable=DEVICE_NAME,
        writable=DEVICE_NAME,
        notifying=TEMPERATURE,
    )
