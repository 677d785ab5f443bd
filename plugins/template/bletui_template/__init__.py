"""A whole backend to copy: one lane, one device, everything the port asks for. Replace `_Device` by your gateway."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bletui.backend import Backend, Emit, Env
from bletui.errors import classify
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    AddressType,
    Advertisement,
    Characteristic,
    GattTree,
    Lane,
    LaneChanged,
    LinkChanged,
    Notification,
    NotifyMode,
    Peer,
    Properties,
    ScanRequest,
    Service,
    StreamChanged,
)
from bletui.target import Target

ADDRESS = "C0:FF:EE:00:00:01"
VALUE, COUNTER = 3, 5


@dataclass
class _Device:
    payload: bytes = bytes.fromhex("020106") + b"\x09\x09template"
    values: dict[int, bytes] = field(default_factory=lambda: {VALUE: b"\x2a"})


class Template(Backend):
    def __init__(self, env: Env) -> None:
        self._env, self._lane = env, f"{env.radio}/0"
        self._peer = Peer(self._lane, ADDRESS)
        self._device = _Device()
        self._up = False
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def open(self, emit: Emit) -> None:
        self._emit = emit
        cannot = {"pair": "nothing here pairs", "bonds": "nothing here pairs"}
        emit([LaneChanged(self._now(), Lane(self._lane, "gateway", slots_used=0, slots_max=1, cannot=cannot))])

    async def aclose(self) -> None:
        for name in list(self._tasks):
            await self._stop(name)

    def scan(self, request: ScanRequest | None) -> None:
        if task := self._tasks.pop("scan", None):
            task.cancel()
        self._emit([StreamChanged(self._now(), self._lane, "scan", "live" if request else "off")])
        if request:
            self._start("scan", self._advertise())

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        await asyncio.sleep(0.01 if address == ADDRESS else within)
        if address != ADDRESS:
            raise BleError(Failure(kind=ErrorKind.LINK_NOT_SEEN, operation="connect", address=address))
        if not self._up:
            self._up = True
            self._emit([LinkChanged(self._now(), self._peer, "up", mtu=23)])
        return self._peer

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        if peer == self._peer and self._up:
            self._up = False
            await self._stop("notify")
            self._emit([LinkChanged(self._now(), peer, "down")])

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        self._needs_link(peer)
        value = Characteristic(_uuid(2), VALUE, Properties.READ | Properties.WRITE)
        counter = Characteristic(_uuid(3), COUNTER, Properties.NOTIFY)
        return GattTree(peer, (Service(_uuid(1), 1, (value, counter)),))

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        self._needs_link(peer)
        if handle not in self._device.values:
            raise BleError(Failure(kind=ErrorKind.GATT_NOT_FOUND, operation="read", handle=handle))
        return self._device.values[handle]

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        await self.read(peer, handle, within=within)
        self._device.values[handle] = value

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        self._needs_link(peer)
        await self._stop("notify")
        if mode != "off":
            self._start("notify", self._count(handle))

    async def _advertise(self) -> None:
        while True:
            heard = Advertisement(self._now(), self._lane, ADDRESS, "random", -50, "ADV_IND", self._device.payload)
            self._emit([heard])
            await asyncio.sleep(0.02)

    async def _count(self, handle: int) -> None:
        for n in range(1 << 32):
            self._emit([Notification(self._now(), self._peer, handle, n.to_bytes(4, "little"))])
            await asyncio.sleep(0.02)

    def _start(self, name: str, work: asyncio._CoroutineLike[None]) -> None:
        task = self._tasks[name] = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(lambda ended: self._ended(name, ended))

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        """A stream never raises: one that broke says so, or the console would show it live for ever."""
        if not task.cancelled() and (error := task.exception()):
            failure = classify(error, backend="template", operation=name)
            self._emit([StreamChanged(self._now(), self._lane, name, "broken", failure)])

    async def _stop(self, name: str) -> None:
        if task := self._tasks.pop(name, None):
            task.cancel()
            await asyncio.wait([task])

    def _needs_link(self, peer: Peer) -> None:
        if peer != self._peer or not self._up:
            raise BleError(Failure(kind=ErrorKind.LINK_NOT_CONNECTED, address=peer.address, lane=peer.lane))

    def _now(self) -> float:
        return self._env.clock.wall()


def _uuid(n: int) -> str:
    return f"c0ffee{n:02x}-0000-4000-8000-000000000000"


def open_target(target: Target, env: Env) -> Backend:
    target.refuse_unknown(())
    return Template(env)
