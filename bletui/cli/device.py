"""The device that a command works with: reached over its link, its attribute table at hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from bletui import registry
from bletui.cli import signals
from bletui.cli.answering import Answers
from bletui.cli.attached import Attached, attached
from bletui.cli.attribute import find
from bletui.cli.keyboard import Keyboard
from bletui.cli.linkrecords import listening_object
from bletui.cli.narration import object_line
from bletui.cli.outlet import Outlet
from bletui.cli.records import Record
from bletui.cli.wanted import Wanted
from bletui.decode.attributes import Attribute
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Connect, Discover, GattTree, LinkChanged, Peer, Request, Result, ScanRequest
from bletui.text import visible


class Asking(Protocol):
    """Whoever can have requests done, and tell of them beside the data."""

    async def perform(self, request: Request, deadline: float | None = None) -> Result: ...

    def say(self, told: str, record: dict[str, object]) -> None: ...


class Reached(Protocol):
    """A device at the other end of a link: what `transfers` needs of it."""

    @property
    def here(self) -> Asking: ...

    @property
    def peer(self) -> Peer: ...

    @property
    def json(self) -> bool: ...

    async def tree(self, *, refresh: bool = False) -> GattTree: ...

    async def attribute(self, text: str) -> Attribute: ...

    async def print(self, line: str, record: Record) -> None: ...

    def lost(self) -> Failure | None: ...


class Device:
    """Requests that name its link, and stdout in the form that was asked for."""

    def __init__(self, here: Attached, outlet: Outlet, peer: Peer) -> None:
        self.here = here
        self.peer = peer
        self.outlet = outlet
        self._tree: GattTree | None = None

    @property
    def json(self) -> bool:
        return self.here.wanted.json

    async def tree(self, *, refresh: bool = False) -> GattTree:
        """Discovered once, unless it is to be refreshed."""
        if self._tree is None or refresh:
            tree = await self.here.perform(Discover(self.peer.address, self.peer.lane, refresh))
            assert isinstance(tree, GattTree)
            self._tree = tree
        return self._tree

    async def attribute(self, text: str) -> Attribute:
        return find(await self.tree(), text)

    async def print(self, line: str, record: Record) -> None:
        await self.outlet.write((object_line(record) if self.json else line) + "\n")

    def lost(self) -> Failure | None:
        """Why the link is no longer there; None while it is up."""
        return None if self.here.link(self.peer.lane) is not None else _why_lost(self.here, self.peer)


TOLD_WITHIN = 1.0  # seconds in which a radio tells of the links that are there
Work = Callable[[Device], Awaitable[int | None]]  # what a command does with its device: its exit code, or None for 0


def at_device(wanted: Wanted, work: Work, *, keyboard: Keyboard | None) -> int:
    """The exit code of `work`, done over a link that is there or is made, and released if we made it."""

    async def reached(here: Attached, outlet: Outlet) -> int:
        return await work(Device(here, outlet, (await reach(here)).peer)) or 0

    return at_radio(wanted, reached, keyboard=keyboard)


def at_radio(wanted: Wanted, work: Callable[[Attached, Outlet], Awaitable[int]], *, keyboard: Keyboard | None) -> int:
    """The exit code of `work`, done at a seat at the target's radio. `keyboard`: what answers pairing's questions."""
    registry.refuse_unknown([wanted.target])
    answers = Answers(passkey=wanted.passkey, keyboard=keyboard, json=wanted.json)

    async def run() -> int:
        outlet = Outlet()
        with outlet.ends_with_reader():
            return await attached(wanted, answers, lambda here: work(here, outlet))

    return signals.run(run)


async def reach(here: Attached) -> LinkChanged:
    """The link to the wanted device, also one that somebody else opened; made if there is none."""
    wanted = here.wanted
    lane = await here.lane(wanted.lane)
    link = here.link(lane)
    if link is not None:
        return link
    await here.seat.scan(ScanRequest())  # for the address type, the best lane, and retries that wait to hear it
    try:
        if wanted.address_type is None:
            here.say(f"listens for {visible(wanted.address)}", listening_object(here.radio, wanted.address))
            await here.heard(lane)
        peer = await here.perform(Connect(wanted.address, lane, wanted.address_type))
    finally:
        await here.seat.scan(None)
    assert isinstance(peer, Peer)
    return await _up(here, peer)


async def _up(here: Attached, peer: Peer) -> LinkChanged:
    """The event of a link that has just been made: the seat may not have handed it over yet."""
    link = await here.until(lambda: here.link(peer.lane), TOLD_WITHIN)
    if link is None:
        raise BleError(_why_lost(here, peer))
    return link


def _why_lost(here: Attached, peer: Peer) -> Failure:
    if here.down is not None and here.down.reason is not None:
        return here.down.reason
    return Failure(kind=ErrorKind.LINK_LOST, lane=peer.lane, address=peer.address)
