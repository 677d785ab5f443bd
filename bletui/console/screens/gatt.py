"""GATT: the attributes of one device as a tree, and the value of the one under the cursor."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, line, spread
from bletui.console.tree import tree_rows, value_lines
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.tree_keys import TreeKeys
from bletui.decode.attributes import attributes
from bletui.model import GattTree, NotifyMode, Peer
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.session import Joined, Session

NOTE = 6.0  # seconds for which a note stands in the status line


class GattScreen(ModeScreen):
    def __init__(self) -> None:
        super().__init__()
        self._note = ("", 0.0)
        self._known_tree: GattTree | None = None
        self._seen: tuple[Session | None, int] = (None, 0)  # how much of whose log has been taken in

    @property
    def focus_name(self) -> str:
        return "tree"

    @property
    def pane(self) -> TreeKeys:
        return self.query_one(TreeKeys)

    def body(self) -> ComposeResult:
        yield Lines(id="status")
        with Container(id="main"):
            yield TreeKeys(id="body")
            yield Lines(id="value")

    def on_mount(self) -> None:
        self.set_focus(self.pane)

    def open(self, radio: str, peer: Peer) -> None:
        """Shows this device, whose attributes are discovered if they are not known yet."""
        session = self.console_app.session
        if session is None or radio not in session.radios:
            return
        pane = self.pane
        pane.radio, pane.peer, self._known_tree = radio, peer, None
        if peer not in session.radios[radio].state.trees:
            pane.discover(refresh=False)
        self.paint()

    # -- one data frame

    def paint_body(self) -> None:
        pane, app = self.pane, self.console_app
        self._take_notifications()
        if pane.joined is None or pane.peer is None:
            self._open_another(1)
        tree = self._tree()
        if pane.joined is not None and tree is not None:
            pane.attributes = {one.handle: one for one in attributes(tree)}
            modes = _modes(pane.joined, tree.peer)
            for handle in modes:
                known = pane.known(handle)
                known.rate.add(app.clock.monotonic(), known.count)
            pane.hold(list(tree_rows(pane.radio, tree, pane.book, modes)))
        else:
            pane.attributes = {}
            pane.hold([])
        self._paint_status(tree)
        self._paint_value()

    def _tree(self) -> GattTree | None:
        """The newest one; it stays in sight when the link has ended."""
        joined, peer = self.pane.joined, self.pane.peer
        changed = joined.state.trees.get(peer) if joined is not None and peer is not None else None
        if changed is not None:
            self._known_tree = changed.tree
        return self._known_tree

    def _take_notifications(self) -> None:
        session = self.console_app.session
        whose, seen = self._seen
        if session is None:
            return
        fresh = session.logged - (seen if whose is session else 0)
        self._seen = session, session.logged
        if fresh:
            newest = list(islice(reversed(session.log), min(fresh, len(session.log))))
            self.pane.book.note(reversed(newest))

    def _paint_status(self, tree: GattTree | None) -> None:
        pane = self.pane
        words, until = self._note
        left: Line = line(Span(" GATT", "title"))
        if self.console_app.clock.monotonic() < until:
            left = line(" ", Span(words, "accent"))
        elif pane.peer is not None:
            left = line(Span(" GATT  ", "title"), Span(visible(pane.peer.address), "strong"))
        right: list[str | Span] = []
        if pane.progress is not None:
            right.append(Span(f"reading {pane.progress[0] + 1} of {pane.progress[1]}, esc stops  ", "accent"))
        up = pane.peer is not None and pane.joined is not None and pane.peer in pane.joined.state.links
        if pane.peer is not None and not up:
            right.append(Span("the link has ended  ", "warn"))
        if tree is not None:
            right.append(f"{len(tree.services)} services, {len(pane.attributes)} attributes ")
            right.append(Span("handles made up ", "warn") if tree.handles_made_up else "")
        elif up:
            right.append(Span("discovering … ", "dim"))
        self.query_one("#status", Lines).show(spread(left, line(*right), self.size.width))

    def _paint_value(self) -> None:
        pane, app = self.pane, self.console_app
        below, one = self.query_one("#value", Lines), pane.attribute
        if one is None:
            below.show()
            return
        known = pane.known(one.handle)
        size = below.size.width or self.size.width
        below.show(*value_lines(one, known, now=app.clock.wall(), size=size, dash=app.glyphs.dash))

    # -- what the tree says

    @on(TreeKeys.Noted)
    def _say(self, event: TreeKeys.Noted) -> None:
        self._note = (event.words, self.console_app.clock.monotonic() + NOTE)
        self.paint()

    @on(TreeKeys.Next)
    def _next(self) -> None:
        self._open_another(1)

    def _open_another(self, step: int) -> None:
        """The next link of ours, in the order of radios; foreign ones after them."""
        session = self.console_app.session
        radios = session.radios.values() if session else ()
        links = [(joined.name, link) for joined in radios for link in joined.state.links.values() if link.state == "up"]
        links.sort(key=lambda one: bool(one[1].foreign))
        places = [(name, link.peer) for name, link in links if not link.foreign or self.pane.peer is not None]
        if not places:
            return
        pane = self.pane
        now = (pane.radio, pane.peer)
        at = next((n + step for n, place in enumerate(places) if place == now), 0)
        self.open(*places[at % len(places)])


def _modes(joined: Joined, peer: Peer) -> dict[int, NotifyMode]:
    return {handle: on.mode for (whose, handle), on in joined.state.subscriptions.items() if whose == peer}
