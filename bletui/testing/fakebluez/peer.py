"""A peripheral that is switched on: its values, its bonds, who holds its link, and its answers to ATT requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from bletui.testing.fakebluez.peripheral import (
    Attribute,
    Characteristic,
    Descriptor,
    Peripheral,
    Reach,
    Security,
    placed,
)
from bletui.testing.fakebluez.refusals import Refusal
from bletui.testing.fakebluez.timers import Timers

_KEPT = 10_000
_SOON = 0.02  # seconds from an order to what it does


class AttError(Exception):
    """The error code of an ATT error response (Core, Vol 3 Part F, 3.4.1.1)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"ATT error 0x{code:02x}")
        self.code = code


class Link(Protocol):
    """The central's end of a link."""

    def ended(self) -> None: ...
    def notified(self, handle: int, value: bytes) -> None: ...


class Peer:
    """In the air until its daemon ends; tests play its part: `drop`, `vanish`, `notify`, `forget_bonds`, `refuse`."""

    def __init__(self, spec: Peripheral) -> None:
        self.spec = spec
        self.table = placed(spec.services)
        characteristics = [each for service in self.table for each in service.characteristics]
        self.attributes: dict[int, Attribute] = {}
        for each in characteristics:
            self.attributes |= {one.value_handle: one for one in (each, *each.descriptors)}
        self.values = {handle: each.what.value for handle, each in self.attributes.items()}
        self.bonds: dict[str, Security] = {}  # by the central's address
        self.written: deque[tuple[int, bytes]] = deque(maxlen=_KEPT)  # the newest writes that were taken, by handle
        self.subscribed: set[int] = set()
        self.link: Link | None = None
        self.refusals: deque[Refusal] = deque()
        self._present = True
        self._seekers: list[Callable[[], None]] = []
        self._sending = Timers()

    # -- what a test does with it

    def drop(self) -> None:
        """Ends its link, as `remote user terminated`."""
        if self.link is not None:
            self.link.ended()

    def vanish(self) -> None:
        """Is out of reach: its link is lost, and it is heard no more until `appear`."""
        self._present = False
        self.drop()

    def appear(self) -> None:
        self._present = True
        self.resume()

    def notify(self, handle: int, value: bytes) -> bool:
        """Sends a value if its handle is subscribed to; False: nobody asked."""
        self.values[handle] = value
        if self.link is None or handle not in self.subscribed:
            return False
        self.link.notified(handle, value)
        return True

    def refuse(self, refusal: Refusal, times: int = 1) -> None:
        """The next `times` connects come up, end at once, and are answered with this."""
        self.refusals.extend([refusal] * times)

    def forget_bonds(self) -> None:
        """As by a reset to factory settings: the other side still has its key."""
        self.bonds.clear()

    def handle(self, uuid: str) -> int:
        """The value handle of the first characteristic with this UUID."""
        return next(h for h, each in self.attributes.items() if each.what.uuid == uuid)

    # -- what a central sees of it

    @property
    def advertising(self) -> bool:
        return self._present and self.link is None

    @property
    def connectable(self) -> bool:
        return self.advertising and self.spec.reach is not Reach.GHOST

    def resume(self) -> None:
        """Advertises again; who wants to connect hears it."""
        for found in self._seekers[:]:
            found()

    def seek(self, found: Callable[[], None]) -> None:
        self._seekers.append(found)

    def give_up(self, found: Callable[[], None]) -> None:
        if found in self._seekers:
            self._seekers.remove(found)

    def linked(self, link: Link | None) -> None:
        """The link is up, or over: subscriptions are of one link (without bonds they are forgotten at its end)."""
        self.link = link
        self._sending.close()
        self.subscribed.clear()

    def read(self, handle: int, offset: int, level: Security) -> bytes:
        what = self._what(handle)
        if isinstance(what, Characteristic):
            if "read" in what.refuses:
                raise AttError(what.refuses["read"])
            if "read" not in what.flags:
                raise AttError(0x02)
            _guard(what, level)
        value = self.values[handle]
        if offset > len(value):
            raise AttError(0x07)
        if offset and len(value) < self.spec.mtu:
            raise AttError(0x0B)  # it was read whole at once (Core, Vol 3 Part F, 3.4.4.5)
        return value[offset:]

    def write(self, handle: int, value: bytes, offset: int, level: Security) -> None:
        what = self._what(handle)
        match what:
            case Characteristic():
                if "write" in what.refuses:
                    raise AttError(what.refuses["write"])
                if not {"write", "write-without-response", "reliable-write"} & set(what.flags):
                    raise AttError(0x03)
                _guard(what, level)
            case Descriptor(writable=False):
                raise AttError(0x03)
        if offset > len(self.values[handle]):
            raise AttError(0x07)
        if offset + len(value) > (what.longest if isinstance(what, Characteristic) else 512):
            raise AttError(0x0D)
        self.written.append((handle, value))
        if isinstance(what, Characteristic) and what.orders:
            self._obey(value)
        else:
            self.values[handle] = self.values[handle][:offset] + value

    def subscribe(self, handle: int, on: bool, level: Security) -> None:
        what = self._what(handle)
        assert isinstance(what, Characteristic)
        if on:
            if "notify" in what.refuses:
                raise AttError(what.refuses["notify"])
            _guard(what, level)
            if handle not in self.subscribed and what.sends:
                self._send(handle, what, 0)
            self.subscribed.add(handle)
        else:
            self.subscribed.discard(handle)

    def _send(self, handle: int, what: Characteristic, number: int) -> None:
        def due() -> None:
            if self.notify(handle, what.sends[number % len(what.sends)]):
                self._send(handle, what, number + 1)

        self._sending.after(what.every, due)

    def _obey(self, order: bytes) -> None:
        match order.decode(errors="replace").split():
            case ["drop"]:
                self._sending.after(_SOON, self.drop)
            case ["notify"]:
                self._sending.after(_SOON, lambda: self._burst(1))
            case ["burst", count] if count.isdecimal():
                self._sending.after(_SOON, lambda: self._burst(int(count)))

    def _burst(self, count: int) -> None:
        for number in range(count):
            for handle in sorted(self.subscribed):
                self.notify(handle, self.values[handle] if count == 1 else number.to_bytes(4, "little"))

    def _what(self, handle: int) -> Characteristic | Descriptor:
        return self.attributes[handle].what


def _guard(what: Characteristic, level: Security) -> None:
    if level < what.needs:
        raise AttError(0x05)
