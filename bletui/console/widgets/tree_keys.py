"""The keys of GATT: what each one asks of the attribute under the cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.message import Message
from textual.worker import Worker

from bletui.console.asking import ask
from bletui.console.commands import bindings
from bletui.console.known import Book, Known, Place
from bletui.console.screens.dialogue import TextDialogue
from bletui.console.spans import Line, Span, line
from bletui.console.tree import brief, readable
from bletui.console.widgets.rows import Rows
from bletui.decode.attributes import Attribute
from bletui.decode.values import typed
from bletui.failure import Failure
from bletui.model import Discover, NotifyMode, Peer, Properties, Read, Request, Result, Subscribe, Write
from bletui.session import Joined


class TreeKeys(Rows):
    BINDINGS = bindings("tree")
    place = "tree"

    @dataclass
    class Noted(Message):
        """Something to say in the status line."""

        words: str

    class Next(Message):
        """To the next device."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self.book = Book()
        self.radio = ""
        self.peer: Peer | None = None
        self.attributes: Mapping[int, Attribute] = {}
        self.progress: tuple[int, int] | None = None  # of reading all: how many of how many
        self._reading: Worker[None] | None = None

    @property
    def joined(self) -> Joined | None:
        """The radio of the device; another one in its place after it was opened again."""
        session = self.console_app.session
        return session.radios.get(self.radio) if session else None

    @property
    def attribute(self) -> Attribute | None:
        """The one under the cursor."""
        return self.attributes.get(self.row.key) if self.row and isinstance(self.row.key, int) else None

    def known(self, handle: int) -> Known:
        assert self.peer is not None
        return self.book[Place(self.radio, self.peer, handle)]

    def otherwise(self) -> Sequence[Line]:
        return [
            line(),
            line(" ", Span("No device is open here.", "dim")),
            line(" Connect one in Scan (", Span("c", "key"), "), then ", Span("enter", "key"), " on its link in 2."),
        ]

    # -- asking the radio

    def discover(self, *, refresh: bool) -> None:
        if self.peer is not None:
            self.app.run_worker(self._told(Discover(self.peer.address, self.peer.lane, refresh)), group="gatt")

    async def _told(self, request: Request) -> Result | Failure:
        """The outcome; a failure that has no node of its own stands in the status line."""
        assert self.joined is not None
        outcome = await ask(self.joined, request)
        if isinstance(outcome, Failure):
            self.post_message(self.Noted(f"{outcome.kind.code} {outcome.kind.value}: {outcome.kind.title}"))
        return outcome

    async def _at_node(self, handle: int, request: Request, busy: str) -> None:
        """Its value, or its failure, stands at the node."""
        assert self.joined is not None
        known = self.known(handle)
        known.busy, known.failure = busy, None
        try:
            outcome = await ask(self.joined, request)
        finally:
            known.busy = ""
        if isinstance(outcome, Failure):
            known.failure = outcome
        elif isinstance(outcome, bytes):
            known.take(outcome, self.console_app.clock.wall())
        elif isinstance(request, Write):
            known.take(request.value, self.console_app.clock.wall())

    def _read(self, one: Attribute) -> Read:
        assert self.peer is not None
        return Read(self.peer.address, self.peer.lane, handle=one.handle)

    # -- commands

    def action_read(self) -> None:
        one = self.attribute
        if one is not None and one.kind != "service":
            self.app.run_worker(self._at_node(one.handle, self._read(one), "reading …"), group="gatt")

    def action_all(self) -> None:
        if self.peer is not None and self.progress is None:
            self._reading = self.app.run_worker(self._read_all(), group="gatt")

    async def _read_all(self) -> None:
        wanted = [one for one in self.attributes.values() if readable(one)]
        peer, joined = self.peer, self.joined
        try:
            for done, one in enumerate(wanted):
                self.progress = done, len(wanted)
                if joined is None or peer not in joined.state.links:
                    break
                await self._at_node(one.handle, self._read(one), "reading …")
        finally:
            self.progress = None

    def action_stop(self) -> None:
        if self._reading is not None and self.progress is not None:
            self._reading.cancel()

    def action_deliver(self) -> None:
        one = self.attribute
        if one is None or self.peer is None or self.joined is None:
            return
        may = one.properties or Properties(0)
        if not may & (Properties.NOTIFY | Properties.INDICATE):
            self.post_message(self.Noted("it neither notifies nor indicates"))
            return
        on: NotifyMode = "notify" if may & Properties.NOTIFY else "indicate"
        mode: NotifyMode = "off" if (self.peer, one.handle) in self.joined.state.subscriptions else on
        request = Subscribe(self.peer.address, self.peer.lane, handle=one.handle, mode=mode)
        self.app.run_worker(self._at_node(one.handle, request, "switching …"), group="gatt")

    def action_write(self) -> None:
        self._ask_value(response=True)

    def action_command(self) -> None:
        self._ask_value(response=False)

    def _ask_value(self, *, response: bool) -> None:
        one = self.attribute
        if one is None or one.kind == "service" or self.peer is None:
            return
        known, peer = self.known(one.handle), self.peer
        if known.value is None and readable(one):
            self.action_read()
        how = "with response" if response else "without response"

        def written(text: str | None) -> None:
            if text is not None:
                request = Write(peer.address, peer.lane, handle=one.handle, value=typed.parse(text), response=response)
                self.app.run_worker(self._at_node(one.handle, request, "writing …"), group="gatt")

        self.app.push_screen(
            TextDialogue(
                f"Write {one.handle:04X} {one.name}",
                lambda: write_words(one, known),
                lambda text: f"writes {typed.preview(typed.parse(text))} {how}",
                accept="Write",
            ),
            written,
        )

    def action_fresh(self) -> None:
        self.discover(refresh=True)

    def action_next(self) -> None:
        self.post_message(self.Next())


def write_words(one: Attribute, known: Known) -> list[Line]:
    """The old value, and the forms that a new one may have."""
    old = f"{typed.preview(known.value)}  {brief(one, known.value)}" if known.value is not None else "not read"
    return [
        line(Span(" now  ", "dim"), known.busy or old),
        line(Span(" 0a0b   text:hello   u16:500   i16be:-3   f32:1.5", "dim")),
        line(),
    ]
