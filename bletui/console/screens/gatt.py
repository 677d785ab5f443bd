"""GATT: the attributes of one device as a tree, and the value of the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from bletui.console.commands import BY_ID
from bletui.console.links import link_facts, link_signals
from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, fit, line, spread
from bletui.console.tabs import Tab, tabs_line
from bletui.console.tree import Looks, TreeRows, value_lines
from bletui.console.widgets.filter_input import FilterInput
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.tree_filter import TreeFilter, hits, matching
from bletui.console.widgets.tree_keys import TreeKeys
from bletui.decode.attributes import attributes
from bletui.log.failing import LINK, Group
from bletui.model import GattTree, LinkChanged, NotifyMode, Peer
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.session import Joined


class GattScreen(ModeScreen):
    def __init__(self) -> None:
        super().__init__()
        self._known_tree: GattTree | None = None
        self._rows = TreeRows()
        self._listed: GattTree | None = None  # the tree whose attributes are listed
        self._found: tuple[str, frozenset[int]] | None = None  # a filter, and what it shows of them

    @property
    def focus_name(self) -> str:
        return "filter" if isinstance(self.focused, FilterInput) else "tree"

    @property
    def pane(self) -> TreeKeys:
        return self.query_one(TreeKeys)

    def body(self) -> ComposeResult:
        yield Lines(id="tabs")
        yield Lines(id="status")
        yield TreeFilter()
        with Container(id="main"):
            yield TreeKeys(id="body")
            yield Lines(id="value")

    def on_mount(self) -> None:
        self.set_focus(self.pane)

    def open(self, radio: str, peer: Peer, handle: int | None = None) -> None:
        """Shows this device, whose attributes are discovered if they are not known yet; the cursor on one of them."""
        session = self.console_app.session
        if session is None or radio not in session.radios:
            return
        pane = self.pane
        pane.radio, pane.peer, self._known_tree = radio, peer, None
        if peer not in session.radios[radio].state.trees:
            pane.discover(refresh=False)
        self.paint()
        if handle is not None:
            if not pane.select(handle) and pane.filter:  # Find hides it
                self.query_one(TreeFilter).clear()
                pane.filter = ""
                self.paint()
                pane.select(handle)
            self._moved()

    def reconfigured(self) -> None:
        super().reconfigured()
        self._listed = None  # its attributes have names

    # -- one data frame

    def paint_body(self) -> None:
        pane, app = self.pane, self.console_app
        self.console_app.values.alerts.seen()
        if pane.joined is None or pane.peer is None:
            self._open_another(1, foreign=False)
        tree = self._tree()
        self._list(tree)
        if pane.joined is not None and tree is not None:
            modes = _modes(pane.joined, tree.peer)
            for handle in modes:
                known = pane.known(handle)
                known.rate.add(app.clock.monotonic(), known.count)
            looks = Looks(modes, self._shown(), pane.lenses, pane.size.width or 80)
            pane.hold(self._rows.rows(pane.radio, tree.peer, pane.attributes.values(), pane.book, looks))
        else:
            pane.hold([])
        self._paint_tabs()
        self._paint_status(tree)
        self._paint_value()

    def _list(self, tree: GattTree | None) -> None:
        """Takes the attributes apart once per tree."""
        if self._listed is not tree:
            self._listed = tree
            self._rows.forget()
            self.pane.attributes = {one.handle: one for one in attributes(tree)} if tree is not None else {}
            self._found = None

    def _shown(self) -> frozenset[int] | None:
        """What the filter shows; None: all."""
        text = self.pane.filter
        if not text:
            return None
        if self._found is None or self._found[0] != text:
            self._found = text, matching(self.pane.attributes.values(), text)
        return self._found[1]

    def _tree(self) -> GattTree | None:
        """The newest one; it stays in sight when the link has ended."""
        joined, peer = self.pane.joined, self.pane.peer
        changed = joined.state.trees.get(peer) if joined is not None and peer is not None else None
        if changed is not None:
            self._known_tree = changed.tree
        return self._known_tree

    def _paint_tabs(self) -> None:
        """Only where there is more than one device to choose from."""
        session, here = self.console_app.session, (self.pane.radio, self.pane.peer)
        places = self._places()
        self.set_class(len(places) > 1, "-tabs")
        if len(places) > 1 and session is not None:
            called = session.store.called
            tabs = [
                Tab(visible(called(peer.address) or peer.address), (radio, peer) == here, foreign)
                for radio, peer, foreign in places
            ]
            self.query_one("#tabs", Lines).show(tabs_line(tabs, self.size.width))

    def _paint_status(self, tree: GattTree | None) -> None:
        noted = self.noted()
        if noted is not None:
            shown = fit(noted, self.size.width, ellipsis=self.console_app.glyphs.ellipsis)
        else:
            shown = spread(self._device(), line(*self._progress(tree)), self.size.width)
        self.query_one("#status", Lines).show(shown)
        self.query_one(TreeFilter).count(self.pane.count, len(self.pane.attributes))

    def _device(self) -> Line:
        """Which device it is, and what is known of its link, or why it has ended."""
        pane = self.pane
        if pane.peer is None:
            return line(Span(" GATT", "title"))
        link = pane.joined.state.links.get(pane.peer) if pane.joined is not None else None
        lost = self._lost(pane.radio, pane.peer) if link is None else None
        if lost is not None:
            why = f"  {lost.what.kind.value}" + (f" {lost.after}" if lost.after else "")
            return line(" ", Span(visible(pane.peer.address), "strong"), Span(why, "warn"))
        facts = self._facts(pane.joined, link) if pane.joined is not None and link is not None else ""
        session = self.console_app.session
        own = session.store.own_name(pane.peer.address) if session else None
        who = f"{visible(own)}  " if own else ""
        address = Span(visible(pane.peer.address), "strong")
        return line(Span(" GATT  ", "title"), Span(who, "strong"), address, Span(f"  {facts}", "dim"))

    def _progress(self, tree: GattTree | None) -> Iterator[str | Span]:
        """How far reading all is, whether the link is there, and how much of the tree is shown."""
        pane = self.pane
        if pane.progress is not None:
            done, every = pane.progress
            yield Span(f"reading {done + 1} of {every}, {BY_ID['tree.stop'].shown_key} stops  ", "accent")
        up = pane.peer is not None and pane.joined is not None and pane.peer in pane.joined.state.links
        if pane.peer is not None and not up and pane.progress is None:
            yield Span("" if self._lost(pane.radio, pane.peer) is not None else "the link has ended, ", "warn")
            yield Span(BY_ID["tree.all" if pane.attributes else "tree.fresh"].shown_key, "key")
            yield " reconnects "
        elif tree is not None:
            yield self._count()
            yield Span("handles made up " if tree.handles_made_up else "", "warn")
        elif up:
            yield Span("discovering … ", "dim")

    def _lost(self, radio: str, peer: Peer) -> Group | None:
        """Why the link has ended, where it was not as anybody wished."""
        session = self.console_app.session
        lost = (one for one in session.failing.of(peer.address) if one.what[:2] == (radio, LINK)) if session else ()
        return next(iter(lost), None)

    def _facts(self, joined: Joined, link: LinkChanged) -> str:
        return link_facts(link, link_signals(joined.state).get(link.peer), self.console_app.clock.wall())

    def _count(self) -> str | Span:
        """How many attributes there are, or how many of them the filter shows."""
        pane = self.pane
        every = len(pane.attributes)
        if not pane.filter:
            return f"{every} attributes "
        return Span(f"/ {visible(pane.filter)}  {pane.count} of {every} ", "warn")

    def _paint_value(self) -> None:
        pane, app = self.pane, self.console_app
        below, one = self.query_one("#value", Lines), pane.attribute
        if one is None:
            below.show()
            return
        known = pane.known(one.handle)
        size = below.size.width or self.size.width
        lens = pane.lenses.get(one.uuid)
        rows = below.size.height or 8
        below.show(*value_lines(one, known, now=app.clock.wall(), size=size, glyphs=app.glyphs, lens=lens, rows=rows))

    # -- what the tree says

    @on(TreeKeys.Moved)
    def _moved(self) -> None:
        self._note = ("", 0.0)  # it was about the row before
        self._paint_status(self._tree())
        self._paint_value()

    @on(TreeKeys.Looked)
    def _looked(self) -> None:
        self.paint()

    @on(TreeKeys.Next)
    def _next(self, event: TreeKeys.Next) -> None:
        self._open_another(event.step, foreign=self.pane.peer is not None)

    @on(TreeFilter.Changed)
    def _filtered(self, event: TreeFilter.Changed) -> None:
        self.pane.filter = event.text
        self.paint()
        self._to_a_hit()

    def _to_a_hit(self) -> None:
        """What was looked for has the cursor, and not the service around it."""
        pane, here = self.pane, self.pane.attribute
        found = hits(pane.attributes.values(), pane.filter) if pane.filter else ()
        if found and (here is None or here.handle not in found):
            pane.select(found[0])
            self._moved()

    def filter_left(self) -> None:
        self.pane.filter = self.query_one(TreeFilter).text
        self.set_focus(self.pane)
        self.paint()

    def _places(self) -> list[tuple[str, Peer, bool]]:
        """Links that are up, in the order of radios, foreign ones after ours."""
        session = self.console_app.session
        radios = session.radios.values() if session else ()
        links = [(joined.name, link) for joined in radios for link in joined.state.links.values() if link.state == "up"]
        links.sort(key=lambda one: bool(one[1].foreign))
        return [(name, link.peer, bool(link.foreign)) for name, link in links]

    def _open_another(self, step: int, *, foreign: bool) -> None:
        """The next link; a `foreign` one not by itself: nobody has asked for it."""
        places = [(name, peer) for name, peer, others in self._places() if foreign or not others]
        if not places:
            return
        pane = self.pane
        now = (pane.radio, pane.peer)
        at = next((n + step for n, place in enumerate(places) if place == now), 0)
        self.open(*places[at % len(places)])


def _modes(joined: Joined, peer: Peer) -> dict[int, NotifyMode]:
    return {handle: on.mode for (whose, handle), on in joined.state.subscriptions.items() if whose == peer}
