"""How a check looks at failures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from bletui.failure import BleError, Failure

Result = TypeVar("Result")
EXCUSE = 2.0  # seconds that a call may take beyond its own limit


async def outcome_of(call: Awaitable[Result]) -> Failure | Result:
    """What the call returned, or its failure; anything else that leaves the backend fails the check."""
    try:
        return await call
    except BleError as failed:
        return failed.failure
    except Exception as other:  # that is what is looked for
        raise AssertionError(f"a {type(other).__name__} left the backend; only BleError may") from other


async def failure_of(call: Awaitable[object], within: float) -> Failure:
    """The failure that the call ends with, in time, or the check fails."""
    try:
        async with asyncio.timeout(within + EXCUSE):
            outcome = await outcome_of(call)
    except TimeoutError:
        raise AssertionError(f"the call did not end within its limit of {within:g} s and {EXCUSE:g} s more") from None
    assert isinstance(outcome, Failure), f"the call returned {outcome!r} instead of failing"
    return outcome
