"""Climbing a target's ladder: the rungs that its backend's `probe()` yields."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from bletui import registry
from bletui.backend import Env
from bletui.errors import classify
from bletui.failure import BleError
from bletui.model import Rung
from bletui.target import Target

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

WITHIN = 30.0  # seconds that one rung may take


@dataclass(frozen=True, slots=True)
class Ladder:
    """What was climbed, as far as it held."""

    target: str
    rungs: tuple[Rung, ...]

    @property
    def broken(self) -> Rung | None:
        """The first rung that failed."""
        return next((rung for rung in self.rungs if rung.state == "fail"), None)


async def climb(target: Target, env: Env, *, within: float = WITHIN) -> AsyncIterator[Rung]:
    """Each rung as soon as it is known. Never raises `BleError`: a target without a ladder is a broken rung."""
    try:
        # typed as an iterator by the ports; an async generator in every implementation
        async with aclosing(cast("AsyncGenerator[Rung, None]", registry.probe(target, env))) as rungs:
            count = 0
            while (rung := await _next(rungs, target, within)) is not None:
                count += 1
                yield _honest(rung)
                if rung.name == SILENT:
                    return
            if not count:
                yield Rung("ladder", "skipped", f"{target.scheme}: has none of its own")
    except BleError as failed:
        yield Rung("target", "fail", failed.failure.detail or failed.failure.message, failed.failure)


SILENT = "answer"  # the rung that stands for a probe which never came to its next one


async def _next(rungs: AsyncIterator[Rung], target: Target, within: float) -> Rung | None:
    try:
        async with asyncio.timeout(within):
            return await anext(rungs, None)
    except TimeoutError as late:
        failure = classify(late, backend=target.scheme, operation="probe")
        return Rung(SILENT, "fail", f"the next rung took longer than {within:g} s", failure)


def _honest(rung: Rung) -> Rung:
    """A rung holds only with its evidence."""
    if rung.evidence:
        return rung
    if rung.state == "ok":
        return replace(rung, state="warn", evidence="said to hold, without evidence")
    return replace(rung, evidence="no reason given")


def exit_code(ladders: Iterable[Ladder]) -> int:
    """That of the first broken rung's failure; 0 where every ladder holds."""
    for ladder in ladders:
        if ladder.broken is not None:
            return ladder.broken.failure.kind.exit_code if ladder.broken.failure else 1
    return 0
