"""Requests on their way to a bridge: each answered once, asked again after a lost connection where that is harmless."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bletui.bridge.protocol import messages as m
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Batch, OpId

LOOKS = 40  # turns of the loop, some 0.1 ms: by then a bridge on this host has answered, and no core had to be woken
Send = Callable[[m.FromClient], None]


@dataclass(eq=False, slots=True)
class Asked:
    verb: m.Verb
    answer: asyncio.Future[m.Result]
    sent: bool = False
    recalled: list[Batch] = field(default_factory=list)


class Asking:
    """`send` None: there is no connection now; what is asked waits for the next.

    `looks`: for so many turns of the loop an answer is looked for before this goes to sleep.
    """

    def __init__(self, looks: int = 0) -> None:
        self._looks = looks
        self._send: Send | None = None
        self._number = 0
        self._pending: dict[int, Asked] = {}
        self._waiting: list[Asked] = []
        self._unwanted: list[OpId] = []
        self._over: Failure | None = None
        self._going = False

    async def ask(self, verb: m.Verb, within: float | None = None) -> Asked:
        """The request with its answer; `net.timeout` after `within` seconds. Cancelling this cancels it there."""
        if self._over is not None:
            raise BleError(self._over)
        asked = Asked(verb, asyncio.get_running_loop().create_future())
        self._ask(asked)
        try:
            async with asyncio.timeout(within) as bound:
                await self._look(asked)
                await asked.answer
        except asyncio.CancelledError:
            if not self._going:
                self._drop(asked)
            raise
        except TimeoutError as late:
            if not bound.expired():
                raise
            self._drop(asked)
            raise BleError(_unanswered(verb, within or 0.0)) from late
        return asked

    def going(self) -> None:
        """From now on who is cancelled while it waits leaves what it asked for to the bridge."""
        self._going = True

    def connected(self, send: Send) -> None:
        """What waits is sent; what was sent before a connection was lost is marked so."""
        self._send = send
        waiting, self._waiting = self._waiting, []
        for asked in waiting:
            if not asked.answer.done():
                self._ask(asked)
        unwanted, self._unwanted = self._unwanted, []
        for op in unwanted:
            self._ask(Asked(m.CancelOp(op), asyncio.get_running_loop().create_future()))

    def lost(self, failure: Failure) -> None:
        """An answer to a prompt is not given twice; everything else that waits is asked again."""
        self._send = None
        pending, self._pending = list(self._pending.values()), {}
        for asked in pending:
            if asked.answer.done():
                continue
            if isinstance(asked.verb, m.Answer | m.Stop | m.Detach):
                asked.answer.set_exception(BleError(replace(failure, outcome_unknown=True)))
            else:
                asked.recalled.clear()
                self._waiting.append(asked)

    def end(self, failure: Failure) -> None:
        """Nothing is answered any more, and nothing asked."""
        self._send, self._over = None, failure
        for asked in (*self._pending.values(), *self._waiting):
            if not asked.answer.done():
                asked.answer.set_exception(BleError(failure))
                asked.answer.exception()  # a cancelled operation's has nobody who waits for it
        self._pending, self._waiting = {}, []

    def take(self, message: m.Reply | m.Failed | m.Recalled) -> None:
        if isinstance(message, m.Recalled):
            if found := self._pending.get(message.id):
                found.recalled.append(message.batch)
            return
        asked = self._pending.pop(message.id, None)
        if asked is None or asked.answer.done():
            return
        if isinstance(message, m.Reply):
            asked.answer.set_result(message.result)
        else:
            asked.answer.set_exception(BleError(message.failure))
            asked.answer.exception()

    def _ask(self, asked: Asked) -> None:
        if self._send is None:
            self._waiting.append(asked)
            return
        verb = replace(asked.verb, again=True) if asked.sent and isinstance(asked.verb, m.Perform) else asked.verb
        asked.sent = True
        self._number += 1
        self._pending[self._number] = asked
        self._send(m.Call(self._number, verb))

    async def _look(self, asked: Asked) -> None:
        """Not for what a radio does, which takes longer in any case."""
        for _ in range(0 if isinstance(asked.verb, m.Perform) else self._looks):
            if asked.answer.done():
                break
            await asyncio.sleep(0)

    def _drop(self, asked: Asked) -> None:
        """Its answer is not wanted any more."""
        number = next((n for n, one in self._pending.items() if one is asked), None)
        if number is not None and self._send is not None:
            self._send(m.Cancel(number))
        elif asked in self._waiting:
            self._waiting.remove(asked)
            if asked.sent and isinstance(asked.verb, m.Perform):
                self._unwanted.append(asked.verb.op)


def _unanswered(verb: m.Verb, within: float) -> Failure:
    detail = f"the bridge did not answer within {within:g} s"
    return Failure(
        kind=ErrorKind.NET_TIMEOUT, source="bletui.bridge", detail=detail, outcome_unknown=isinstance(verb, m.Perform)
    )
