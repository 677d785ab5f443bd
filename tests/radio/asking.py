"""A backend that asks."""

from __future__ import annotations

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Peer
from tests.radio.scripted import ScriptedBackend


class Asking(ScriptedBackend):
    """Remembers answers and never closes a question by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[tuple[int, str | None]] = []

    async def pair(self, peer: Peer, *, within: float) -> None:
        await self._play("pair", peer)

    async def answer(self, prompt: int, value: str | None) -> None:
        self.answers.append((prompt, value))
        if len(self.answers) > 1:
            raise BleError(Failure(kind=ErrorKind.LINK_STATE_CONFLICT))
