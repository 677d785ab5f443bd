"""A device: connecting, the link, and what stays of it when the link is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from dbus_fast import Message, Variant

from bletui.testing.fakebluez.agents import Answered
from bletui.testing.fakebluez.att import Att
from bletui.testing.fakebluez.gatt import BATTERY, Gatt
from bletui.testing.fakebluez.heard import DEVICE
from bletui.testing.fakebluez.objects import Properties
from bletui.testing.fakebluez.pairing import Bonding
from bletui.testing.fakebluez.peer import Peer
from bletui.testing.fakebluez.peripheral import AdapterSpec, Advert, Peripheral, Reach, Security
from bletui.testing.fakebluez.refusals import (
    ABORTED,
    AUTHENTICATION_TIMEOUT,
    CANCELED,
    Refusal,
)
from bletui.testing.fakebluez.run import Known, Run
from bletui.testing.fakebluez.timers import Timers

_DROP = 0.03  # seconds between a link and its end, where a peripheral drops it at once


class Adapter(Protocol):
    """What a device needs of its adapter; `attempts` are its connects, the first of which is under way."""

    spec: AdapterSpec
    path: str
    powered: bool
    attempts: list[FakeDevice]

    def remove(self, device: FakeDevice) -> None: ...


class FakeDevice:
    """One device as one adapter knows it. It is temporary until its services were resolved, or it is bonded."""

    def __init__(self, adapter: Adapter, path: str, advert: Advert, run: Run) -> None:
        self.path = path
        self.run = run
        self.advert = advert
        self.connected = False
        self.level = Security.OPEN
        self.att: Att | None = None
        self.gatt = Gatt(self)
        self.bonding = Bonding(self)
        self._adapter = adapter
        self._seat = Timers()  # of the connect under way
        self._link = Timers()  # of the link
        self._waiting: list[Callable[[Refusal | None], None]] = []  # for the link
        self._goodbyes: list[Message] = []
        self._removing = False
        self._stranger: Peer | None = None

    # -- what it is

    @property
    def peer(self) -> Peer:
        """The peripheral with this address; for one that only advertises, one that never answers."""
        if (found := self.run.air.get(self.advert.address.upper())) is not None:
            return found
        if self._stranger is None:
            self._stranger = Peer(Peripheral(advert=self.advert, reach=Reach.GHOST))
        return self._stranger

    @property
    def temporary(self) -> bool:
        return self._key not in self.run.known

    @property
    def known(self) -> Known:
        return self.run.known.get(self._key, Known(self.advert))

    @property
    def powered(self) -> bool:
        """Whether its adapter is."""
        return self._adapter.powered

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def keep(self, **news: Any) -> None:
        """From now on bluetoothd remembers it, also over a restart."""
        self.run.known[self._key] = replace(self.known, **news)

    def bonded(self, level: Security) -> None:
        """Both sides hold a key; the link is encrypted with it."""
        self.level = level
        self.keep(bond=level)
        self.peer.bonds[self._adapter.spec.address] = level
        paired = {} if self.connected and not self.gatt.resolved else {"Paired": Variant("b", True)}
        self.change({"Bonded": Variant("b", True)} | paired)  # else it is paired when the services are resolved

    def change(self, changed: Properties) -> None:
        self.run.tree.change(self.path, DEVICE, changed)

    # -- the way up

    def connect(self, done: Callable[[Refusal | None], None]) -> None:
        """`done` gets None once the link is up, before the services are known, or why there is none."""
        self._waiting.append(done)
        if len(self._waiting) == 1:
            self._adapter.attempts.append(self)
            if self._adapter.attempts[0] is self:
                self.attempt()

    def connect_to_pair(self, done: Callable[[Refusal | None], None]) -> None:
        """The same for less long, and without an answer to a Connect that waits for it too."""
        self.connect(done)
        self._seat.after(self.run.pace.pair, partial(self._nobody_to_pair_with, done))

    def _nobody_to_pair_with(self, done: Callable[[Refusal | None], None]) -> None:
        """The device is forgotten if it is temporary."""
        self._waiting.remove(done)
        done(AUTHENTICATION_TIMEOUT)
        if self.temporary:
            self._adapter.remove(self)
        elif not self._waiting:
            self._leave_seat()

    def attempt(self) -> None:
        """This device's turn at the controller, which makes one link at a time."""
        self._seat.after(self.run.pace.give_up, partial(self._settle, ABORTED))
        self.peer.seek(self._found)
        self._found()

    def _found(self) -> None:
        if self.peer.connectable:
            self._seat.after(self.run.pace.link, self._linked)

    def _linked(self) -> None:
        if not self._waiting or self.connected or not self.peer.connectable:
            return
        self._leave_seat()
        self.connected = True
        self.att = Att(self._link, self.run.pace.att, self.ended, self.bonding.elevate)
        self.peer.linked(self)
        self.change({"Connected": Variant("b", True)})
        if self.peer.spec.reach is Reach.DROPS or self.peer.refusals or self._forgotten:
            refusal = self.peer.refusals.popleft() if self.peer.refusals else ABORTED
            self._link.after(_DROP, partial(self._dropped, refusal))
            return
        self._settle(None)
        self._discover()

    def _discover(self) -> None:
        if self.peer.spec.reach is Reach.MUTE:
            self._link.after(self.run.pace.att, self._discovered_nothing)
            return
        self.level = self.known.bond or Security.OPEN
        self._link.after(self.run.pace.discovery, self.gatt.resolve)

    def _discovered_nothing(self) -> None:
        """Discovery had no answer: it is told to be over, the link ends, and the device is forgotten."""
        self.gatt.resolve_nothing()
        self.forget()
        self._removing = True
        self.ended()

    @property
    def _forgotten(self) -> bool:
        """The peripheral has lost the key that BlueZ has: the link can't be encrypted, and ends."""
        return self.known.bond is not None and self._adapter.spec.address not in self.peer.bonds

    def _dropped(self, refusal: Refusal) -> None:
        self._settle(refusal)
        self.ended()

    def _settle(self, refusal: Refusal | None) -> None:
        self._leave_seat()
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done(refusal)

    def _leave_seat(self) -> None:
        self._seat.close()
        self.peer.give_up(self._found)
        attempts = self._adapter.attempts
        if self in attempts:
            first = attempts[0] is self
            attempts.remove(self)
            if first and attempts:
                attempts[0].attempt()

    # -- the way down

    def ended(self) -> None:
        """The link is over, whoever ended it. A device being removed goes with it."""
        if not self.connected:
            return
        self.connected = False
        self.level = Security.OPEN
        self._link.close()
        self.peer.linked(None)
        att, self.att = self.att, None
        self._settle(CANCELED)
        self._tell_ended()
        if att is not None:
            att.close()
        self.run.tree.withdraw(self.path, BATTERY)
        self.bonding.lost()
        self.gatt.unlink()
        if not self._adapter.spec.cache:
            self.gatt.drop()
        if self._removing:
            self._adapter.remove(self)
        self.peer.resume()

    def _tell_ended(self) -> None:
        """In one signal, or around the answer to who wanted it so."""
        told = self.gatt.unresolve()
        goodbyes, self._goodbyes = self._goodbyes, []
        if goodbyes:
            self.run.tree.withdraw(self.path, BATTERY)
            self.change(told)
            told = {}
        for message in goodbyes:
            self.run.tree.reply(message)
        self.change(told | {"Connected": Variant("b", False)})

    def notified(self, handle: int, value: bytes) -> None:
        self.gatt.notified(handle, value)

    def abort(self) -> None:
        """The adapter is off: nothing goes on."""
        self._settle(ABORTED)
        self.ended()

    def disconnect(self, message: Message, *, remove: bool = False) -> bool:
        """Ends everything under way; False: there was no link, so it is done. Else the message is answered then."""
        self._removing = self._removing or remove
        self.bonding.cancel()
        self._settle(CANCELED)
        if not self.connected:
            return False
        self._goodbyes.append(message)
        if len(self._goodbyes) == 1:
            self._link.after(self.run.pace.disconnect, self.ended)
        return True

    def cancel_pairing(self) -> bool:
        """Ends the link with the pairing; False: there is none under way."""
        if not self.bonding.cancel():
            return False
        self._link.after(0, self.ended)
        return True

    def forget(self) -> None:
        """Takes it out of bluetoothd's memory, its key too."""
        self.run.known.pop(self._key, None)

    def close(self) -> None:
        """bluetoothd is gone; the kernel ends its links."""
        self._waiting.clear()  # unanswered
        self._leave_seat()
        self._link.close()
        self.bonding.close()
        self.gatt.close()
        self.att = None
        if self.connected:
            self.connected = False
            self.peer.linked(None)

    def authorize_service(self, uuid: str, answered: Answered) -> None:
        """The device wants one of this machine's services, and the default agent is asked (BR/EDR does that)."""
        agent = self.run.agents.of()
        if agent is not None:
            self.run.agents.ask(agent, "AuthorizeService", "os", [self.path, uuid], answered)

    @property
    def _key(self) -> tuple[str, str]:
        return self._adapter.spec.address, self.advert.address.upper()
