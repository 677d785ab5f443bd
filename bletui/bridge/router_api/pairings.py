"""Pairings under way: the radio's prompts as the router's status codes, and the answers to them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from bletui.bridge.router_api.calls import Calls
from bletui.bridge.router_api.feed import Feed
from bletui.bridge.router_api.teller import Happening
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Pair, Prompt, PromptClosed, PromptWhat

ASKED = 60.0  # seconds for all questions together
CODES: Mapping[PromptWhat, tuple[int, str]] = {
    "oob-legacy": (3, "LE Legacy Pairing OOB Expected"),
    "oob-sc": (4, "LE Secure Connections Pairing OOB Expected"),
    "enter-passkey": (5, "Passkey Input Expected"),
    "show-passkey": (6, "Passkey Display Expected"),
    "compare": (7, "Numeric Comparison Expected"),
    "confirm": (7, "Numeric Comparison Expected"),
}
Status = dict[str, object]


class _Pairing(NamedTuple):
    lane: str
    steps: asyncio.Queue[Status | BleError]
    open: list[Prompt]  # the one that waits, if any


class Pairings:
    def __init__(self, feed: Feed, calls: Calls) -> None:
        self._feed = feed
        self._calls = calls
        self._running: dict[str, _Pairing] = {}

    async def pair(self, address: str, lane: str, limit: float, answers: Mapping[PromptWhat, str]) -> Status:
        """The first status; `pair in process` where one runs already. `answers`: to what is not asked of the client."""
        if address in self._running:
            raise BleError(Failure(kind=ErrorKind.SECURITY_INPUT_REQUIRED, operation="pair", address=address))
        pairing = self._running[address] = _Pairing(lane, asyncio.Queue(), [])
        self._feed.start(self._run(address, pairing, limit, answers))
        return await self._next(pairing)

    async def answer(self, address: str, value: str) -> Status:
        """`request.invalid`: nothing is asked, or not this."""
        pairing = self._running.get(address)
        if pairing is None or not pairing.open:
            raise BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="answer", detail="nothing is asked"))
        prompt = pairing.open[0]
        await self._feed.attachment(pairing.lane).answer(prompt.id, value)
        return await self._next(pairing)

    async def _next(self, pairing: _Pairing) -> Status:
        step = await pairing.steps.get()
        if isinstance(step, BleError):
            raise step
        return step

    async def _answered(self, pairing: _Pairing, prompt: Prompt, value: str) -> None:
        """An answer that is not taken is the client's to mend: the question stays open."""
        try:
            await self._feed.attachment(pairing.lane).answer(prompt.id, value)
        except BleError as refused:
            pairing.steps.put_nowait(refused)

    async def _run(self, address: str, pairing: _Pairing, limit: float, answers: Mapping[PromptWhat, str]) -> None:
        def notice(event: Happening) -> None:
            match event:
                case Prompt(peer=peer, what=what) if peer.address == address:
                    pairing.open[:] = [event]
                    if what in answers:
                        self._feed.start(self._answered(pairing, event, answers[what]))
                    else:
                        pairing.steps.put_nowait(_asked(event))
                case PromptClosed(id=number):
                    pairing.open[:] = [one for one in pairing.open if one.id != number]
                case _:
                    pass

        try:
            with self._feed.listening(notice):
                await self._calls.perform(pairing.lane, Pair(address, pairing.lane), limit=limit + ASKED)
            pairing.steps.put_nowait({"pairingStatusCode": 1, "pairingStatus": "Pairing Successful"})
        except BleError as failed:
            pairing.steps.put_nowait(_failed(failed))
        finally:
            del self._running[address]


def _asked(prompt: Prompt) -> Status:
    code, words = CODES[prompt.what]
    status: Status = {"pairingStatusCode": code, "pairingStatus": words}
    return status if prompt.display is None else {**status, "display": prompt.display}


def _failed(failed: BleError) -> Status | BleError:
    """A pairing that failed is an answer like any other; only what kept it from beginning is an error."""
    failure = failed.failure
    if failure.kind is not ErrorKind.SECURITY_PAIRING_FAILED:
        return failed
    aborted = failure.source == "cassia.pairing" and failure.code == "2"
    return {"pairingStatusCode": 2 if aborted else 0, "pairingStatus": f"Pairing {'Aborted' if aborted else 'Failed'}"}
