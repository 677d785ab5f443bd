"""The keys of Connections: what each one asks of the radio under the cursor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from bletui.connections import verb
from bletui.console.asking import ask, connect_requests, connect_words, radio_for, with_addresses
from bletui.console.cards import Offers
from bletui.console.commands import BY_ID, bindings
from bletui.console.links import Bonds, Row
from bletui.console.questions import adopt_words, mine_words, others_words
from bletui.console.row_offers import needs, offers
from bletui.console.screens.dialogue import TextDialogue, YesNoDialogue
from bletui.console.spans import Line, Span, line
from bletui.console.status import lane_name
from bletui.console.widgets.phy_keys import PhyKeys
from bletui.errors.card import one_line
from bletui.failure import BleError, ErrorKind, Failure
from bletui.log.failing import Group
from bletui.model import (
    Bond,
    Connect,
    Disconnect,
    LinkChanged,
    ListBonds,
    OpId,
    Pair,
    ReadRssi,
    Request,
    Role,
    Unpair,
)
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.radio import Attachment
    from bletui.session import Joined, Session


NO_LINK = "no link under the cursor"


class LinkKeys(PhyKeys):
    BINDINGS = bindings("links")
    place = "links"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self.dismissed: set[OpId] = set()  # failed operations that were put away
        self.bonds: dict[str, Bonds] | None = None  # by radio; None: not shown
        self._asked_for: tuple[str, str, list[Group]] | None = None  # radio, address, and what had failed there before

    class Moved(Message):
        """The cursor stands on another row."""

    def hold(self, rows: Sequence[Row]) -> None:
        """The cursor goes to what was asked for as soon as it has a row."""
        super().hold(rows)
        if self._asked_for is not None:
            radio, address, before = self._asked_for
            about = (row for row in rows if row.radio == radio and row.key is not None and row.address == address)
            found = next((row for row in about if row.lost is None or row.lost not in before), None)
            if found is not None:
                self._asked_for = None
                self.select(found.key)

    def move(self, by: int) -> None:
        self._asked_for = None
        super().move(by)
        self.post_message(self.Moved())

    def linked(self) -> tuple[Joined, LinkChanged] | None:
        row, joined = self._here()
        return None if joined is None or row is None or row.link is None else (joined, row.link)

    @property
    def needs_here(self) -> Mapping[str, Role]:
        """The roles that commands need at this row, where these are others than elsewhere."""
        row, joined = self._here()
        return needs(row, joined.owner) if row is not None and joined is not None else {}

    def offers(self, row: Row) -> Offers:
        return offers(row)

    # -- asking radios

    def ask(self, joined: Joined, request: Request) -> None:
        """Queues the request; what refuses it before it has a row is told in the status line."""
        self.app.run_worker(self._asked(joined, request), group="ask")

    async def _asked(self, joined: Joined, request: Request) -> None:
        outcome = await ask(joined, request)
        if isinstance(outcome, Failure):
            self.note(_refused(request, outcome))

    def connect(self, request: Connect) -> None:
        session = self.console_app.session
        if session is None:
            return
        row = self.row
        otherwise = row.radio if row else next(iter(session.radios))
        device = session.store.devices.get(request.address)
        if device is not None and device.connectable is False:
            key = BY_ID["links.cancel"].shown_key
            self.note(f"it advertises that it takes no connections; {key} cancels")
        joined = radio_for(session.radios, request, device, otherwise)
        self._asked_for = joined.name, request.address, session.failing.of(request.address)
        self.ask(joined, request)

    def _called(self, address: str) -> str:
        session = self.console_app.session
        return (session.store.called(address) if session else None) or ""

    # -- commands

    def action_connect(self) -> None:
        session = self.console_app.session
        if session is None:
            return
        lanes = [lane for joined in session.radios.values() for lane in joined.state.lanes]
        own = self.console_app.settings.config.addresses

        def check(text: str) -> str:
            return connect_words(connect_requests(with_addresses(text, own), lanes), session.radios)

        def says() -> list[Line]:
            return [
                line(" Addresses or own names; then, if you like, the type and the lane:"),
                line(" ", Span("A4:C1:38:0B:7F:2A random hci0", "dim")),
                line(),
            ]

        def typed(text: str | None) -> None:
            for request in connect_requests(with_addresses(text, own), lanes) if text is not None else ():
                self.connect(request)

        self.app.push_screen(TextDialogue("Connect", says, check, accept="Connect"), typed)

    def action_disconnect(self) -> None:
        row, joined = self._here()
        if joined is None or row is None or row.link is None:
            self.note(NO_LINK)
            return
        link = row.link
        request = Disconnect(link.peer.address, link.peer.lane)
        if not link.foreign and not link.others(joined.owner):
            self.ask(joined, request)
            return
        forced = Disconnect(link.peer.address, link.peer.lane, force=True)
        self._confirm(
            "Disconnect a foreign link" if link.foreign else "Disconnect a link that others hold",
            others_words(link, joined.owner, _lane(joined, link), self._called(link.peer.address)),
            lambda: self.ask(joined, forced),
            "Disconnect",
        )

    def action_mine(self) -> None:
        session = self.console_app.session
        own = [
            (joined, link) for joined, link in _links(session) if not link.foreign and link.holders == (joined.owner,)
        ]
        if session is None or not own:
            self.note("no link is ours")
            return

        def end() -> None:
            for joined, link in own:
                self.ask(joined, Disconnect(link.peer.address, link.peer.lane))

        self._confirm("Disconnect mine", mine_words([link for _, link in own], session.store.called), end, "Disconnect")

    def action_adopt(self) -> None:
        row, joined = self._here()
        if joined is None or row is None or row.link is None or not row.link.foreign:
            self.note("no foreign link under the cursor")
            return
        link = row.link
        self._confirm(
            "Adopt a foreign link",
            adopt_words(link, _lane(joined, link), self._called(link.peer.address)),
            lambda: self._tell(joined, lambda seat: seat.adopt(link.peer)),
            "Adopt",
        )

    def action_pair(self) -> None:
        row, joined = self._here()
        if joined is not None and row and row.link:
            self.ask(joined, Pair(row.link.peer.address, row.link.peer.lane))
        elif self.chosen is not None and self.chosen.failure.address:
            super().action_pair()
        else:
            self.note(NO_LINK)

    def action_gatt(self) -> None:
        row = self.row
        if row is not None and row.link is not None:
            self.console_app.gatt(row.radio, row.link.peer)
        else:
            self.note(NO_LINK)

    def action_cancel(self) -> None:
        row, joined = self._here()
        session = self.console_app.session
        if row is not None and row.lost is not None and session is not None:
            for group in session.failing.of(row.address):
                if group.what[:2] == row.lost.what[:2]:
                    session.failing.put_away(group.what)
            self.note("put away until it is lost once more")
            return
        if row is None or row.operation is None or joined is None or joined.attachment is None:
            self.note("nothing that runs, waits or failed is under the cursor")
            return
        operation = row.operation
        if operation.ended:
            self.dismissed.add(operation.id)
        else:
            self._tell(joined, lambda seat: seat.cancel(operation.id))

    def action_promote(self) -> None:
        row, joined = self._here()
        if joined is not None and row and row.operation and not row.operation.ended:
            operation = row.operation
            self._tell(joined, lambda seat: seat.promote(operation.id))
        else:
            self.note("nothing that waits is under the cursor")

    def action_pause(self) -> None:
        """The lane under the cursor; every lane of the radio where what waits there has none."""
        row, joined = self._here()
        if joined is None or row is None:
            return
        lanes = {lane: changed.lane for lane, changed in joined.state.lanes.items() if row.lane in (None, lane)}
        if not lanes:
            self.note("no lane under the cursor")
            return
        stop = not all(lane.paused for lane in lanes.values())

        async def switch(seat: Attachment) -> None:
            for lane in lanes:
                await (seat.pause(lane) if stop else seat.resume(lane))

        self._tell(joined, switch)
        named = ", ".join(lane_name(lane, joined.state.lanes) for lane in lanes)
        self.note(f"{named}: nothing new starts; what runs goes on" if stop else f"{named}: goes on")

    def action_signal(self) -> None:
        row, joined = self._here()
        if joined is None or row is None or row.link is None:
            self.note(NO_LINK)
        else:
            self.ask(joined, ReadRssi(row.link.peer.address, row.link.peer.lane))

    def action_bonds(self) -> None:
        session = self.console_app.session
        if self.bonds is not None or session is None:
            self.bonds = None
            return
        self.bonds = dict.fromkeys(session.radios)
        for joined in session.radios.values():
            self.app.run_worker(self._learn_bonds(joined), group="ask")

    async def _learn_bonds(self, joined: Joined) -> None:
        outcome = await ask(joined, ListBonds(""))
        if self.bonds is not None and isinstance(outcome, tuple | Failure):
            self.bonds[joined.name] = outcome if isinstance(outcome, Failure) else _only_bonds(outcome)

    def action_unpair(self) -> None:
        """The bond under the cursor, else that of what failed there."""
        row, joined = self._here()
        found = _bond_of(row)
        if joined is not None and found is not None:
            self.unpair(joined, Unpair(found.address, found.lane), found.name)
        elif self.chosen is not None and self.chosen.failure.address:
            super().action_unpair()
        else:
            self.note(f"no bond under the cursor; {BY_ID['links.bonds'].shown_key} lists them")

    async def unpaired(self, joined: Joined, request: Unpair) -> None:
        await super().unpaired(joined, request)
        await self._learn_bonds(joined)

    def action_again(self) -> None:
        """Now instead of later; what has failed for good is asked for anew."""
        row, joined = self._here()
        if joined is not None and row is not None and row.lost is not None:
            self.connect(Connect(row.address))
            return
        if joined is None or joined.attachment is None or row is None or row.operation is None:
            self.note("nothing that waits, failed or was lost is under the cursor")
            return
        operation = row.operation
        if operation.ended:
            self.ask(joined, operation.request)
        else:
            self._tell(joined, lambda seat: seat.retry_now(operation.id))

    def _here(self) -> tuple[Row | None, Joined | None]:
        row, session = self.row, self.console_app.session
        return row, session.radios.get(row.radio) if row and session else None

    def _tell(self, joined: Joined, call: Callable[[Attachment], Awaitable[None]]) -> None:
        """Asks the radio for something that is no request; a refusal is told in the status line."""
        self.app.run_worker(self._told(joined, call), group="ask")

    async def _told(self, joined: Joined, call: Callable[[Attachment], Awaitable[None]]) -> None:
        if joined.attachment is None:
            self.note(f"{joined.name} is not open")
            return
        try:
            await call(joined.attachment)
        except BleError as refused:
            self.note(one_line(refused.failure))

    def _confirm(self, title: str, words: list[Line], then: Callable[[], object], yes: str) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None:
                then()

        self.app.push_screen(YesNoDialogue(title, lambda: words, yes, "Leave it"), answered)


def _refused(request: Request, failure: Failure) -> str:
    """What was cancelled here is as it was wished, and no failure."""
    if failure.kind is ErrorKind.OP_CANCELLED and not failure.detail:
        return f"{verb(request)} {visible(request.address)}: cancelled"
    return one_line(failure)


def _lane(joined: Joined, link: LinkChanged) -> str:
    return lane_name(link.peer.lane, joined.state.lanes)


def _only_bonds(told: tuple[object, ...]) -> tuple[Bond, ...]:
    return tuple(bond for bond in told if isinstance(bond, Bond))


def _bond_of(row: Row | None) -> Bond | None:
    """The bond under the cursor: listed, or that of a bonded link."""
    if row is not None and row.link is not None and row.link.bonded:
        return Bond(row.link.peer.lane, row.link.peer.address)
    return None if row is None else row.bond


def _links(session: Session | None) -> list[tuple[Joined, LinkChanged]]:
    radios = session.radios.values() if session else ()
    return [(joined, link) for joined in radios for link in joined.state.links.values()]
