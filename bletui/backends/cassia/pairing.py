"""Pairing: the router's status codes as questions to a person, and their answers back to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from bletui.backends.cassia import api, arguments
from bletui.backends.cassia.api import MalformedError
from bletui.backends.cassia.links import Links
from bletui.backends.cassia.native import link_ended, made_of, pairing_ended, said_ok
from bletui.backends.cassia.router import Router
from bletui.backends.cassia.table import LinkTable
from bletui.backends.cassia.watch import Watch
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Event, Peer, Prompt, PromptClosed, PromptEnd, PromptWhat
from bletui.text import visible

PAIR, INPUT = "/management/nodes/{address}/pair", "/management/nodes/{address}/pair-input"
BOND: Final = "/management/nodes/{address}/bond"
EXPIRES: Final = 30.0  # seconds (Core, Vol 3 Part H, 3.4)
LOOK: Final = 1.0  # seconds between two looks for the end of a pairing that nobody here answers
PAIRED, FAILED, SHOWN = 1, (0, 2), 6
Input = Mapping[str, str]

# Status code -> what is asked, and how an answer is checked and sent (vendor's SDK guide, "Pair"); None: no answer.
QUESTIONS: Final[Mapping[int, tuple[PromptWhat, Callable[[str], Input] | None]]] = {
    3: ("oob-legacy", arguments.temporary_key),
    4: ("oob-sc", arguments.secure_oob),
    5: ("enter-passkey", arguments.passkey),
    SHOWN: ("show-passkey", None),
    7: ("compare", arguments.verdict),
}


@dataclass(frozen=True, slots=True)
class Status:
    """The router's answer to `pair` and `pair-input`; only the code can be trusted."""

    code: int
    words: str
    display: str | None


@dataclass(frozen=True, slots=True)
class _Question:
    prompt: Prompt
    form: Callable[[str], Input] | None
    answered: asyncio.Future[Input | None]


def status(body: bytes) -> Status:
    found = api.parse(body)
    if not isinstance(found, dict):
        raise MalformedError("the pairing status is not an object")
    words = found.get("pairingStatus")
    code = api.integer(found.get("pairingStatusCode"), 0, 7, "pairingStatusCode")
    display = api.word(found.get("display"))
    if code in (6, 7) and display is None:
        raise MalformedError("display is missing")
    return Status(code, visible(words) if isinstance(words, str) else "", display)


class Pairing:
    """`numbers` are those of the prompts, which all routers of a radio share."""

    def __init__(
        self,
        router: Router,
        table: LinkTable,
        links: Links,
        watch: Watch,
        say: Callable[[Event], None],
        now: Callable[[], float],
        start: Callable[[Coroutine[None, None, None]], asyncio.Task[None]],
        numbers: Iterator[int],
    ) -> None:
        self._router = router
        self._table = table
        self._links = links
        self._watch = watch
        self._say = say
        self._now = now
        self._start = start
        self._numbers = numbers
        self._open: dict[int, _Question] = {}

    async def pair(self, peer: Peer, *, within: float) -> None:
        """Pairs and bonds; connects first where no link is up (firmware 2.0 and later). A pairing that is refused here,
        or cancelled, ends with the link: the router knows no other way out of it."""
        peer = Peer(peer.lane, arguments.device(peer.address))
        timeout = arguments.milliseconds(within * self._router.speed)
        body = {"iocapability": "KeyboardDisplay", "timeout": timeout, "bond": 1}
        async with self._links.undone(peer, "pair"):
            found = await self._asked(peer, PAIR, body, within)
            while found.code not in (PAIRED, *FAILED):
                found = await self._next(peer, found, within)
            if found.code in FAILED:
                raise pairing_ended(found.code, found.words, self._router.context(peer))
            await self._links.settle_up(peer)
            self._table.up(self._table.find(peer.address) or peer, bonded=True)

    async def unpair(self, peer: Peer, *, within: float) -> None:
        peer = Peer(peer.lane, arguments.device(peer.address))
        arguments.milliseconds(within)
        answer = await self._router.on(peer, "DELETE", BOND, operation="unpair", within=within)
        said_ok(answer, operation="unpair", context=self._router.context(peer))
        if (known := self._table.find(peer.address)) is not None:
            self._table.up(known, bonded=False)

    def asks(self, number: int) -> bool:
        """Whether this prompt is one of this router's and waits for an answer."""
        question = self._open.get(number)
        return question is not None and not question.answered.done()

    def answer(self, number: int, value: str | None) -> None:
        """`value` for a prompt that is asked; None refuses."""
        question = self._open[number]
        said = None if value is None else {} if question.form is None else question.form(value)
        question.answered.set_result(said)

    def forget(self, peer: Peer, reason: Failure | None) -> None:
        """The link is down: nobody needs an answer any more."""
        lost = reason or link_ended("", asked=False, context=self._router.context(peer))
        for question in self._open.values():
            if question.prompt.peer.address == peer.address and not question.answered.done():
                question.answered.set_exception(BleError(lost))

    # -- one step after the other

    async def _asked(self, peer: Peer, path: str, body: object, within: float) -> Status:
        answer = await self._router.on(peer, "POST", path, operation="pair", within=within, body=body)
        return made_of(answer, status, operation="pair", context=self._router.context(peer))

    async def _next(self, peer: Peer, found: Status, within: float) -> Status:
        if found.code == SHOWN:
            return await self._shown(peer, found)
        said = await self._ask(peer, found)
        if said is None and found.code == 7:
            said = arguments.verdict("no")
        if said is None:
            raise await self._refused(peer)
        return await self._asked(peer, INPUT, said, within)

    async def _refused(self, peer: Peer) -> BleError:
        await self._links.undo(peer)
        detail = "refused here"
        return BleError(
            Failure(
                kind=ErrorKind.SECURITY_PAIRING_FAILED,
                operation="pair",
                lane=peer.lane,
                address=peer.address,
                detail=detail,
            )
        )

    async def _shown(self, peer: Peer, found: Status) -> Status:
        """The person at the device types what is shown; the end of it stands in the connection list alone."""
        table, address = self._table, peer.address
        seen = self._start(self._seen_paired(peer))
        try:
            said = await self._ask(peer, found, ended=seen)
            if said is not None:
                over = partial(_is_over, table, address)
                await table.until(over, EXPIRES / self._router.speed)
        finally:
            seen.cancel()
        if said is None or not table.is_bonded(address):
            raise await self._refused(peer)
        return Status(PAIRED, "", None)

    async def _seen_paired(self, peer: Peer) -> None:
        while not self._table.is_bonded(peer.address):
            await asyncio.sleep(LOOK / self._router.speed)
            try:
                await self._watch.look()
            except BleError:
                self._watch.stir()  # which tells of it

    async def _ask(self, peer: Peer, found: Status, ended: asyncio.Task[None] | None = None) -> Input | None:
        """The answer; None: refused. `ended` is done when nobody need answer any more."""
        what, form = QUESTIONS[found.code]
        lasts, at = EXPIRES / self._router.speed, self._now()
        peer = self._table.find(peer.address) or peer
        prompt = Prompt(at, next(self._numbers), peer, what, at + lasts, None, found.display)
        question = _Question(prompt, form, asyncio.get_running_loop().create_future())
        self._open[prompt.id] = question
        if ended is not None:
            ended.add_done_callback(lambda _: _settle(question.answered))
        self._say(prompt)
        how: PromptEnd = "gone"
        try:
            async with asyncio.timeout(lasts):
                said = await question.answered
            how = "refused" if said is None else "answered"
        except TimeoutError:
            how = "expired"
            raise await self._refused(peer) from None
        finally:
            del self._open[prompt.id]
            self._say(PromptClosed(self._now(), prompt.id, how))
        return said


def _is_over(table: LinkTable, address: str) -> bool:
    return table.is_bonded(address) or table.find(address) is None


def _settle(answered: asyncio.Future[Input | None]) -> None:
    if not answered.done():
        answered.set_result({})
