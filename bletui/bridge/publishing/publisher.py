"""One broker kept told: connected, greeted, sent to, and dialled again after a growing wait."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from bletui.bridge.publishing.broker import Broker
from bletui.bridge.publishing.line import ANSWER_WITHIN, Line, Login, dial
from bletui.bridge.publishing.messages import Message, Sort
from bletui.bridge.publishing.native import OPERATION
from bletui.bridge.publishing.outbox import Outbox
from bletui.bridge.publishing.threads import in_thread
from bletui.errors.policy import FIRST_WAIT, policy
from bletui.failure import BleError, ErrorKind, Failure

LASTED = 5.0  # seconds after which a connection was a good one
FIXED_BY_A_PERSON = 60.0  # seconds between two tries of what waiting alone does not mend
STRIKES_MAX = 5  # connections in a row that end with the same message first on its way
SHED_EVERY = 5.0  # seconds between two messages on what was lost

Secret = Callable[[str], str]
Jitter = Callable[[], float]


class Status(NamedTuple):
    """`failure` None: connected. `wait`: seconds until the next try."""

    failure: Failure | None
    wait: float = 0.0


class Words(Protocol):
    """What a publisher says by itself."""

    def status(self, state: str) -> Message:
        """`online`, `lost` (the broker says it when we can't any more), `stopped`."""

    def lost(self, lost: Counter[Sort]) -> Iterable[Message]: ...


class Publisher:
    """`standing` gives what a broker that comes back has to be told anew. `note` gets each status that differs from the
    one before; `jitter` gives numbers in [0, 1)."""

    def __init__(
        self,
        broker: Broker,
        outbox: Outbox,
        words: Words,
        *,
        standing: Callable[[], list[Message]],
        secret: Secret,
        note: Callable[[Status], None],
        jitter: Jitter,
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        self.broker = broker
        self.outbox = outbox
        self.published: Counter[Sort] = Counter()
        self.refused: Counter[Sort] = Counter()
        self.connected = False
        self.connects = 0
        self._words = words
        self._standing = standing
        self._secret = secret
        self._note = note
        self._jitter = jitter
        self._answer_within = answer_within
        self._id = broker.client_id or f"bletui-{secrets.token_hex(6)}"
        self._noted: tuple[object, ...] | None = None
        self._since = float("inf")  # when the connection came about, by the loop's time
        self._suspect: Message | None = None  # the first that was on its way when the last connection ended
        self._strikes = 0

    async def run(self) -> None:
        """Until cancelled; the broker is told so if it is there."""
        loop = asyncio.get_running_loop()
        attempt = 0
        while True:
            self._since = float("inf")
            failure = await self._once()
            attempt = 1 if loop.time() - self._since > LASTED else attempt + 1
            wait = pause(failure, attempt, self._jitter())
            self._tell(Status(failure, wait))
            await asyncio.sleep(wait)

    async def _once(self) -> Failure:
        """One connection from its beginning to its end."""
        try:
            login = await self._login()
            line = await dial(self.broker, login, self._id, self._words.status("lost"), self._done, self._answer_within)
        except BleError as failed:
            return failed.failure
        try:
            return await self._serve(line)
        finally:
            self.connected = False
            if not line.ended.done():
                await line.close(self._words.status("stopped"))
            left = [one for one in line.unconfirmed() if one.sort is not Sort.STATUS]
            silent = line.ended.done() and line.ended.result().kind is ErrorKind.NET_TIMEOUT
            self.outbox.put_back(left if silent else self._without_poison(left))

    def _without_poison(self, left: list[Message]) -> list[Message]:
        """A message that ends one connection after the other is refused by that: the others must not wait for it."""
        first = left[0] if left else None
        self._suspect, self._strikes = first, self._strikes + 1 if first == self._suspect else 1
        if first is None or self._strikes < STRIKES_MAX:
            return left
        self.refused[first.sort] += 1
        return left[1:]

    async def _serve(self, line: Line) -> Failure:
        self.connected = True
        self._since = asyncio.get_running_loop().time()
        self.connects += 1
        self._tell(Status(None))
        line.publish(self._words.status("online"))
        for message in self._standing() if self.connects > 1 else ():  # the broker may have missed or forgotten it
            self.outbox.put(message)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(line.watch()), group.create_task(self._send(line))]
            await asyncio.wait([line.ended])
            for task in tasks:
                task.cancel()
        return line.ended.result()

    async def _send(self, line: Line) -> None:
        loop = asyncio.get_running_loop()
        told_at = float("-inf")
        while True:
            await line.room()
            message = await self.outbox.next()
            line.publish(message)
            if loop.time() - told_at >= SHED_EVERY and (lost := self.outbox.take_untold()):
                told_at = loop.time()
                for news in self._words.lost(lost):
                    self.outbox.put(news)

    async def _login(self) -> Login | None:
        if not self.broker.key:
            return None
        secret = await in_thread(lambda: self._secret(self.broker.key))  # a command may take its time
        user, colon, password = secret.partition(":")
        return Login(user, password if colon else None)

    def _done(self, message: Message, refused: Failure | None) -> None:
        if refused is None:
            self.published[message.sort] += 1
            return
        self.refused[message.sort] += 1
        self._tell(Status(refused))

    def _tell(self, status: Status) -> None:
        failure = status.failure
        now = None if failure is None else (failure.kind, failure.source, failure.code)
        if self._noted != (now,):
            self._noted = (now,)
            self._note(status)


def pause(failure: Failure, attempt: int, jitter: float) -> float:
    """Seconds to wait when attempt number `attempt` (from 1) did not last. `jitter` in [0, 1) spreads them."""
    decision = policy(failure, OPERATION, outcome_unknown=False, attempt=attempt, jitter=jitter)
    if decision.when == "later":
        return decision.wait
    longest = FIRST_WAIT if decision.when == "now" else FIXED_BY_A_PERSON
    return longest * (0.5 + 0.5 * jitter)
