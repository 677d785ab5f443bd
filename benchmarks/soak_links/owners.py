"""Owners as real clients are: each wants its link, and brings it up again when it is down."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bletui.backends.simulator.lab import address
from bletui.failure import BleError, ErrorKind
from bletui.model import (
    Connect,
    Disconnect,
    Event,
    LaneDown,
    LinkChanged,
    NotifyMode,
    Owner,
    Pair,
    Prompt,
    Read,
    Request,
    Subscribe,
    SubscriptionChanged,
    Unpair,
    Write,
)
from bletui.radio import Attachment, QueuedRadio

PATIENCE = 120.0  # seconds in which a connect may be repeated
BREATH = 2.0  # seconds after a failure before an owner tries again
BATTERY = 0x20
GUARDED = 0x1A  # the vault's value that wants an authenticated link


@dataclass(frozen=True, slots=True)
class Role:
    """Which device an owner wants, what it listens to, and what it asks every `period` seconds."""

    name: str
    device: str
    listens: Mapping[int, NotifyMode]
    asks: tuple[Request, ...]
    period: float = 20.0


def _role(name: str, device: str, listens: Mapping[int, NotifyMode], *asks: Request) -> Role:
    return Role(name, address(device), listens, asks)


def _at(device: str) -> str:
    return address(device)


ROLES = (
    _role(
        "climate",
        "thermometer",
        {0x17: "notify", 0x1A: "notify", BATTERY: "notify"},
        Read(_at("thermometer"), handle=BATTERY),
    ),
    _role("pulse", "heart rate", {0x17: "notify"}, Read(_at("heart rate"), handle=0x1A)),
    _role("second pulse", "heart rate", {0x17: "notify"}, Read(_at("heart rate"), handle=0x0E)),
    _role("echo", "UART echo", {0x1A: "notify"}, Write(_at("UART echo"), handle=0x17, value=b"still there?")),
    _role("counter", "counter", {0x1A: "notify"}, Write(_at("counter"), handle=0x17, value=b"\x02\x00")),
    _role("vault", "vault", {0x2C: "indicate"}, Write(_at("vault"), handle=0x29, value=bytes(200))),
    _role("third", "every third", {0x17: "notify"}, Read(_at("every third"), handle=BATTERY)),
    _role("old", "public address", {0x17: "notify"}, Read(_at("public address"), handle=0x03)),
)


@dataclass
class Resident:
    """Keeps one link. What it listens to comes back with the link; only what is told lost is asked for again."""

    role: Role
    seat: Attachment
    failures: Counter[ErrorKind] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    _up: bool = False
    _missing: set[int] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def live(self) -> None:
        self._missing = set(self.role.listens)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            while True:
                try:
                    await self._visit()
                except BleError as failed:
                    self.failures[failed.failure.kind] += 1
                    await asyncio.sleep(BREATH)

    async def _visit(self) -> None:
        if not self._up:
            await self.seat.perform(Connect(self.role.device), deadline=PATIENCE)
            self._up = True
        for handle in sorted(self._missing):
            await self.seat.perform(Subscribe(self.role.device, handle=handle, mode=self.role.listens[handle]))
            self._missing.discard(handle)
        for request in self.role.asks:
            await self.seat.perform(request)
            self.done[type(request).__name__] += 1
        self._changed.clear()
        try:
            async with asyncio.timeout(self.role.period):
                await self._changed.wait()
        except TimeoutError:
            return  # nothing happened: time to ask again

    async def _listen(self) -> None:
        async for batch in self.seat.events():
            lost: set[int] = set()
            for event in batch.events:
                lost |= self._heard(event)
            if self._up:  # the link is there and the value is not: the radio could not arm it again
                self._missing |= lost
            if lost or not self._up:
                self._changed.set()

    def _heard(self, event: Event) -> set[int]:
        """The values of ours that are told lost."""
        match event:
            case LinkChanged(peer=peer, state="up" | "down" as state) if peer.address == self.role.device:
                self._up = state == "up"
            case SubscriptionChanged(peer=peer, handle=handle, lost=reason) if peer.address == self.role.device:
                return {handle} & set(self.role.listens) if reason is not None else set()
            case LaneDown():
                pass  # the ends of its links are told one by one
            case _:
                pass
        return set()


@dataclass
class Guest:
    """Comes, pairs, reads what only a paired client may, leaves no bond, link or seat behind, and comes again."""

    radio: QueuedRadio
    device: str = field(default_factory=lambda: address("compares"))
    every: float = 150.0
    visits: int = 0
    asked: int = 0
    failures: Counter[ErrorKind] = field(default_factory=Counter)

    async def live(self) -> None:
        while True:
            seat = await self.radio.attach(Owner("guest"))
            try:
                async with asyncio.TaskGroup() as group:
                    answering = group.create_task(self._answer(seat))
                    await self._steps(seat)
                    answering.cancel()
            finally:
                await seat.detach(keep=False)
            await asyncio.sleep(self.every)

    async def _steps(self, seat: Attachment) -> None:
        connected = False
        try:
            await seat.perform(Connect(self.device, address_type="random"), deadline=PATIENCE)
            connected = True
            await seat.perform(Pair(self.device), deadline=PATIENCE)
            await seat.perform(Read(self.device, handle=GUARDED))
            self.visits += 1
        except BleError as failed:
            self.failures[failed.failure.kind] += 1
        for request in (Unpair(self.device), Disconnect(self.device)) if connected else ():
            try:
                await seat.perform(request)
            except BleError as failed:
                self.failures[failed.failure.kind] += 1

    async def _answer(self, seat: Attachment) -> None:
        """Every fourth question stays without an answer."""
        async for batch in seat.events():
            for event in batch.events:
                if isinstance(event, Prompt):
                    self.asked += 1
                    if self.asked % 4:
                        await self._say(seat, event.id)

    async def _say(self, seat: Attachment, prompt: int) -> None:
        try:
            await seat.answer(prompt, "1")
        except BleError as late:  # its link ended as it was asked
            self.failures[late.failure.kind] += 1
