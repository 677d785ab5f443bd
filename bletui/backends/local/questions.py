"""What a person is asked while a device is paired: each question is told, answered and closed once at most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final

from bletui.backends.local import arguments
from bletui.backends.local.outlet import Outlet
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Peer, Prompt, PromptClosed, PromptEnd, PromptWhat

Answer = int | bool | None


def _shown(_text: str) -> bool:
    return True


# How an answer is read; None of it is a refusal whatever was asked.
_READ: Final[dict[PromptWhat, Callable[[str], int | bool]]] = {
    "enter-passkey": arguments.passkey,
    "compare": arguments.verdict,
    "show-passkey": _shown,
}


@dataclass(frozen=True, slots=True)
class Question:
    prompt: Prompt
    answered: asyncio.Future[Answer]


class Questions:
    """`lasts`: seconds that each is open. `opened` and `closed` hear of each, for limits that stand still meanwhile."""

    def __init__(
        self, outlet: Outlet, lasts: float, opened: Callable[[Peer], None], closed: Callable[[Peer], None]
    ) -> None:
        self.lasts = lasts
        self._outlet = outlet
        self._opened = opened
        self._closed = closed
        self._numbers = count(1)
        self._open: dict[int, Question] = {}
        self.unanswered: dict[Peer, PromptEnd] = {}  # how the last question about a device ended, if not by an answer

    def ask(self, peer: Peer, what: PromptWhat, display: str | None) -> Question:
        at = self._outlet.now()
        prompt = Prompt(at, next(self._numbers), peer, what, at + self.lasts, None, display)
        question = Question(prompt, asyncio.get_running_loop().create_future())
        self._open[prompt.id] = question
        self.unanswered.pop(peer, None)
        self._opened(peer)
        self._outlet.tell(prompt)
        return question

    async def answer_to(self, question: Question) -> Answer:
        """None: refused, not in time, or nobody needs it any more; `unanswered` tells which."""
        try:
            async with asyncio.timeout(self.lasts):
                said = await question.answered
        except TimeoutError:
            self.close(question, "expired")
            return None
        except asyncio.CancelledError:
            self.close(question, "gone")
            raise
        self.close(question, "refused" if said is None else "answered")
        return said

    def answer(self, number: int, value: str | None) -> Question:
        """The question; link.state-conflict where it is closed."""
        question = self._open.get(number)
        if question is None or question.answered.done():
            detail = f"prompt {number} is closed already"
            raise BleError(Failure(kind=ErrorKind.LINK_STATE_CONFLICT, operation="answer", detail=detail))
        said = None if value is None else _READ[question.prompt.what](value)
        question.answered.set_result(said)
        return question

    def close(self, question: Question, how: PromptEnd) -> None:
        """Once; later ones say nothing."""
        if self._open.pop(question.prompt.id, None) is None:
            return
        peer = question.prompt.peer
        if how != "answered":
            self.unanswered[peer] = how
        if not question.answered.done():
            question.answered.set_result(None)
        self._outlet.tell(PromptClosed(self._outlet.now(), question.prompt.id, how))
        self._closed(peer)

    def forget(self, peer: Peer | None = None) -> None:
        """Nobody needs the answers any more: of one device, or (None) of any."""
        for question in list(self._open.values()):
            if peer in (None, question.prompt.peer):
                self.close(question, "gone")
