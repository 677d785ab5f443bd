"""The bridge's radios as one: which of them a request is for, and how their prompts are told apart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bletui.bridge.remote import RemoteRadio
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Bond,
    Event,
    Folding,
    LaneChanged,
    LaneDown,
    ListBonds,
    OpId,
    Owner,
    Peer,
    Prompt,
    PromptClosed,
    Request,
    Result,
    ScanRequest,
)
from bletui.radio import Attachment, Radio


class Radios:
    """Several radios side by side; `state` is what their events fold to.

    `op.unsupported` for one that another bridge serves: owners would be named twice, and mixed up.
    """

    def __init__(self, radios: Sequence[Radio], state: Folding) -> None:
        for radio in radios:
            if isinstance(radio, RemoteRadio):
                raise BleError(_served_already(radio.name))
        self.radios = tuple(radios)
        self._state = state
        self._lanes: dict[str, int] = {}

    def told(self, index: int, events: Iterable[Event]) -> list[Event]:
        """A radio's events as the bridge tells them: each radio counts its prompts for itself."""
        return [event if type(event) is Advertisement else self._renamed(index, event) for event in events]

    async def sit(self, owner: Owner) -> Sitting:
        return Sitting(self, owner, [await radio.attach(owner, deaf=True) for radio in self.radios])

    def prompt(self, number: int) -> tuple[int, int]:
        """The radio that asks, and what it calls the prompt."""
        inner, index = divmod(number, len(self.radios))
        return index, inner

    def lane(self, lane: str) -> int:
        """The radio of a lane; `request.invalid` if there is none, and more than one radio that could be meant."""
        if len(self.radios) == 1:
            return 0
        if lane not in self._lanes:
            known = ", ".join(self._lanes) or "none"
            raise BleError(
                Failure(kind=ErrorKind.REQUEST_INVALID, source="bletui.bridge", lane=lane, detail=f"lanes: {known}")
            )
        return self._lanes[lane]

    def wanted(self, request: Request) -> int:
        """The lane's radio; else the one with a link to the device, the one that hears it best, the first."""
        if len(self.radios) == 1:
            return 0
        if request.lane is not None:
            return self.lane(request.lane)
        if links := self._state.links_to(request.address):
            return self._lanes.get(links[0].peer.lane, 0)
        heard = [found for lane in self._lanes if (found := self._state.last(lane, request.address))]
        best = max(heard, key=lambda one: -128 if one.rssi is None else one.rssi, default=None)
        return 0 if best is None else self._lanes[best.lane]

    def narrowed(self, index: int, request: ScanRequest | None) -> ScanRequest | None:
        """The part of a wish that concerns this radio's lanes."""
        if request is None or request.lanes is None or len(self.radios) == 1:
            return request
        ours = tuple(lane for lane in request.lanes if self._lanes.get(lane) == index)
        return replace(request, lanes=ours) if ours else None

    def _renamed(self, index: int, event: Event) -> Event:
        match event:
            case LaneChanged(lane=lane):
                self._lanes[lane.id] = index
            case LaneDown(lane=gone):
                self._lanes.pop(gone, None)
            case Prompt(id=number) | PromptClosed(id=number):
                return replace(event, id=number * len(self.radios) + index)
            case _:
                pass
        return event


class Sitting:
    """One owner's seats, one at each radio."""

    def __init__(self, radios: Radios, owner: Owner, seats: list[Attachment]) -> None:
        self.owner = owner
        self._radios = radios
        self._seats = seats

    async def perform(
        self, request: Request, *, op: OpId, limit: float, deadline: float | None, priority: int, once: bool = False
    ) -> Result:
        async def at(seat: Attachment) -> Result:
            return await seat.perform(request, op=op, limit=limit, deadline=deadline, priority=priority, once=once)

        if isinstance(request, ListBonds) and request.lane is None and len(self._seats) > 1:
            found = [await at(seat) for seat in self._seats]
            return tuple(one for bonds in found if isinstance(bonds, tuple) for one in bonds if isinstance(one, Bond))
        return await at(self._seats[self._radios.wanted(request)])

    async def scan(self, request: ScanRequest | None) -> None:
        for index, seat in enumerate(self._seats):
            await seat.scan(self._radios.narrowed(index, request))

    async def rescan(self) -> None:
        for seat in self._seats:
            await seat.rescan()

    async def cancel(self, op: OpId) -> None:
        for seat in self._seats:
            await seat.cancel(op)

    async def promote(self, op: OpId) -> None:
        for seat in self._seats:
            await seat.promote(op)

    async def retry_now(self, op: OpId) -> None:
        for seat in self._seats:
            await seat.retry_now(op)

    async def pause(self, lane: str, *, paused: bool) -> None:
        seat = self._seats[self._radios.lane(lane)]
        await (seat.pause(lane) if paused else seat.resume(lane))

    async def answer(self, prompt: int, value: str | None) -> None:
        index, inner = self._radios.prompt(prompt)
        await self._seats[index].answer(inner, value)

    async def adopt(self, peer: Peer) -> None:
        await self._seats[self._radios.lane(peer.lane)].adopt(peer)

    async def leave(self, *, keep: bool) -> None:
        async with asyncio.TaskGroup() as leaving:
            for seat in self._seats:
                leaving.create_task(seat.detach(keep=keep))


def _served_already(name: str) -> Failure:
    detail = f"{name} is a bridge's: whoever wants its radios goes there, or to a bridge with the radios' own targets"
    return Failure(kind=ErrorKind.OP_UNSUPPORTED, source="bletui.bridge", operation="bridge run", detail=detail)
