"""The queue's hands: makes its calls, tells it how they ended, wakes it when time alone moves it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial

from bletui.backend import Backend
from bletui.connections import Call, CancelCall, ConnectionQueue, Policy, Release, Signal, Step
from bletui.connections.steps import needs_link
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Connect,
    Disconnect,
    Operation,
    OperationChanged,
    OpId,
    Pair,
    Peer,
    Request,
    Result,
)
from bletui.radio.calls import make
from bletui.target import invalid

DROP_GRACE = 0.5  # seconds after a link's end in which a call may still return by itself
RELEASE_WITHIN = 2.0
BY_ITSELF_WITHIN = 30.0
RADIO = "radio"  # the owner of what the radio does by itself

Make = Callable[[], Awaitable[Failure | Result]]  # a call, and how it ended


async def _make(request: Request, call: Make) -> Failure | Result:
    return await call()


class Runner:
    """Runs one radio's queue. All calls live in one task group, which `serve` keeps until it is cancelled."""

    def __init__(
        self,
        backend: Backend,
        queue: ConnectionQueue,
        now: Callable[[], float],
        publish: Callable[[Sequence[OperationChanged]], None],
        linked: Callable[[Request], Peer | None],
        signal: Signal,
        *,
        typed: Callable[[Request], Request] = lambda request: request,
        heard: Callable[[str, str | None, float], bool] = lambda address, lane, since: False,
        making: Callable[[Request, Make], Awaitable[Failure | Result]] = _make,
    ) -> None:
        """`typed` gives a connect the address type that was heard by the time of its call; `heard` says whether a
        device was heard there (None: anywhere) since then; `making` makes a call, and what has to be done around it."""
        self.queue = queue
        self._typed = typed
        self._heard = heard
        self._making = making
        self._backend = backend
        self._now = now
        self._publish = publish
        self._linked = linked
        self._signal = signal
        self._calls: dict[OpId, tuple[Call, asyncio.Task[None]]] = {}
        self._bounds: dict[OpId, asyncio.Timeout] = {}
        self._left: dict[OpId, float] = {}  # seconds of the limits that stand still
        self._verdicts: dict[OpId, Failure] = {}  # why a call is being cancelled, where it was not its owner's wish
        self._waiting: dict[OpId, asyncio.Future[Operation]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._wake: asyncio.TimerHandle | None = None
        self._soon: asyncio.Handle | None = None
        self._releases = 0

    async def serve(self, ready: asyncio.Event) -> None:
        end = Failure(kind=ErrorKind.OP_CANCELLED, detail="the radio was closed")
        try:
            async with asyncio.TaskGroup() as self._group:
                ready.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    self._group = None  # nothing new begins while what runs is ended
        except ExceptionGroup:
            end = Failure(kind=ErrorKind.INTERNAL_BUG, detail="a call of this radio crashed")
            raise
        finally:
            if self._wake is not None:
                self._wake.cancel()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(BleError(end))

    async def perform(
        self,
        id_: OpId,
        request: Request,
        *,
        limit: float,
        deadline: float | None,
        priority: int,
        policy: Policy | None = None,
        lost: Failure | None = None,
    ) -> Result:
        """Queues and waits; cancelling the waiting cancels the operation. `op.cancelled`: the radio is closed."""
        if self._group is None:
            raise BleError(Failure(kind=ErrorKind.OP_CANCELLED, detail="the radio was closed"))
        if id_ in self._waiting:
            raise invalid(f"operation {id_.n} of {id_.owner} was asked for before")
        future: asyncio.Future[Operation] = asyncio.get_running_loop().create_future()
        self._waiting[id_] = future
        self.queue.submit(
            id_,
            request,
            self._now(),
            limit=limit,
            deadline=deadline,
            priority=priority,
            policy=policy,
            lost=lost,
        )
        self._settle_soon()
        try:
            operation = await future
        except asyncio.CancelledError:
            if self._group is not None:
                self._make(self.queue.cancel(id_))
                self._settle_soon()
            raise
        finally:
            self._waiting.pop(id_, None)
        if operation.failure is not None:
            raise BleError(operation.failure)
        return operation.result

    def cancel(self, id_: OpId) -> None:
        if self._group is None:
            return
        self._make(self.queue.cancel(id_))
        self.settle()

    async def by_itself(self, request: Request) -> Result:
        """What the radio asks for on its own behalf."""
        self._releases += 1
        id_ = OpId(RADIO, self._releases)
        return await self.perform(id_, request, limit=BY_ITSELF_WITHIN, deadline=BY_ITSELF_WITHIN, priority=1)

    def beside(self, work: Coroutine[None, None, None]) -> bool:
        """Runs the radio's own work among the calls; nobody waits for it. False: the radio is closed."""
        if self._group is None:
            work.close()
            return False
        self._group.create_task(self._quietly(work))
        return True

    async def _quietly(self, work: Coroutine[None, None, None]) -> None:
        """The radio's own work ends with the radio, which is no failure of it."""
        try:
            await work
        except BleError as ended:
            if ended.failure.kind is not ErrorKind.OP_CANCELLED:
                raise

    def cancel_all_of(self, owner: str) -> None:
        if self._group is None:
            return
        for id_ in [id_ for id_ in self._waiting if owner_of(id_) == owner]:
            self._make(self.queue.cancel(id_))
        self.settle()

    async def drained(self, within: float) -> None:
        """Returns when no call runs any more, or after `within` seconds."""
        running = [task for _, task in self._calls.values()]
        if running:
            await asyncio.wait(running, timeout=within)

    def settle(self) -> None:
        """After any change: starts what may run, tells what changed, sets the next alarm."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if self._group is None or self.queue.empty:
            return
        self._tell()  # a retry that is due at once is seen as one all the same
        self._make(self.queue.advance(self._now()))
        self._tell()
        self._set_alarm()

    def settle_soon(self) -> None:
        """Tells what has changed now, and settles once for all that this turn of the loop brings."""
        if self._group is not None:
            self._tell()
        self._settle_soon()

    def _settle_soon(self) -> None:
        """Settling looks at every operation there is."""
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_soon(self.settle)

    def _tell(self) -> None:
        told = self.queue.changed(self._now())
        if told:
            self._publish([OperationChanged(self._now(), operation) for operation in told])
        for operation in told:
            future = self._waiting.get(operation.id)
            if operation.ended and future is not None and not future.done():
                future.set_result(operation)

    # -- what ends calls from outside

    def link_down(self, peer: Peer, reason: Failure) -> None:
        """A call on this link has half a second to say it itself; then the link's reason speaks for it."""
        for id_, (call, task) in self._calls.items():
            if call.request.address == peer.address and call.lane == peer.lane and needs_link(call.request):
                asyncio.get_running_loop().call_later(DROP_GRACE, self._fail, id_, task, reason)

    def lane_down(self, lane: str, reason: Failure) -> None:
        for id_, (call, task) in list(self._calls.items()):
            if call.lane == lane:
                self._fail(id_, task, reason)

    def connecting(self, peer: Peer) -> list[str]:
        """Whose connects to this address run, there or wherever the far side chooses."""
        return [
            owner_of(id_)
            for id_, (call, _) in self._calls.items()
            if isinstance(call.request, Connect | Pair)
            and call.request.address == peer.address
            and call.lane in (None, peer.lane)
        ]

    def ending(self, peer: Peer) -> str | None:
        """Whose disconnect of this link runs; what the radio releases by itself is nobody's."""
        for id_, (call, _) in self._calls.items():
            if isinstance(call.request, Disconnect) and (call.lane, call.request.address) == peer:
                return None if id_.owner == RADIO else owner_of(id_)
        return None

    def link_up(self, peer: Peer) -> None:
        """A connect that goes on after its link is up looks for the attributes."""
        for id_, (call, _) in self._calls.items():
            if isinstance(call.request, Connect) and call.request.address == peer.address:
                self.queue.phase(id_, "discovering")

    def _fail(self, id_: OpId, task: asyncio.Task[None], reason: Failure) -> None:
        """Not a later attempt of the same operation."""
        if id_ in self._calls and self._calls[id_][1] is task:
            self._verdicts[id_] = reason
            _cancel(task)

    # -- while somebody is asked

    def asking(self, peer: Peer) -> OpId | None:
        """The operation whose call a question about this link belongs to."""
        for id_, (call, _) in self._calls.items():
            if call.request.address == peer.address and call.lane in (None, peer.lane):
                return id_
        return None

    def stand_still(self, id_: OpId) -> None:
        """Its limit does not pass until `go_on`."""
        bound = self._bounds.get(id_)
        when = None if bound is None else bound.when()
        if bound is not None and when is not None:
            self._left[id_] = when - asyncio.get_running_loop().time()
            bound.reschedule(None)

    def go_on(self, id_: OpId) -> None:
        left, bound = self._left.pop(id_, None), self._bounds.get(id_)
        if left is not None and bound is not None:
            bound.reschedule(asyncio.get_running_loop().time() + left)

    def refuse(self, prompt: int) -> None:
        """Answers a question with no."""
        if self._group is not None:
            self._group.create_task(self._refuse(prompt))

    async def _refuse(self, prompt: int) -> None:
        try:
            await self._backend.answer(prompt, None)
        except BleError as late:
            # It was closed meanwhile; anything else shows in the end of the call that asks.
            if late.failure.kind is ErrorKind.INTERNAL_BUG:
                raise

    # -- making steps

    def _make(self, steps: list[Step]) -> None:
        for step in steps:
            match step:
                case Call(id=id_) if self._group is not None:
                    self._calls[id_] = (step, self._group.create_task(self._run(step)))
                case CancelCall(id=id_):
                    _cancel(self._calls[id_][1])
                case Release(peer=peer):
                    self.release(peer)

    def release(self, peer: Peer) -> OpId:
        """Queues the end of a link of ours; the caller settles."""
        self._releases += 1
        id_ = OpId(RADIO, self._releases)
        self.queue.submit(id_, Disconnect(peer.address, peer.lane), self._now(), limit=RELEASE_WITHIN)
        return id_

    async def _run(self, call: Call) -> None:
        outcome: Failure | Result = Failure(kind=ErrorKind.OP_CANCELLED)
        call, began = replace(call, request=self._typed(call.request)), self._now()
        try:
            outcome = self._there(call) or await self._making(
                call.request, partial(make, self._backend, call, self._bounds)
            )
            if isinstance(outcome, Failure) and outcome.outcome_unknown:
                outcome = self._there(call) or outcome
        except asyncio.CancelledError:
            outcome = self._verdicts.pop(call.id, outcome)
        finally:
            self._verdicts.pop(call.id, None)
            self._left.pop(call.id, None)
            del self._calls[call.id]
        if self._group is not None:
            self._make(self.queue.ended(call.id, self._now(), self._with_signal(call, outcome)))
            self.settle_soon()
            address = call.request.address
            if address in self.queue.looking() and self._heard(address, call.lane, began):
                self.queue.heard(address)  # while the call ran: what is waited for may not come a second time

    def _with_signal(self, call: Call, outcome: Failure | Result) -> Failure | Result:
        """A connect that failed says how strong the device was heard there: much of what goes wrong is distance."""
        if not isinstance(outcome, Failure) or not isinstance(call.request, Connect) or call.lane is None:
            return outcome
        rssi = self._signal(call.request.address, call.lane)
        if rssi is None or any(name == "rssi" for name, _ in outcome.evidence):
            return outcome
        return replace(outcome, evidence=(*outcome.evidence, ("rssi", str(rssi))))

    def _there(self, call: Call) -> Peer | None:
        """The link that a connect is for, if it is up: asked before a repeat and where the outcome is unknown."""
        return self._linked(call.request) if isinstance(call.request, Connect) else None

    def _set_alarm(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        at = self.queue.wake_at()
        if at is not None:
            delay = max(0.0, at - self._now())
            self._wake = asyncio.get_running_loop().call_later(delay, self.settle)


def _cancel(task: asyncio.Task[None]) -> None:
    """After its first step: a task that is cancelled before it runs nothing at all, and nobody hears of its end."""
    asyncio.get_running_loop().call_soon(task.cancel)


def owner_of(id_: OpId) -> str:
    """The owner behind an operation; seats add their own part to the ids they make."""
    return id_.owner.partition("/")[0]
