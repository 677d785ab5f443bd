"""What a call fails with."""

from __future__ import annotations

from collections.abc import Awaitable

from bletui.failure import BleError, Failure


async def failure_of(call: Awaitable[object]) -> Failure:
    """Where it does not fail, the test does."""
    try:
        result = await call
    except BleError as failed:
        return failed.failure
    raise AssertionError(f"returned {result!r}")
