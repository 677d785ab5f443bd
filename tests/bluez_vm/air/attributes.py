"""What the peripherals hold: services whose values answer, refuse, wait, burst and drop."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from bumble import att
from bumble.core import UUID
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor, Service

P, Q = Characteristic.Properties, Characteristic.Permissions
R, W = Q.READABLE, Q.WRITEABLE
SLOW = 3.0  # seconds until the slow value answers


def uuid(number: int) -> str:
    return f"bbbb{number:04x}-0000-1000-8000-00805f9b34fb"


class Main:
    """BV-Main's table. `control` takes words: `drop`, `notify`, `indicate`, `burst N`."""

    def __init__(self, device: Callable[[], Any], start: Callable[[Any], Any]) -> None:
        self._device = device
        self._start = start
        self._values = {"written": b"", "long": bytes(number & 255 for number in range(512))}
        told = Descriptor(UUID.from_16_bits(0x2901), R, b"Notify here")
        self._notifying = _one(0x12, P.NOTIFY | P.READ, R, b"n0", [told])
        self._indicating = _one(0x13, P.INDICATE, R)
        self._bursting = _one(0x29, P.NOTIFY, R)
        self._ticking = _one(0x2B, P.NOTIFY, R)

    def services(self) -> list[Service]:
        main = [
            _one(0x10, P.READ, R, b"hello"),
            _one(0x11, P.READ | P.WRITE, R | W, self._variable("written")),
            self._notifying,
            self._indicating,
            _one(0x14, P.READ | P.WRITE, R | W, self._variable("long")),
            _one(0x15, P.WRITE_WITHOUT_RESPONSE | P.READ, R | W, self._variable("written")),
            _one(0x20, P.READ | P.WRITE, R | W | Q.READ_REQUIRES_ENCRYPTION | Q.WRITE_REQUIRES_ENCRYPTION, b"secret"),
            _one(0x22, P.READ | P.WRITE, R | W, _refusing(0x08)),
            _one(0x23, P.READ | P.WRITE, R | W, _refusing(0x80)),
            _one(0x24, P.READ, R, CharacteristicValue(read=_after(SLOW, b"slow"))),
            _one(0x25, P.WRITE, W, CharacteristicValue(write=self._control)),
            _one(0x26, P.READ | P.WRITE, R | W, _refusing(0x02, 0x03)),
            _one(0x27, P.WRITE, W, _refusing(0x0D)),
            _one(0x28, P.READ, R, CharacteristicValue(read=_after(3600, b""))),
            self._bursting,
            self._ticking,
            _one(0x2A, P.READ, R, b""),
        ]
        duplicates = [_one(0x10, P.READ, R, b"dup-a"), _one(0x10, P.READ, R, b"dup-b")]
        battery = Characteristic(UUID.from_16_bits(0x2A19), P.READ | P.NOTIFY, R, b"\x5a")
        maker = Characteristic(UUID.from_16_bits(0x2A29), P.READ, R, b"Blue VM Inc")
        return [
            Service(uuid(1), main),
            Service(uuid(2), duplicates),
            Service(UUID.from_16_bits(0x180A), [maker]),
            Service(UUID.from_16_bits(0x180F), [battery]),
        ]

    async def tick(self) -> None:
        """Notifies whoever subscribed to the ticking value, five times a second, for ever."""
        for number in count():
            await asyncio.sleep(0.2)
            await self._device().notify_subscribers(self._ticking, struct.pack("<I", number))

    def _variable(self, name: str) -> CharacteristicValue:
        def written(_link: Any, value: bytes) -> None:
            self._values[name] = value

        return CharacteristicValue(read=lambda _link: self._values[name], write=written)

    async def _control(self, link: Any, value: bytes) -> None:
        match bytes(value).decode().split():
            case ["drop"]:
                self._start(self._drop(link))
            case ["notify"]:
                await self._device().notify_subscribers(self._notifying, b"\x01" * 20)
            case ["indicate"]:
                self._start(self._device().indicate_subscribers(self._indicating, b"ind"))
            case ["burst", number]:
                self._start(self._burst(int(number)))

    async def _drop(self, link: Any) -> None:
        await asyncio.sleep(0.05)  # the write's answer goes first
        await link.disconnect()

    async def _burst(self, values: int) -> None:
        for number in range(values):
            await self._device().notify_subscribers(self._bursting, struct.pack("<I", number) + b"x" * 16)


def guarded(permissions: Any) -> list[Service]:
    """A value that asks for a key, and one that does not."""
    return [Service(uuid(5), [_one(0x50, P.READ, R | permissions, b"pk"), _one(0x51, P.READ, R, b"open")])]


def small() -> list[Service]:
    return [Service(uuid(7), [_one(0x70, P.READ | P.NOTIFY, R, b"second")])]


def _one(
    number: int, properties: Any, permissions: Any, value: Any = b"", descriptors: Sequence[Descriptor] = ()
) -> Characteristic:
    return Characteristic(uuid(number), properties, permissions, value, list(descriptors))


def _refusing(read: int, write: int | None = None) -> CharacteristicValue:
    def raising(code: int) -> Callable[..., Any]:
        def refuse(*_arguments: Any) -> Any:
            refusal = att.ATT_Error(0x0E)
            refusal.error_code = code  # any byte, also those that bumble has no name for
            raise refusal

        return refuse

    return CharacteristicValue(read=raising(read), write=raising(read if write is None else write))


def _after(seconds: float, value: bytes) -> Callable[[Any], Any]:
    async def read(_link: Any) -> bytes:
        await asyncio.sleep(seconds)
        return value

    return read
