"""org.bluez.Device1 as clients call it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dbus_fast import DBusError, Message, Variant

from bletui.testing.fakebluez.objects import NOTHING, Answer, Interface, Properties
from bletui.testing.fakebluez.pairing import Attempt
from bletui.testing.fakebluez.refusals import (
    AUTHENTICATION_CANCELED,
    AUTHENTICATION_FAILED,
    AUTHENTICATION_TIMEOUT,
    DOES_NOT_EXIST,
    IN_PROGRESS,
    OFF,
    SECOND_CONNECT,
    Refusal,
)

if TYPE_CHECKING:
    from bletui.testing.fakebluez.device import FakeDevice


class DeviceCalls:
    """What a device answers at once, what it answers later, and which of its properties can be set."""

    def __init__(self, device: FakeDevice) -> None:
        self._device = device
        self._run = device.run

    def interface(self, properties: Properties) -> Interface:
        properties |= {
            "Paired": Variant("b", self._device.known.bond is not None),
            "Bonded": Variant("b", self._device.known.bond is not None),
            "Trusted": Variant("b", self._device.known.trusted),
        }
        methods = {
            ("Connect", ""): self._connect,
            ("Disconnect", ""): self._disconnect,
            ("Pair", ""): self._pair,
            ("CancelPairing", ""): self._cancel,
        }
        settable = {"Alias": "s", "Blocked": "b"}
        setters = {name: partial(self._set, name, signature) for name, signature in settable.items()}
        return Interface(properties, methods, setters | {"Trusted": self._trust})

    def _connect(self, message: Message) -> Answer | None:
        if not self._device.powered:
            raise DBusError(*OFF)
        if self._device.connected and not self._device.busy:
            return NOTHING
        if self._device.busy:
            raise DBusError(*SECOND_CONNECT)
        self._device.connect(partial(self._answer, message))
        return None

    def _disconnect(self, message: Message) -> Answer | None:
        return None if self._device.disconnect(message) else NOTHING

    def _pair(self, message: Message) -> Answer | None:
        if not self._device.powered:
            raise DBusError(*AUTHENTICATION_FAILED)
        if self._device.bonding.attempt is not None:
            raise DBusError(*IN_PROGRESS)
        attempt = Attempt(self._run.agents.of(message.sender), True, partial(self._answer, message))
        if self._device.connected:
            self._begin_pairing(attempt, None)
        else:
            self._device.connect_to_pair(partial(self._begin_pairing, attempt))
        return None

    def _begin_pairing(self, attempt: Attempt, refusal: Refusal | None) -> None:
        """There is a link, unless `refusal`. Who has a key waits for the link's end: so it is with bluetoothd 5.66."""
        if refusal is not None:
            attempt.done(refusal if refusal == AUTHENTICATION_TIMEOUT else AUTHENTICATION_CANCELED)
        elif self._device.known.bond is not None:
            self._device.bonding.attempt = attempt
        else:
            self._device.bonding.begin(attempt)

    def _cancel(self, _message: Message) -> Answer:
        if not self._device.cancel_pairing():
            raise DBusError(*DOES_NOT_EXIST)
        return NOTHING

    def _answer(self, message: Message, refusal: Refusal | None) -> None:
        if refusal is None:
            self._run.tree.reply(message)
        else:
            self._run.tree.refuse(message, refusal)

    def _trust(self, value: Any) -> None:
        self._device.keep(trusted=bool(value))
        self._set("Trusted", "b", value)

    def _set(self, name: str, signature: str, value: Any) -> None:
        self._device.change({name: Variant(signature, value)})
