"""Open questions: the limit of the call that asks stands still, and what nobody answers is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bletui.model import OpId, Prompt
from bletui.radio.runner import Runner

EXCUSE = 1.0  # seconds after its end in which a backend may close a question by itself


class Prompts:
    def __init__(self, runner: Runner, now: Callable[[], float]) -> None:
        self._runner = runner
        self._now = now
        self._open: dict[int, tuple[OpId | None, asyncio.TimerHandle]] = {}

    def opened(self, prompt: Prompt, *, attended: bool) -> None:
        """`attended`: somebody has a seat and may answer."""
        wait = max(0.0, prompt.expires - self._now()) + EXCUSE if attended else 0.0
        alarm = asyncio.get_running_loop().call_later(wait, self._runner.refuse, prompt.id)
        self._open[prompt.id] = prompt.op, alarm
        if prompt.op is not None:
            self._runner.stand_still(prompt.op)

    def closed(self, number: int) -> None:
        op, alarm = self._open.pop(number, (None, None))
        if alarm is not None:
            alarm.cancel()
        if op is not None:
            self._runner.go_on(op)

    def abandoned(self) -> None:
        """Nobody is left to answer."""
        for number in self._open:
            self._runner.refuse(number)

    def forget(self) -> None:
        for number in list(self._open):
            self.closed(number)
