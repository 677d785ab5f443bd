"""Template backends that each break one promise."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any

from bletui_template import ADDRESS, COUNTER, VALUE, Template

from bletui.backend import Emit
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    AddressType,
    Advertisement,
    Bond,
    Event,
    GattTree,
    Lane,
    LaneChanged,
    LinkChanged,
    NotifyMode,
    Peer,
    ScanRequest,
    StreamChanged,
)
from bletui.testing.virtual_time import VirtualLoop

_runs = count()


class SlowToOpen(Template):
    async def open(self, emit: Emit) -> None:
        await asyncio.sleep(1.5)
        await super().open(emit)


class TellsNoLane(Template):
    async def open(self, emit: Emit) -> None:
        self._emit = emit


class ConnectsNowhere(Template):
    async def open(self, emit: Emit) -> None:
        self._emit = emit
        emit([LaneChanged(self._now(), Lane(self._lane, connects=0, cannot={"bonds": "no bonds"}))])


class HoldsTheLoopUp(Template):
    async def _advertise(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        for second in (0.1, 0.2):
            loop.call_later(second, loop.stall, 0.3)
        await super()._advertise()


class NeverUsable(Template):
    async def open(self, emit: Emit) -> None:
        self._emit = emit
        emit(
            [
                LaneChanged(
                    self._now(), Lane(self._lane, usable=Failure(kind=ErrorKind.NET_REFUSED), cannot={"bonds": "no"})
                )
            ]
        )


class ForgetsItsIds(Template):
    async def open(self, emit: Emit) -> None:
        self._lane = f"{self._lane}-{next(_runs)}"
        self._peer = Peer(self._lane, ADDRESS)
        await super().open(emit)


class LeavesTasks(Template):
    async def aclose(self) -> None:
        pass


class NeedsOpening(Template):
    async def aclose(self) -> None:
        await super().aclose()
        self._emit([])


class HearsFromNowhere(Template):
    async def open(self, emit: Emit) -> None:
        def elsewhere(events: Sequence[Event]) -> None:
            emit([e._replace(lane="elsewhere") if isinstance(e, Advertisement) else e for e in events])

        await super().open(elsewhere)


class WaitsForPackets(Template):
    def scan(self, request: ScanRequest | None) -> None:
        super().scan(request)
        if request is not None:
            self._emit([Advertisement(self._now(), self._lane, ADDRESS, "random", -50, "ADV_IND", b"")])


class NeverStops(Template):
    def scan(self, request: ScanRequest | None) -> None:
        if request is not None:
            super().scan(request)
        else:
            self._emit([StreamChanged(self._now(), self._lane, "scan", "off")])


class StartsOnce(Template):
    started = False

    def scan(self, request: ScanRequest | None) -> None:
        if request is not None and self.started:
            return
        self.started = self.started or request is not None
        super().scan(request)


class TellsText(Template):
    async def open(self, emit: Emit) -> None:
        await super().open(emit)
        told: Any = ["gateway is up"]
        emit(told)


class RunsBackwards(Template):
    ticks = 0

    def _now(self) -> float:
        self.ticks += 1
        return super()._now() - 100.0 * (self.ticks % 2)


class Raw(Template):
    async def open(self, emit: Emit) -> None:
        def named(events: Sequence[Event]) -> None:
            emit([e._replace(name="\x1b[2J") if isinstance(e, Advertisement) else e for e in events])

        await super().open(named)


class TellsLinksTwice(Template):
    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        peer = await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)
        self._emit([LinkChanged(self._now(), peer, "up", mtu=23)])
        return peer


class TellsEndsTwice(Template):
    async def disconnect(self, peer: Peer, *, within: float) -> None:
        await super().disconnect(peer, within=within)
        self._emit([LinkChanged(self._now(), peer, "down")])


class ConnectsOnce(Template):
    connected = False

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        if self.connected:
            raise BleError(Failure(kind=ErrorKind.LINK_CONNECT_FAILED))
        peer = await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)
        self.connected = True
        return peer


class BlamesTheChip(Template):
    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        if address != ADDRESS:
            raise BleError(Failure(kind=ErrorKind.BUSY_CHIP))
        return await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)


class ConnectsForEver(Template):
    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        if address != ADDRESS:
            await asyncio.Event().wait()
        return await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)


class KeepsWhatWasCancelled(Template):
    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        try:
            return await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)
        except asyncio.CancelledError:
            self._up = True
            self._emit([LinkChanged(self._now(), self._peer, "up", mtu=23)])
            raise


class ShufflesHandles(Template):
    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        tree = await super().discover(peer, refresh=refresh, within=within)
        (service,) = tree.services
        turned = type(service)(service.uuid, service.handle, service.characteristics[::-1])
        return GattTree(peer, (turned,))


class HidesProperties(Template):
    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        tree = await super().discover(peer, refresh=refresh, within=within)
        (service,) = tree.services
        return GattTree(peer, (type(service)(service.uuid, service.handle, ()),))


class ReadsWhatIsNotThere(Template):
    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        self._needs_link(peer)
        return self._device.values.get(handle, b"")


class LetsOtherExceptionsOut(Template):
    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        self._needs_link(peer)
        return self._device.values[handle]


class WritesHalf(Template):
    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        await super().write(peer, handle, value[:1], response=response, within=within)


class NotifiesUnderAnotherHandle(Template):
    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        await super().subscribe(peer, handle - 1, mode=mode, within=within)


class NotifiesOn(Template):
    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        if mode != "off":
            await super().subscribe(peer, handle, mode=mode, within=within)


class ReadsWithoutALink(Template):
    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        if handle not in self._device.values:
            raise BleError(Failure(kind=ErrorKind.GATT_NOT_FOUND))
        return self._device.values[handle]


class HidesWhatItCant(Template):
    async def open(self, emit: Emit) -> None:
        def silent(events: Sequence[Event]) -> None:
            emit([_open(event) if isinstance(event, LaneChanged) else event for event in events])

        await super().open(silent)


class CrashesOnBonds(Template):
    async def bonds(self) -> tuple[Bond, ...]:
        raise NotImplementedError


def _open(event: LaneChanged) -> LaneChanged:
    return LaneChanged(event.at, type(event.lane)(event.lane.id, event.lane.name))


__all__ = ["COUNTER", "VALUE"]
