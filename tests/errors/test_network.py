"""Every failure of the network that can be made with real sockets is of its kind."""

from __future__ import annotations

import asyncio

import pytest

from tests.errors.real_network import REAL


@pytest.mark.parametrize("name", REAL)
async def test_real_network_failure(name: str) -> None:
    case, kind = REAL[name]
    failure = await asyncio.wait_for(case(), 10)
    assert failure.kind is kind, failure
    assert failure.causes
