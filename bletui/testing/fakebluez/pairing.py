"""Pairing: who is asked what, what comes of it, and org.bluez.Device1.Pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from dbus_fast import Message, MessageType

from bletui.testing.fakebluez.agents import Agent
from bletui.testing.fakebluez.peripheral import Capability, Pairing, Security
from bletui.testing.fakebluez.refusals import AUTHENTICATION_CANCELED, AUTHENTICATION_FAILED, Refusal
from bletui.testing.fakebluez.timers import Timers

if TYPE_CHECKING:
    from bletui.testing.fakebluez.device import FakeDevice


class Method(Enum):
    JUST_WORKS = "just works"
    ENTER = "the central's user types what the peripheral shows"
    SHOW = "the peripheral's user types what the central shows"
    COMPARE = "both users compare"


_ENTER, _SHOW, _COMPARE = Method.ENTER, Method.SHOW, Method.COMPARE
_METHODS: dict[tuple[Capability, Capability], Method] = {
    ("DisplayOnly", "KeyboardOnly"): _SHOW,
    ("DisplayOnly", "KeyboardDisplay"): _SHOW,
    ("DisplayYesNo", "DisplayYesNo"): _COMPARE,
    ("DisplayYesNo", "KeyboardOnly"): _SHOW,
    ("DisplayYesNo", "KeyboardDisplay"): _COMPARE,
    ("KeyboardOnly", "DisplayOnly"): _ENTER,
    ("KeyboardOnly", "DisplayYesNo"): _ENTER,
    ("KeyboardOnly", "KeyboardOnly"): _ENTER,
    ("KeyboardOnly", "KeyboardDisplay"): _ENTER,
    ("KeyboardDisplay", "DisplayOnly"): _ENTER,
    ("KeyboardDisplay", "DisplayYesNo"): _COMPARE,
    ("KeyboardDisplay", "KeyboardOnly"): _SHOW,
    ("KeyboardDisplay", "KeyboardDisplay"): _COMPARE,
}


def method(central: Capability, peripheral: Capability) -> Method:
    """LE Secure Connections, the central beginning (Core, Vol 3 Part H, 2.3.5.1, table 2.8)."""
    return _METHODS.get((central, peripheral), Method.JUST_WORKS)


@dataclass(slots=True, eq=False)
class Attempt:
    """A pairing under way. `done` gets None, or why it came to nothing; `explicit`: a client called Pair."""

    agent: Agent | None
    explicit: bool
    done: Callable[[Refusal | None], None]
    asking: bool = False  # the agent has yet to answer
    over: bool = False


class Bonding:
    """The pairing of one device, one attempt at a time."""

    def __init__(self, device: FakeDevice) -> None:
        self._device = device
        self._run = device.run
        self._timers = Timers()
        self.attempt: Attempt | None = None

    def begin(self, attempt: Attempt) -> None:
        """The link is up. An implicit attempt without an agent never ends: so does bluetoothd 5.66, and an attribute
        read that needs it has no answer."""
        self.attempt = attempt
        self._timers.after(self._run.pace.smp, self._expired)
        pairing = self._device.peer.spec.pairing
        if not pairing.accepts:
            self._later(pairing.answers, self._mistaken)
        elif attempt.agent is not None:
            self._ask(attempt, attempt.agent, pairing)
        elif attempt.explicit:
            self._finish(AUTHENTICATION_FAILED)
        else:
            self._timers.close()

    def elevate(self, then: Callable[[bool], None]) -> bool:
        """An attribute wants more security: BlueZ pairs by itself, if that can give more than the link has."""
        agent = self._run.agents.of()
        if self.attempt is not None or (self._device.level > Security.OPEN and not self._authenticates()):
            return False
        self.begin(Attempt(agent, False, lambda refusal: then(refusal is None)))
        return True

    def lost(self) -> None:
        """The link is gone, and the pairing with it."""
        self._finish(AUTHENTICATION_CANCELED)

    def cancel(self) -> bool:
        """False: there was nothing to cancel."""
        return self._finish(AUTHENTICATION_CANCELED)

    def close(self) -> None:
        """bluetoothd is gone, and says nothing of it."""
        self._timers.close()
        self.attempt = None

    def _authenticates(self) -> bool:
        agent, pairing = self._run.agents.of(), self._device.peer.spec.pairing
        better = self._device.level < Security.AUTHENTICATED and agent is not None
        return better and agent is not None and method(agent.capability, pairing.capability) is not Method.JUST_WORKS

    def _ask(self, attempt: Attempt, agent: Agent, pairing: Pairing) -> None:
        path = self._device.path
        if pairing.pin is not None:
            self._wait("RequestPinCode", "o", [path], lambda said: said == [pairing.pin], Security.ENCRYPTED)
            return
        match method(agent.capability, pairing.capability):
            case Method.JUST_WORKS if pairing.mitm:
                self._later(pairing.answers, self._mistaken)
            case Method.JUST_WORKS if attempt.explicit:
                self._later(pairing.answers, partial(self._paired, Security.ENCRYPTED))
            case Method.JUST_WORKS:
                self._wait("RequestAuthorization", "o", [path], lambda _: True, Security.ENCRYPTED)
            case Method.ENTER:
                self._wait("RequestPasskey", "o", [path], lambda said: said == [pairing.passkey])
            case Method.COMPARE:
                self._wait("RequestConfirmation", "ou", [path, pairing.passkey], lambda _: pairing.confirms)
            case Method.SHOW:
                self._run.agents.ask(agent, "DisplayPasskey", "ouq", [path, pairing.passkey, 0], None)
                right = pairing.types in (None, pairing.passkey)
                self._later(pairing.answers, partial(self._decide, right, Security.AUTHENTICATED))

    def _wait(
        self,
        member: str,
        signature: str,
        body: list[object],
        right: Callable[[list[object]], bool],
        level: Security = Security.AUTHENTICATED,
    ) -> None:
        """Asks the agent; its answer and the peripheral's side decide."""
        attempt = self.attempt
        assert attempt is not None
        assert attempt.agent is not None

        def answered(reply: Message) -> None:
            if attempt.over:
                return
            attempt.asking = False
            if reply.message_type is not MessageType.METHOD_RETURN:
                self._finish(AUTHENTICATION_FAILED)  # the link stays
            elif not right(reply.body):
                self._mistaken()  # that is found out long before the last round
            else:
                self._later(self._device.peer.spec.pairing.answers, partial(self._paired, level))

        attempt.asking = True
        self._run.agents.ask(attempt.agent, member, signature, body, answered)

    def _later(self, seconds: float | None, then: Callable[[], object]) -> None:
        if seconds is not None:
            self._timers.after(seconds, then)

    def _decide(self, right: bool, level: Security) -> None:
        if right:
            self._paired(level)
        else:
            self._mistaken()

    def _paired(self, level: Security) -> None:
        self._timers.close()
        self._device.bonded(level)
        self._device.gatt.when_resolved(partial(self._finish, None))

    def _mistaken(self) -> None:
        """The two sides disagree: the link ends when that has been told."""
        self._finish(AUTHENTICATION_FAILED)
        self._device.ended()

    def _expired(self) -> None:
        """Nobody acted in time (Core, Vol 3 Part H, 3.4): the link ends, and the pairing with it."""
        self._device.ended()

    def _finish(self, refusal: Refusal | None) -> bool:
        attempt, self.attempt = self.attempt, None
        if attempt is None:
            return False
        self._timers.close()
        attempt.over = True
        if attempt.asking and attempt.agent is not None:
            self._run.agents.tell(attempt.agent, "Cancel")
        attempt.done(refusal)
        return True
