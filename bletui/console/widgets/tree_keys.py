"""The keys of GATT: what each one asks of the attribute under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message
from textual.worker import Worker

from bletui.console.asking import ask
from bletui.console.cards import Offers
from bletui.console.commands import BY_ID, bindings
from bletui.console.known import Known
from bletui.console.links import Row
from bletui.console.screens.dialogue import TextDialogue
from bletui.console.spans import Line, Span, line
from bletui.console.tree import brief, permitted, readable
from bletui.console.widgets.tree_filter import TreeFilter
from bletui.console.widgets.value_keys import ValueKeys
from bletui.decode.attributes import Attribute
from bletui.decode.lenses import Lens
from bletui.decode.values import meaning, typed
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Connect,
    Discover,
    NotifyMode,
    Pair,
    Properties,
    ReadRssi,
    Request,
    Result,
    Subscribe,
    Write,
)
from bletui.text import visible

NOTHING_OPEN = "no device is open here"

_AGAIN = {  # what failed at a node -> the command that asks for it once more
    "read": ("tree.read", "read again"),
    "write": ("tree.write", "write again"),
    "subscribe": ("tree.deliver", "ask again"),
}


class TreeKeys(ValueKeys):
    BINDINGS = bindings("tree")
    place = "tree"

    @dataclass
    class Next(Message):
        """To the next device, or (-1) the one before."""

        step: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self.filter = ""
        self.progress: tuple[int, int] | None = None  # of reading all: how many of how many
        self._reading: Worker[None] | None = None

    @property
    def count(self) -> int:
        """How many attributes are shown."""
        return len(self._rows)

    def otherwise(self) -> Sequence[Line]:
        if self.attributes and self.filter:
            none = Span(f"None of {len(self.attributes)} attributes has: {visible(self.filter)}", "warn")
            key, does = BY_ID["tree.stop"].shown_key, " shows them all."
            if self.screen.has_class("-filtering"):
                key, does = BY_ID["filter.leave"].shown_key, " goes back to the one before."
            return [line(), line(" ", none), line(" ", Span(key, "key"), does)]
        if self.linked() is not None and not self.attributes:
            fresh = Span(BY_ID["tree.fresh"].shown_key, "key")
            return [
                line(),
                line(" ", Span("Asks the device for its attributes …", "dim")),
                line(" ", fresh, " asks again, should it have failed."),
            ]
        return [
            line(),
            line(" ", Span("No device is open here.", "dim")),
            line(
                " Connect one in Scan (",
                Span(BY_ID["scan.connect"].shown_key, "key"),
                "), and press ",
                Span(BY_ID["links.gatt"].shown_key, "key"),
                " once it is connected.",
            ),
        ]

    def offers(self, row: Row) -> Offers:
        again = _AGAIN.get(row.failure.operation) if row.failure is not None else None
        return (again,) if again is not None else ()

    # -- asking the radio

    def discover(self, *, refresh: bool) -> None:
        if self.peer is not None:
            self.app.run_worker(self._told(Discover(self.peer.address, self.peer.lane, refresh)), group="gatt")

    async def _told(self, request: Request) -> Result | Failure:
        """The outcome; a failure that has no node of its own stands in the status line."""
        outcome = await self._asked(request)
        if isinstance(outcome, Failure):
            self.note(f"{outcome.kind.code} {outcome.kind.value}: {outcome.kind.title}")
        return outcome

    async def _asked(self, request: Request) -> Result | Failure:
        """Its radio may have been closed since; a link that has ended is made again first."""
        joined, peer = self.joined, self.peer
        if joined is None:
            return Failure(kind=ErrorKind.LINK_NOT_CONNECTED, detail=f"{self.radio} is not open")
        if peer is not None and peer not in joined.state.links:
            self.note(f"connects {visible(peer.address)} again …")
            outcome = await ask(joined, Connect(peer.address, peer.lane))
            if isinstance(outcome, Failure):
                return outcome
        return await ask(joined, request)

    async def _at_node(self, handle: int, request: Request, busy: str) -> None:
        """Its value, or its failure, stands at the node."""
        known = self.known(handle)
        known.busy, known.failure = busy, None
        try:
            outcome = await self._asked(request)
        finally:
            known.busy = ""
        if isinstance(outcome, Failure):
            known.failure = outcome
        elif isinstance(outcome, bytes):
            known.take(outcome, self.console_app.clock.wall())
        elif isinstance(request, Write):
            known.take(request.value, self.console_app.clock.wall())

    # -- commands

    def action_read(self) -> None:
        one = self.attribute
        if one is not None and one.kind != "service":
            self.app.run_worker(self._at_node(one.handle, self.reading(one), "reading …"), group="gatt")
            self.post_message(self.Moved())
        else:
            self.note("no value under the cursor")

    def action_all(self) -> None:
        if self.peer is None:
            self.note(NOTHING_OPEN)
        elif self.progress is None:
            self._reading = self.app.run_worker(self._read_all(), group="gatt")
            self.post_message(self.Moved())

    async def _read_all(self) -> None:
        wanted = [one for one in self.attributes.values() if readable(one)]
        peer, joined = self.peer, self.joined
        try:
            for done, one in enumerate(wanted):
                self.progress = done, len(wanted)
                if joined is None or (done and peer not in joined.state.links):
                    break  # the first one connects, where the link had ended
                await self._at_node(one.handle, self.reading(one), "reading …")
        finally:
            self.progress = None

    def action_stop(self) -> None:
        if self._reading is not None and self.progress is not None:
            self._reading.cancel()
        elif self.filter:
            self.screen.query_one(TreeFilter).clear()

    def action_deliver(self) -> None:
        self._deliver(("notify", Properties.NOTIFY), ("indicate", Properties.INDICATE))

    def action_indicate(self) -> None:
        self._deliver(("indicate", Properties.INDICATE))

    def _deliver(self, *wanted: tuple[NotifyMode, Properties]) -> None:
        """Off if it is on, else the first of `wanted` that the characteristic has."""
        one = self.attribute
        if one is None or self.peer is None or self.joined is None:
            self.note("no value under the cursor")
            return
        may = [mode for mode, needed in wanted if (one.properties or Properties(0)) & needed]
        if not may:
            what = "neither notifies nor indicates" if len(wanted) > 1 else f"does not {wanted[0][0]}"
            self.note(f"it {what}")
            return
        mode: NotifyMode = "off" if (self.peer, one.handle) in self.joined.state.subscriptions else may[0]
        request = Subscribe(self.peer.address, self.peer.lane, handle=one.handle, mode=mode)
        self.app.run_worker(self._at_node(one.handle, request, "switching …"), group="gatt")

    def action_write(self) -> None:
        self._ask_value(response=True)

    def action_command(self) -> None:
        self._ask_value(response=False)

    def _ask_value(self, *, response: bool) -> None:
        one = self.attribute
        if one is None or one.kind == "service" or self.peer is None:
            self.note("no value under the cursor")
            return
        known, peer = self.known(one.handle), self.peer
        if known.value is None and readable(one):
            self.action_read()
        how = "with response" if response else "without response"

        def written(text: str | None) -> None:
            if text is not None:
                request = Write(peer.address, peer.lane, handle=one.handle, value=typed.parse(text), response=response)
                self.written[one.handle] = request
                self.app.run_worker(self._at_node(one.handle, request, "writing …"), group="gatt")

        self.app.push_screen(
            TextDialogue(
                f"Write {one.handle:04X} {one.name}",
                lambda: write_words(one, known, self.lenses.get(one.uuid)),
                lambda text: write_check(one, typed.parse(text), how, self.lenses.get(one.uuid)),
                accept="Write",
            ),
            written,
        )

    def action_fresh(self) -> None:
        if self.peer is None:
            self.note(NOTHING_OPEN)
        self.discover(refresh=True)

    def action_next(self) -> None:
        self.post_message(self.Next(1))

    def action_previous(self) -> None:
        self.post_message(self.Next(-1))

    def action_filter(self) -> None:
        self.screen.query_one(TreeFilter).edit()  # at once: what is typed next is text

    def action_signal(self) -> None:
        if self.peer is None:
            self.note(NOTHING_OPEN)
        else:
            self.app.run_worker(self._learn_signal(ReadRssi(self.peer.address, self.peer.lane)), group="gatt")

    async def _learn_signal(self, request: ReadRssi) -> None:
        outcome = await self._told(request)
        if isinstance(outcome, int):
            self.note(f"signal {outcome} dBm")

    def action_pair(self) -> None:
        if self.peer is None:
            self.note(NOTHING_OPEN)
        else:
            self.app.run_worker(self._pair_here(Pair(self.peer.address, self.peer.lane)), group="gatt")

    async def _pair_here(self, request: Pair) -> None:
        self.note("pairs …")
        if not isinstance(await self._told(request), Failure):
            self.note("paired")


def write_check(one: Attribute, value: bytes, how: str, lens: Lens | None = None) -> str:
    """What enter would do, to the byte, and what the bytes mean there."""
    decoded = meaning(one.uuid, value, lens)
    means = f", which means {decoded.text}" if decoded is not None and decoded.text and not decoded.problem else ""
    odd = f", which is odd there: {decoded.problem}" if decoded is not None and decoded.problem else ""
    return f"writes {typed.preview(value)} {how}{means}{odd}"


def write_words(one: Attribute, known: Known, lens: Lens | None = None) -> list[Line]:
    """The old value, and the forms that a new one may have."""
    may = bool((one.properties or 0) & (Properties.WRITE | Properties.WRITE_WITHOUT_RESPONSE))
    unlisted = one.kind == "characteristic" and not may
    old = f"{typed.preview(known.value)}  {brief(one, known.value, lens)}" if known.value is not None else "not read"
    return [
        line(Span(" now  ", "dim"), known.busy or old),
        *([line(Span(f" its properties do not list writing: {permitted(one)}", "warn"))] if unlisted else []),
        line(Span(" 0a0b   text:hello   u16:500   i16be:-3   f32:1.5", "dim")),
        line(),
    ]
