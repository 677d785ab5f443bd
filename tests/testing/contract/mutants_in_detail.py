"""Template backends that each break one part of a promise: one for every assertion that a whole mutant leaves alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bletui_template import ADDRESS, COUNTER, VALUE, Template

from bletui.backend import Emit
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    AddressType,
    Advertisement,
    Bond,
    Event,
    GattTree,
    LinkChanged,
    Notification,
    Peer,
    StreamChanged,
)


class Retold(Template):
    """Tells other events than happen."""

    async def open(self, emit: Emit) -> None:
        await super().open(lambda events: emit([told for event in events if (told := self.retold(event)) is not None]))

    def retold(self, event: Event) -> Event | None:
        return event


# -- lifecycle


class EmitsAfterClosing(Template):
    async def aclose(self) -> None:
        await super().aclose()
        if hasattr(self, "_emit"):
            late = StreamChanged(self._now(), self._lane, "scan", "off")
            asyncio.get_running_loop().call_soon(self._emit, [late])


class LeavesQuietTasks(Template):
    async def aclose(self) -> None:
        self._emit = lambda events: None


# -- scanning


class NeverLive(Retold):
    def retold(self, event: Event) -> Event | None:
        return None if isinstance(event, StreamChanged) and event.state == "live" else event


class StopsWithoutAWord(Retold):
    def retold(self, event: Event) -> Event | None:
        return None if isinstance(event, StreamChanged) and event.state == "off" else event


class CountsFromAnotherDay(Template):
    def _now(self) -> float:
        return super()._now() - 1e9


class HeardFromNobody(Retold):
    def retold(self, event: Event) -> Event | None:
        return event._replace(address="") if isinstance(event, Advertisement) else event


class LowerCase(Retold):
    def retold(self, event: Event) -> Event | None:
        return event._replace(address=event.address.lower()) if isinstance(event, Advertisement) else event


class TooLoud(Retold):
    def retold(self, event: Event) -> Event | None:
        return event._replace(rssi=127) if isinstance(event, Advertisement) else event  # HCI's "not available"


class SaysNothing(Retold):
    def retold(self, event: Event) -> Event | None:
        return event._replace(raw=None) if isinstance(event, Advertisement) else event


# -- links


class NamesAnotherDevice(Template):
    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        peer = await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)
        return _Alike(peer.lane, "C0:FF:EE:00:00:02")


class NamesAnotherLane(Template):
    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        peer = await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)
        return _Alike("elsewhere", peer.address)


class SaysWhose(Retold):
    def retold(self, event: Event) -> Event | None:
        return replace(event, foreign=False) if isinstance(event, LinkChanged) else event


class EndsWithoutAWord(Retold):
    def retold(self, event: Event) -> Event | None:
        return None if isinstance(event, LinkChanged) and event.state == "down" else event


class ComesAgainWithoutAWord(Retold):
    ups = 0

    def retold(self, event: Event) -> Event | None:
        if not isinstance(event, LinkChanged) or event.state != "up":
            return event
        self.ups += 1
        return event if self.ups == 1 else None


class TellsLinksThatFailed(Template):
    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        if address != ADDRESS:
            self._emit([LinkChanged(self._now(), Peer(self._lane, address), "up")])
        return await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)


class GoesOnConnecting(Template):
    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        try:
            return await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)
        except asyncio.CancelledError:
            await asyncio.sleep(5.0)
            raise


# -- attributes


class TreeOfAnother(Template):
    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        tree = await super().discover(peer, refresh=refresh, within=within)
        return GattTree(Peer(peer.lane, "C0:FF:EE:00:00:02"), tree.services)


class ShortUuids(Template):
    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        tree = await super().discover(peer, refresh=refresh, within=within)
        return GattTree(peer, tuple(replace(service, uuid="180f") for service in tree.services))


class ForgetsOnRefresh(Template):
    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        tree = await super().discover(peer, refresh=refresh, within=within)
        return GattTree(peer) if refresh else tree


class ReadsNoBytes(Template):
    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        return bytearray(await super().read(peer, handle, within=within))  # type: ignore[return-value]


class ReadsTooMuch(Template):
    async def open(self, emit: Emit) -> None:
        self._device.values[VALUE] = bytes(513)
        await super().open(emit)


class BlamesTheLink(Template):
    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        self._needs_link(peer)
        if handle not in self._device.values:
            raise BleError(Failure(kind=ErrorKind.LINK_LOST))
        return self._device.values[handle]


class NotifiesUnasked(Template):
    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        peer = await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)
        self._emit([Notification(self._now(), peer, COUNTER, b"\x00")])
        return peer


class ReadsLate(Template):
    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        if not self._up:
            raise BleError(Failure(kind=ErrorKind.GATT_TIMEOUT))
        return await super().read(peer, handle, within=within)


class DiscoversLate(Template):
    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        if not self._up:
            raise BleError(Failure(kind=ErrorKind.GATT_TIMEOUT))
        return await super().discover(peer, refresh=refresh, within=within)


class CanNotSayWhatItCant(Template):
    async def bonds(self) -> tuple[Bond, ...]:
        raise BleError(Failure(kind=ErrorKind.LINK_LOST))


class ListsBonds(Template):
    async def bonds(self) -> tuple[Bond, ...]:
        return []  # type: ignore[return-value]


class _Alike(Peer):
    """Does wherever the template looks for its own link, and names another."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Peer)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = Peer.__hash__
