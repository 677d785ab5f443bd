"""Pairing under BlueZ: its calls on our own connection, where our agent is, and its questions as prompts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bletui.backends.local.agent import CAPABILITY, PATH, Agent
from bletui.backends.local.bus import BLUEZ, SystemBus
from bletui.backends.local.devices import DEVICE
from bletui.backends.local.outlet import Outlet
from bletui.backends.local.questions import Question, Questions
from bletui.errors import Context
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Peer

MANAGER: Final = "org.bluez.AgentManager1"
UNDOING: Final = 1.5  # seconds to take back what was cancelled
_ENDED: Final = {
    "refused": "refused here",
    "expired": "nobody answered within {lasts:g} s",
    "gone": "the question was withdrawn",
}


class Pairing:
    """`peer_of` names the link behind a device's path; None: it is none of ours."""

    def __init__(self, outlet: Outlet, lasts: float, peer_of: Callable[[str], Peer | None]) -> None:
        self._peer_of = peer_of
        self._questions = Questions(outlet, lasts, self._stand_still, self._go_on)
        self._bounds: dict[Peer, asyncio.Timeout] = {}
        self._left: dict[Peer, float] = {}
        self._shown: dict[Peer, Question] = {}
        self._exported: SystemBus | None = None
        self._registered = False

    def answer(self, number: int, value: str | None) -> None:
        question = self._questions.answer(number, value)
        peer = question.prompt.peer
        if self._shown.get(peer) is question:  # nobody waits for this answer: the passkey is typed at the device
            self._questions.close(question, "answered" if value is not None else "refused")
            if value is None and peer in self._bounds:
                self._bounds[peer].reschedule(asyncio.get_running_loop().time())

    def forget(self, peer: Peer | None = None) -> None:
        """The link is gone, or (None) bluetoothd and our agent with it."""
        self._registered = self._registered and peer is not None
        self._questions.forget(peer)

    async def register(self, bus: SystemBus) -> None:
        """Has bluetoothd ask us, also where a read is what needs the key. It forgets us when it ends."""
        if self._exported is not bus:
            bus.export(PATH, Agent(self))
            self._exported, self._registered = bus, False
        if not self._registered:
            arguments = [PATH, CAPABILITY]
            await bus.call(BLUEZ, "/org/bluez", MANAGER, "RegisterAgent", "os", arguments, operation="pair")
            self._registered = True

    async def default(self, bus: SystemBus, *, on: bool) -> None:
        """While we have links their keys are our business; afterwards the desktop's agent is asked again."""
        if on:
            await self.register(bus)
            await bus.call(BLUEZ, "/org/bluez", MANAGER, "RequestDefaultAgent", "o", [PATH], operation="pair")
        elif self._registered:
            self._registered = False
            await bus.call(BLUEZ, "/org/bluez", MANAGER, "UnregisterAgent", "o", [PATH], operation="pair")

    async def pair(self, bus: SystemBus, peer: Peer, path: str, context: Context, within: float) -> None:
        """Has BlueZ pair; the limit stands still while somebody is asked."""
        await self.register(bus)
        self._questions.unanswered.pop(peer, None)
        try:
            async with asyncio.timeout(within) as self._bounds[peer]:
                await bus.call(BLUEZ, path, DEVICE, "Pair", operation="pair", context=context, within=None)
        except BleError as error:
            if not error.failure.already_done:
                raise BleError(self._with_reason(peer, error.failure)) from error
        except TimeoutError:
            await self._cancel(bus, path)
            raise BleError(self._with_reason(peer, _late(peer, context, within))) from None
        except asyncio.CancelledError:
            await self._cancel(bus, path)
            raise
        finally:
            del self._bounds[peer]
            self._left.pop(peer, None)
            self._shown.pop(peer, None)
            self._questions.forget(peer)

    async def _cancel(self, bus: SystemBus, path: str) -> None:
        try:
            await bus.call(BLUEZ, path, DEVICE, "CancelPairing", operation="pair", within=UNDOING)
        except BleError as error:
            if error.failure.kind is ErrorKind.INTERNAL_BUG:  # anything else: there is no pairing that could go on
                raise

    def _with_reason(self, peer: Peer, failure: Failure) -> Failure:
        how = self._questions.unanswered.pop(peer, None)
        return replace(failure, detail=_ENDED[how].format(lasts=self._questions.lasts)) if how in _ENDED else failure

    def _stand_still(self, peer: Peer) -> None:
        bound = self._bounds.get(peer)
        if bound is not None and (when := bound.when()) is not None:
            self._left[peer] = when - asyncio.get_running_loop().time()
            bound.reschedule(None)

    def _go_on(self, peer: Peer) -> None:
        bound, left = self._bounds.get(peer), self._left.pop(peer, None)
        if bound is not None and left is not None:
            bound.reschedule(asyncio.get_running_loop().time() + left)

    # -- the desk at which bluetoothd's questions arrive

    async def passkey(self, device: str) -> int | None:
        peer = self._peer_of(device)
        if peer is None:
            return None
        said = await self._questions.answer_to(self._questions.ask(peer, "enter-passkey", None))
        return said if isinstance(said, int) and not isinstance(said, bool) else None

    async def same(self, device: str, number: int) -> bool:
        peer = self._peer_of(device)
        if peer is None:
            return False
        return await self._questions.answer_to(self._questions.ask(peer, "compare", f"{number:06}")) is True

    def show(self, device: str, passkey: int) -> None:
        """Told once; BlueZ repeats it for every digit that is typed at the device."""
        peer = self._peer_of(device)
        if peer is not None and peer not in self._shown:
            self._shown[peer] = self._questions.ask(peer, "show-passkey", f"{passkey:06}")

    def ours(self, device: str) -> bool:
        return self._peer_of(device) is not None

    def withdrawn(self) -> None:
        self._questions.forget()


def _late(peer: Peer, context: Context, within: float) -> Failure:
    return Failure(
        kind=ErrorKind.SECURITY_PAIRING_FAILED,
        operation="pair",
        radio=context.radio,
        lane=peer.lane,
        address=peer.address,
        detail=f"not paired within {within:g} s",
    )
