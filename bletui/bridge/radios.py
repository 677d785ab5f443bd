"""The bridge's radios as one: which of them a request is for, and how their prompts are told apart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

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
    """Several radios side by side, each under a key that it keeps; `state` is what their events fold to."""

    def __init__(self, radios: Sequence[Radio], state: Folding) -> None:
        self._radios: dict[int, Radio] = {}
        for radio in radios:
            self.add(radio)
        self._state = state
        self._lanes: dict[str, int] = {}
        self._prompts: dict[int, tuple[int, int]] = {}  # by the bridge's number: the radio, and its own

    @property
    def radios(self) -> tuple[Radio, ...]:
        return tuple(self._radios.values())

    def __getitem__(self, key: int) -> Radio:
        return self._radios[key]

    def __contains__(self, key: int) -> bool:
        return key in self._radios

    def __iter__(self) -> Iterator[int]:
        return iter(tuple(self._radios))

    def called(self, name: str) -> int:
        return next(key for key, radio in self._radios.items() if radio.name == name)

    def lanes(self, key: int) -> list[str]:
        return [lane for lane, its in self._lanes.items() if its == key]

    def add(self, radio: Radio) -> int:
        """Its key. `op.unsupported` for one that another bridge serves: owners would be named twice, and mixed up."""
        if isinstance(radio, RemoteRadio):
            raise BleError(_served_already(radio.name))
        key = max(self._radios, default=-1) + 1
        self._radios[key] = radio
        return key

    def remove(self, key: int) -> None:
        del self._radios[key]
        self._lanes = {lane: its for lane, its in self._lanes.items() if its != key}
        self._prompts = {number: its for number, its in self._prompts.items() if its[0] != key}

    def told(self, key: int, events: Iterable[Event]) -> list[Event]:
        """A radio's events as the bridge tells them: each radio counts its prompts for itself."""
        return [event if type(event) is Advertisement else self._renamed(key, event) for event in events]

    async def sit(self, owner: Owner) -> Sitting:
        sitting = Sitting(self, owner)
        await sitting.settle()
        return sitting

    def prompt(self, number: int) -> tuple[int, int]:
        """The radio that asks, and what it calls the prompt. What none asks any more, a radio refuses with its reason;
        `link.state-conflict` where it would take the number for another prompt of its own."""
        found = self._prompts.get(number, (self._first, number))
        if number not in self._prompts and found in self._prompts.values():
            raise BleError(
                Failure(
                    kind=ErrorKind.LINK_STATE_CONFLICT, source="bletui.bridge", operation="answer",
                    detail="nobody asks this any more",
                )
            )  # fmt: skip
        return found

    def lane(self, lane: str) -> int:
        """The radio of a lane; `request.invalid` if there is none, and more than one radio that could be meant."""
        if len(self._radios) == 1:
            return self._first
        if lane not in self._lanes:
            known = ", ".join(self._lanes) or "none"
            raise BleError(
                Failure(kind=ErrorKind.REQUEST_INVALID, source="bletui.bridge", lane=lane, detail=f"lanes: {known}")
            )
        return self._lanes[lane]

    @property
    def _first(self) -> int:
        return next(iter(self._radios))

    def wanted(self, request: Request) -> int:
        """The lane's radio; else the one with a link to the device, the one that hears it best, the first."""
        if len(self._radios) == 1:
            return self._first
        if request.lane is not None:
            return self.lane(request.lane)
        if links := self._state.links_to(request.address):
            return self._lanes.get(links[0].peer.lane, self._first)
        heard = [found for lane in self._lanes if (found := self._state.last(lane, request.address))]
        best = max(heard, key=lambda one: -128 if one.rssi is None else one.rssi, default=None)
        return self._first if best is None else self._lanes[best.lane]

    def narrowed(self, key: int, request: ScanRequest | None) -> ScanRequest | None:
        """The part of a wish that concerns this radio's lanes."""
        if request is None or request.lanes is None or len(self._radios) == 1:
            return request
        ours = tuple(lane for lane in request.lanes if self._lanes.get(lane) == key)
        return replace(request, lanes=ours) if ours else None

    def _renamed(self, key: int, event: Event) -> Event:
        match event:
            case LaneChanged(lane=lane):
                self._lanes[lane.id] = key
            case LaneDown(lane=gone):
                self._lanes.pop(gone, None)
            case Prompt(id=inner):
                return replace(event, id=self._number(key, inner))
            case PromptClosed(id=inner):
                number = self._number(key, inner)
                del self._prompts[number]
                return replace(event, id=number)
            case _:
                pass
        return event

    def _number(self, key: int, inner: int) -> int:
        """The bridge's number of a prompt: the radio's own, unless another radio's has it now."""
        known = next((number for number, its in self._prompts.items() if its == (key, inner)), None)
        if known is not None:
            return known
        number = next(number for number in count(inner) if number not in self._prompts)
        self._prompts[number] = key, inner
        return number


class Sitting:
    """One owner's seats, one at each radio."""

    def __init__(self, radios: Radios, owner: Owner) -> None:
        self.owner = owner
        self._radios = radios
        self._by_key: dict[int, Attachment] = {}
        self._wish: ScanRequest | None = None

    @property
    def _seats(self) -> list[Attachment]:
        return [seat for key, seat in self._by_key.items() if key in self._radios]

    async def settle(self) -> None:
        """Sits down at each radio that has come since, with the wish that the others have; forgets those that went."""
        for key in [key for key in self._by_key if key not in self._radios]:
            del self._by_key[key]
        while missing := [key for key in self._radios if key not in self._by_key]:
            seat = await self._radios[missing[0]].attach(self.owner, deaf=True)
            self._by_key[missing[0]] = seat
            if self._wish is not None:
                await seat.scan(self._radios.narrowed(missing[0], self._wish))

    async def perform(
        self, request: Request, *, op: OpId, limit: float, deadline: float | None, priority: int, once: bool = False
    ) -> Result:
        async def at(seat: Attachment) -> Result:
            return await seat.perform(request, op=op, limit=limit, deadline=deadline, priority=priority, once=once)

        if isinstance(request, ListBonds) and request.lane is None and len(self._seats) > 1:
            found = [await at(seat) for seat in self._seats]
            return tuple(one for bonds in found if isinstance(bonds, tuple) for one in bonds if isinstance(one, Bond))
        return await at(self._by_key[self._radios.wanted(request)])

    async def scan(self, request: ScanRequest | None) -> None:
        self._wish = request
        for key in self._radios:
            await self._by_key[key].scan(self._radios.narrowed(key, request))

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
        seat = self._by_key[self._radios.lane(lane)]
        await (seat.pause(lane) if paused else seat.resume(lane))

    async def answer(self, prompt: int, value: str | None) -> None:
        key, inner = self._radios.prompt(prompt)
        await self._by_key[key].answer(inner, value)

    async def adopt(self, peer: Peer) -> None:
        await self._by_key[self._radios.lane(peer.lane)].adopt(peer)

    async def leave(self, *, keep: bool) -> None:
        async with asyncio.TaskGroup() as leaving:
            for seat in self._seats:
                leaving.create_task(seat.detach(keep=keep))


def _served_already(name: str) -> Failure:
    detail = f"{name} is a bridge's: whoever wants its radios goes there, or to a bridge with the radios' own targets"
    return Failure(kind=ErrorKind.OP_UNSUPPORTED, source="bletui.bridge", operation="bridge run", detail=detail)
