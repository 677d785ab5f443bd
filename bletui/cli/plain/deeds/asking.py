"""Pairing, its questions, and bonds."""

from __future__ import annotations

import argparse
import re

from bletui.cli import transfers
from bletui.cli.linkrecords import bond_object, pairing_object
from bletui.cli.plain.desk import Desk
from bletui.cli.plain.spot import Spot
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Bond, ListBonds, Peer, Prompt, PromptWhat, Unpair
from bletui.session import Joined
from bletui.target import invalid
from bletui.text import visible

YES, NO = ("y", "yes"), ("n", "no")
_DIGITS = re.compile(r"[0-9]{6}")  # Core, Vol 3 Part H, 2.3.5.3
_OOB = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")


async def pair(desk: Desk, args: argparse.Namespace) -> None:
    await transfers.pair(Spot(desk, *await desk.link(args.device)))


async def unpair(desk: Desk, args: argparse.Namespace) -> None:
    """On every lane that has a bond; there need be no link."""
    await desk.opened()
    address = await desk.address(args.device)
    bonded = [(joined, bond.lane) for joined, found in await _bonds(desk) for bond in found if bond.address == address]
    if not bonded:
        raise invalid(f"no radio has a bond with {visible(address)}; bonds lists them")
    for joined, lane in bonded:
        await desk.perform(joined, Unpair(address, lane))
        words = f"{visible(address)} on {visible(lane)}: no bond is left"
        await desk.printer.line(words, pairing_object(Peer(lane, address), paired=False))


async def bonds(desk: Desk, args: argparse.Namespace) -> None:
    await desk.opened()
    count = 0
    for joined, found in await _bonds(desk):
        for bond in found:
            count += 1
            words = f"#{desk.numbers.of(bond.address)}  {visible(f'{bond.lane}  {bond.address}  {bond.name}').rstrip()}"
            await desk.printer.line(words, bond_object(joined.name, bond))
    await desk.printer.line(f"{count} bonds", {"schema": "bletui.bonds-end/1", "bonds": count})


async def _bonds(desk: Desk) -> list[tuple[Joined, tuple[Bond, ...]]]:
    told = []
    for joined in desk.radios():
        if joined.attachment is not None:
            found = await desk.perform(joined, ListBonds())
            assert isinstance(found, tuple)
            assert not isinstance(found, Peer)  # which is a tuple too
            told.append((joined, found))
    return told


async def answer(desk: Desk, args: argparse.Namespace) -> None:
    """To the oldest question, or that of the device; through a pipe it waits for one as long as anything runs."""
    address = None if args.device is None else await desk.address(args.device)

    def asked() -> list[tuple[Joined, Prompt]]:
        return [(joined, one) for _, joined, one in desk.questions() if address in (None, one.peer.address)]

    def settled() -> bool | None:
        return True if asked() or not desk.busy() else None

    if desk.piped:
        await desk.until(settled, desk.deadline)
    if not asked():
        raise BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="answer", detail="nothing is asked"))
    joined, prompt = asked()[0]
    assert joined.attachment is not None
    await joined.attachment.answer(prompt.id, reply(prompt.what, args.value))


def reply(what: PromptWhat, text: str) -> str | None:
    """What the radio is handed for what was typed; None refuses. `request.invalid`: it fits another question."""
    said = text.strip().casefold()
    if said in NO:
        return None
    match what:
        case "enter-passkey" if _DIGITS.fullmatch(said):
            return said
        case "enter-passkey":
            raise invalid("a passkey has six digits; no refuses")
        case "compare" | "confirm" if said in YES:
            return "yes"
        case "compare" | "confirm":
            raise invalid("yes or no")
        case "show-passkey":
            raise invalid("the number is typed at the device; no refuses")
        case _ if _OOB.fullmatch(said):
            return said
    raise invalid("32 or 64 hex digits; no refuses")


def as_answer(line: str, open_now: list[Prompt]) -> str | None:
    """The line, if it can only answer the one question that is open: digits, yes or no without the verb."""
    said = line.strip().casefold()
    if len(open_now) != 1:
        return None
    fits = said in YES + NO or (open_now[0].what == "enter-passkey" and _DIGITS.fullmatch(said))
    return said if fits else None
