"""The keys of Connections: what each one asks of the radio under the cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from bletui.console.asking import ask, connect_request, connect_words, radio_for
from bletui.console.commands import bindings
from bletui.console.links import Row
from bletui.console.screens.dialogue import TextDialogue, YesNoDialogue
from bletui.console.spans import Line, Span, line
from bletui.console.widgets.rows import Rows
from bletui.errors.card import one_line
from bletui.failure import Failure
from bletui.model import Connect, Disconnect, LinkChanged, OpId, Pair, Request
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.session import Joined, Session


class LinkKeys(Rows):
    BINDINGS = bindings("links")
    place = "links"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self.dismissed: set[OpId] = set()  # failed operations that were put away

    @dataclass
    class Noted(Message):
        """Something to say in the status line."""

        words: str

    def note(self, words: str) -> None:
        self.post_message(self.Noted(words))

    # -- asking radios

    def ask(self, joined: Joined, request: Request) -> None:
        """Queues the request; what refuses it before it has a row is told in the status line."""
        self.app.run_worker(self._asked(joined, request), group="ask")

    async def _asked(self, joined: Joined, request: Request) -> None:
        outcome = await ask(joined, request)
        if isinstance(outcome, Failure):
            self.note(one_line(outcome))

    def connect(self, request: Connect) -> None:
        session = self.console_app.session
        if session is None:
            return
        row = self.row
        otherwise = row.radio if row else next(iter(session.radios))
        device = session.store.devices.get(request.address)
        self.ask(radio_for(session.radios, request, device, otherwise), request)

    # -- commands

    def action_connect(self) -> None:
        session = self.console_app.session
        if session is None:
            return
        lanes = [lane for joined in session.radios.values() for lane in joined.state.lanes]

        def check(text: str) -> str:
            return connect_words(connect_request(text, lanes), session.radios)

        def says() -> list[Line]:
            return [
                line(" An address; then, if you like, its type and the lane:"),
                line(" ", Span("A4:C1:38:0B:7F:2A random hci0", "dim")),
                line(),
            ]

        def typed(text: str | None) -> None:
            if text is not None:
                self.connect(connect_request(text, lanes))

        self.app.push_screen(TextDialogue("Connect", says, check, accept="Connect"), typed)

    def action_disconnect(self) -> None:
        row, joined = self._here()
        if joined is None or row is None or row.link is None:
            self.note("no link under the cursor")
            return
        link = row.link
        request = Disconnect(link.peer.address, link.peer.lane)
        if not link.foreign:
            self.ask(joined, request)
            return
        forced = Disconnect(link.peer.address, link.peer.lane, force=True)
        self._confirm("Disconnect a foreign link", foreign_words(link), lambda: self.ask(joined, forced))

    def action_mine(self) -> None:
        session = self.console_app.session
        own = [(joined, link) for joined, link in _links(session) if not link.foreign]
        if not own:
            self.note("no link is ours")
            return

        def end() -> None:
            for joined, link in own:
                self.ask(joined, Disconnect(link.peer.address, link.peer.lane))

        words = [line(f" {len(own)} links that this console opened:"), line()]
        words += [line("   ", Span(visible(link.peer.address), "strong")) for _, link in own[:12]]
        self._confirm("Disconnect mine", words, end)

    def action_adopt(self) -> None:
        row, joined = self._here()
        if joined is not None and joined.attachment and row and row.link and row.link.foreign:
            self.app.run_worker(joined.attachment.adopt(row.link.peer), group="ask")

    def action_pair(self) -> None:
        row, joined = self._here()
        if joined is not None and row and row.link:
            self.ask(joined, Pair(row.link.peer.address, row.link.peer.lane))

    def action_gatt(self) -> None:
        row = self.row
        if row is not None and row.link is not None:
            self.console_app.gatt(row.radio, row.link.peer)

    def action_cancel(self) -> None:
        row, joined = self._here()
        if row is None or row.operation is None or joined is None or joined.attachment is None:
            return
        if row.operation.ended:
            self.dismissed.add(row.operation.id)
        else:
            self.app.run_worker(joined.attachment.cancel(row.operation.id), group="ask")

    def action_promote(self) -> None:
        row, joined = self._here()
        if joined is not None and joined.attachment and row and row.operation:
            self.app.run_worker(joined.attachment.promote(row.operation.id), group="ask")

    def action_again(self) -> None:
        """Now instead of later; what has failed for good is asked for anew."""
        row, joined = self._here()
        if joined is None or joined.attachment is None or row is None or row.operation is None:
            return
        if row.operation.ended:
            self.ask(joined, row.operation.request)
        else:
            self.app.run_worker(joined.attachment.retry_now(row.operation.id), group="ask")

    def _here(self) -> tuple[Row | None, Joined | None]:
        row, session = self.row, self.console_app.session
        return row, session.radios.get(row.radio) if row and session else None

    def _confirm(self, title: str, words: list[Line], then: Callable[[], None]) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None:
                then()

        self.app.push_screen(YesNoDialogue(title, lambda: words, "Disconnect", "Leave it"), answered)


def foreign_words(link: LinkChanged) -> list[Line]:
    """What a person confirms before a link of somebody else's is ended."""
    return [
        line(" ", Span(visible(link.peer.address), "strong"), f" on {visible(link.peer.lane)}"),
        line(" was opened by another client. Ending it may break what that client does."),
    ]


def _links(session: Session | None) -> list[tuple[Joined, LinkChanged]]:
    radios = session.radios.values() if session else ()
    return [(joined, link) for joined in radios for link in joined.state.links.values()]
