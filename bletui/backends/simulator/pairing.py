"""Pairing, and its questions to a person."""

from __future__ import annotations

import asyncio
from itertools import count

from bletui.backends.simulator.attributes import Guard
from bletui.backends.simulator.ending import Ending, Limit
from bletui.backends.simulator.link import Link
from bletui.backends.simulator.world import World
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Event, Prompt, PromptClosed, PromptEnd, PromptWhat
from bletui.target import invalid

EXCHANGE = 0.4  # seconds of keys going to and fro
EXPIRES = 30.0  # seconds (Core, Vol 3 Part H, 3.4)
TYPED_AFTER = 4.0  # seconds that the person at the device takes
YES, NO = ("1", "y", "yes"), ("0", "n", "no")


class _Question(Ending):
    """A prompt that waits for its answer."""

    def __init__(self, link: Link, prompt: Prompt) -> None:
        super().__init__()
        self.link, self.prompt = link, prompt
        self.answered: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()


class Pairing:
    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = count(1)
        self._open: dict[int, _Question] = {}

    async def pair(self, link: Link, limit: Limit) -> None:
        """Secures the link and keeps the bond; `security.pairing-failed` and its kin otherwise."""
        world, lane, found = self._world, link.peer.lane, link.peripheral
        await world.trouble("pair", link.receiver, link.peer.address, limit)
        if link.level is not Guard.OPEN:
            return
        await world.pause(EXCHANGE)
        if link.stale:
            raise BleError(world.refusals.end(link.receiver, "key", link.peer.address, world.at))
        level = await self._level(link, limit)
        if level is None:
            raise BleError(world.refusals.pairing(link.receiver, "failed", link.peer.address, world.at))
        await world.pause(EXCHANGE)
        link.level = found.bonds[lane] = level
        world.emit([link.up(world.at)])

    async def _level(self, link: Link, limit: Limit) -> Guard | None:
        """How far the two trust each other then; None: not at all."""
        manner = link.peripheral.device.manner
        match manner.pairing:
            case "just-works":
                return Guard.ENCRYPTED
            case "refused":
                return None
            case "enter-passkey":
                said = await self._ask(link, limit, "enter-passkey", None)
                return Guard.AUTHENTICATED if said == manner.passkey else None
            case "show-passkey":
                return Guard.AUTHENTICATED if await self._shown(link, limit) else None
            case "compare":
                said = await self._ask(link, limit, "compare", self._number(link))
                return Guard.AUTHENTICATED if said in YES else None

    def _number(self, link: Link) -> str:
        return f"{link.dice.randrange(1_000_000):06}"

    async def _shown(self, link: Link, limit: Limit) -> bool:
        """Nobody has to answer: the person at the device types what is shown, unless we refuse meanwhile."""
        said = await self._ask(link, limit, "show-passkey", self._number(link), by_itself=TYPED_AFTER)
        return said is not None

    async def _ask(
        self, link: Link, limit: Limit, what: PromptWhat, display: str | None, by_itself: float | None = None
    ) -> str | None:
        """The answer; None if it was refused. The call's limit stands still meanwhile."""
        world = self._world
        lasts = EXPIRES * world.clock.scale
        prompt = Prompt(world.at, next(self._numbers), link.peer, what, world.at + lasts, None, display)
        question = self._open[prompt.id] = _Question(link, prompt)
        world.emit([prompt])
        limit.stand_still()
        how: PromptEnd = "gone"
        try:
            async with asyncio.timeout(lasts if by_itself is None else by_itself * world.clock.scale):
                said = await question.answered
            how = "refused" if said is None else "answered"
        except TimeoutError:
            how = "expired" if by_itself is None else "answered"
            said = None if by_itself is None else display
        finally:
            if self._open.pop(prompt.id, None) is not None:
                world.emit([PromptClosed(world.at, prompt.id, how)])
        limit.go_on()
        if how == "expired":
            raise BleError(world.refusals.pairing(link.receiver, "aborted", link.peer.address, world.at))
        return said

    def answer(self, number: int, value: str | None) -> None:
        question = self._open.get(number)
        if question is None or question.answered.done():
            raise BleError(
                Failure(
                    kind=ErrorKind.LINK_STATE_CONFLICT, operation="answer", detail=f"prompt {number} is closed already"
                )
            )
        said = None if value is None else value.strip().casefold()
        match question.prompt.what:
            case "enter-passkey" if said is not None and not (len(said) == 6 and said.isdecimal()):
                raise invalid(f"{value!r} is no passkey: it has six digits")
            case "compare" if said is not None and said not in YES + NO:
                raise invalid(f"{value!r} is neither yes (1) nor no (0)")
        question.answered.set_result(said)

    def ended(self, link: Link) -> list[Event]:
        """Closes the questions of a link that is gone."""
        mine = [number for number, question in self._open.items() if question.link is link]
        for number in mine:
            del self._open[number]
        return [PromptClosed(self._world.at, number, "gone") for number in mine]
