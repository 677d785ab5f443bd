"""The keys of Problems: asking once more, putting away, going to where it failed, copying the card."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from bletui.console.asking import ask
from bletui.console.cards import Offers
from bletui.console.commands import bindings
from bletui.console.snippets import journey
from bletui.console.spans import Line, Span, ruled
from bletui.console.troubles import Trouble, troubles
from bletui.console.whereabouts import InQueue, InScan, InTree, Whereabouts, go
from bletui.console.widgets.card_list import Cards
from bletui.errors.card import card, one_line
from bletui.failure import BleError, Failure
from bletui.log.failing import LINK, Group, repeats
from bletui.model import Connect, Read, Request
from bletui.session import Joined, Session

SINCE = "Asked for, failed, and not worked since"


class ProblemKeys(Cards):
    BINDINGS = bindings("problems")
    place = "problems"

    def __init__(self, *, id: str | None = None, heading: str = SINCE) -> None:  # noqa: A002  Textual's word
        """`heading`: what stands above the first failure that was asked for; another one stands above the first."""
        super().__init__(id=id)
        self._heading = heading

    def above(self, trouble: Trouble, before: Trouble | None) -> Sequence[Line]:
        first = trouble.group is not None and (before is None or before.group is None)
        if not (first if self._heading == SINCE else before is None):
            return ()
        return [ruled((Span(self._heading, "title"),), self.size.width, self.console_app.glyphs.dash)]

    def offers(self, trouble: Trouble) -> Offers:
        return (("problems.again", "again"), ("problems.dismiss", "dismiss")) if trouble.group else ()

    def action_again(self) -> None:
        group, joined = self._group(), self._joined()
        if group is None or joined is None:
            return
        operation = group.operation
        if operation is not None and not operation.ended and joined.attachment is not None:
            self.app.run_worker(self._at_once(joined, group), group="ask")
            return
        requests = again(group)
        if not requests:
            self.note("nothing was asked for that could be asked again")
            return
        self.note(f"asked again: {group.what.verb} {group.what.address}")
        self.app.run_worker(self._ask(joined, requests), group="ask")

    async def _at_once(self, joined: Joined, group: Group) -> None:
        """What waits for its next attempt does not wait."""
        assert joined.attachment is not None
        assert group.operation is not None
        try:
            await joined.attachment.retry_now(group.operation.id)
        except BleError as refused:
            self.note(one_line(refused.failure))

    async def _ask(self, joined: Joined, requests: Sequence[Request]) -> None:
        for request in requests:
            outcome = await ask(joined, request)
            if isinstance(outcome, Failure):
                self.note(one_line(outcome))

    def action_dismiss(self) -> None:
        group, session = self._group(), self.console_app.session
        if group is not None and session is not None:
            session.failing.put_away(group.what)
            self.note("put away until it fails once more")

    def action_go(self) -> None:
        chosen, session = self.chosen, self.console_app.session
        there = where(chosen, session) if chosen is not None and session is not None else None
        if there is None:
            self.note("what failed is not there any more")
        else:
            self.app.run_worker(go(self.console_app, there), group="go")

    def action_copy(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            times = [f"  {repeats(chosen.group, self.console_app.clock.wall())}"] if chosen.group else []
            self.app.copy_to_clipboard("\n".join([*card(chosen.failure, keys=False), *times]))
            self.note(f"the card {journey(tmux='TMUX' in os.environ)}")

    def _group(self) -> Group | None:
        """Of the failure under the cursor; what is wrong with a radio, or works again, has none, and that is said."""
        chosen = self.chosen
        if chosen is not None and chosen.group is None:
            standing = chosen in troubles(self.console_app.session)
            words = "this stands until the radio is right; the card's own keys act on it"
            self.note(words if standing else "it has worked since, or was put away")
        return chosen.group if chosen is not None else None


def again(group: Group) -> list[Request]:
    """What to ask once more: every attribute that could not be read, else the newest request alone. A write has a
    value of its own each time, so only the newest is meant."""
    if group.what.verb == LINK:
        return [Connect(group.what.address, group.failure.lane)]
    request = group.operation.request if group.operation is not None else None
    if isinstance(request, Read):
        return [replace(request, handle=handle) for handle in sorted(h for h in group.handles if h is not None)]
    return [request] if request is not None else []


def where(trouble: Trouble, session: Session) -> Whereabouts | None:
    """The attribute, the queue entry or link, the lane, else the device in Scan."""
    joined, group, failure = session.radios.get(trouble.radio), trouble.group, trouble.failure
    if joined is None:
        return None
    state = joined.state
    if group is None:
        lane = failure.lane if failure.lane in state.lanes else next(iter(state.lanes), None)
        return InQueue(f"lane {lane}") if lane is not None else None
    peer = next((peer for peer in state.links if peer.address == group.what.address), None)
    handle = max((handle for handle in group.handles if handle is not None), default=None)
    if peer is not None and handle is not None:
        return InTree(trouble.radio, peer, handle)
    if group.operation is not None and group.operation.id in state.operations:
        return InQueue(group.operation.id)
    if peer is not None:
        return InQueue(peer)
    return InScan(group.what.address) if group.what.address in session.store.devices else None
