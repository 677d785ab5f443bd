"""The port's promises, over both routers. Links are not built yet; their checks say so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bletui.backend import Backend, Env
from bletui.backends.cassia import open_target
from bletui.target import parse
from bletui.testing.contract import BackendContract, Subject
from tests.backends.cassia.heard import target_of
from tests.backends.cassia.serving import recorded_router, router_api


class TestCassia(BackendContract):
    @pytest.fixture(autouse=True, params=[recorded_router, router_api])
    async def over_a_router(self, request: pytest.FixtureRequest) -> AsyncIterator[None]:
        async with request.param() as url:

            def make() -> Backend:
                return open_target(parse(target_of(url)), Env("lab", speed=5.0))

            request.instance.subject = Subject(open=make)
            yield
