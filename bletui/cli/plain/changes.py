"""What happened, as one line for each change that a person wants to know; the same as an object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from bletui.cli.answering import question
from bletui.cli.forms import JsonLines
from bletui.cli.gattlines import notification_line
from bletui.cli.hearing import Hearing
from bletui.cli.linkrecords import link_object, notification_object, operation_object, prompt_object
from bletui.cli.plain.numbers import Numbers
from bletui.cli.progress import words
from bletui.cli.records import Record, failure_object, shed_object
from bletui.decode.attributes import attributes
from bletui.errors.card import one_line
from bletui.errors.rules import remedies
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Event,
    GattTree,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Notification,
    Operation,
    OperationChanged,
    OpId,
    Peer,
    Prompt,
    PromptClosed,
    ServicesChanged,
    Shed,
    StreamChanged,
    SubscriptionChanged,
    TreeChanged,
)
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.session import Joined

Told = tuple[str, Record]  # words ("": not worth a line), and the object


def failure_words(failure: Failure) -> str:
    """Code, name, title, what tells most, and the first thing to try."""
    steps = remedies(failure)
    return one_line(failure) + (f"; try: {visible(steps[0].text)}" if steps else "")


class Changes:
    """Ends of our own operations are left to whoever asked for them."""

    def __init__(self, numbers: Numbers, name: Callable[[str], str | None] = lambda _: None) -> None:
        self._numbers = numbers
        self._name = name  # a person's own, by address
        self._hearing = Hearing(JsonLines())
        self._up: dict[Peer, tuple[str, ...]] = {}  # who holds each link
        self._trees: dict[Peer, GattTree] = {}
        self._open: dict[tuple[str, OpId], Operation] = {}  # as they were when the event happened, not as they are now
        self._said: dict[object, str] = {}  # of each running operation, so that nothing is said twice

    def of(self, joined: Joined, event: Event) -> Iterator[Told]:
        """The lines of one event; `joined` is the radio as it is after it."""
        match event:
            case LaneChanged() | LaneDown() | StreamChanged():
                for told, record in self._hearing.narrate(joined.name, (event,)):
                    failure = _failure(event)
                    yield told + (_try(failure) if told and failure else ""), record
            case TreeChanged(tree=tree):
                self._trees[tree.peer] = tree
            case OperationChanged():
                yield self._operation(joined, event)
            case LinkChanged():
                yield self._link(joined, event)
            case Notification():
                yield self._notification(event)
            case Prompt():
                hint = "" if event.what == "show-passkey" else "; type answer and what it is, or answer no"
                yield f"#{self._numbers.of(event.peer.address)} {question(event)}{hint}", prompt_object(event)
            case PromptClosed(id=number, how=how):
                record = {"schema": "bletui.prompt-closed/1", "radio": joined.name, "id": number, "how": how}
                yield "" if how == "answered" else f"a question of {visible(joined.name)} is closed: {how}", record
            case Shed(what=what, count=count) if what != "advertisements":
                yield f"… {count} {visible(what)} are missing here", shed_object(event)
            case SubscriptionChanged(peer=peer, lost=Failure() as lost) if lost.kind is not ErrorKind.OP_CANCELLED:
                yield f"{self._who(peer)}: no longer delivers: {failure_words(lost)}", failure_object(lost)
            case ServicesChanged(peer=peer):
                record = {"schema": "bletui.services-changed/1", "lane": peer.lane, "address": peer.address}
                yield f"{self._who(peer)}: its services changed; gatt asks again", record
            case _:
                return

    def _operation(self, joined: Joined, event: OperationChanged) -> Told:
        one = event.operation
        record = operation_object(joined.name, event.at, one)
        lanes = {id_: changed.lane.name for id_, changed in joined.state.lanes.items()}
        self._open[joined.name, one.id] = one
        others = [other for (radio, _), other in self._open.items() if radio == joined.name]
        told = words(one, others, lanes, event.at)
        ours = one.id.owner.partition("/")[0] == joined.owner
        if one.state == "failed" and one.failure is not None and not ours:
            told = f"{type(one.request).__name__.lower()} {visible(one.request.address)}: {failure_words(one.failure)}"
        if own := self._name(one.request.address):
            told = told.replace(one.request.address, f"{visible(own)} {one.request.address}", 1)
        if self._said.get(one.id) == told:
            told = ""
        elif told:
            self._said[one.id] = told
        if one.ended:
            del self._open[joined.name, one.id]
            self._said.pop(one.id, None)
        return told, record

    def _link(self, joined: Joined, event: LinkChanged) -> Told:
        record = link_object(joined.name, event)
        who = self._who(event.peer)
        if event.state != "down":
            whose = self._whose(event, joined.owner) if event.state == "up" else ""
            return (f"{who}: {whose}" if whose else ""), record
        self._up.pop(event.peer, None)
        self._trees.pop(event.peer, None)
        if event.reason is None or event.reason.kind is ErrorKind.OP_CANCELLED:  # as we wished
            why = f", {visible(event.reason.detail)}" if event.reason is not None and event.reason.detail else ""
            return f"{who}: disconnected{why}", record
        return f"{who}: disconnected: {failure_words(event.reason)}", record

    def _whose(self, event: LinkChanged, me: str) -> str:
        """Of a link that is new and not ours, and of one that is held by others than before."""
        before = self._up.get(event.peer)
        self._up[event.peer] = event.holders
        held = ", ".join(map(visible, event.holders))
        if before is None:
            return "linked by somebody else" if event.foreign else f"linked by {held}" if event.others(me) else ""
        return f"held by {held or 'nobody'}" if before != event.holders else ""

    def _notification(self, event: Notification) -> Told:
        known = self._trees.get(event.peer)
        named = [one for one in attributes(known) if one.handle == event.handle] if known else []
        if named:
            return f"{self._who(event.peer)}  {notification_line(named[0], event)}", notification_object(
                named[0], event
            )
        record = {
            "schema": "bletui.notification/1",
            "at": round(event.at, 6),
            "lane": event.peer.lane,
            "address": event.peer.address,
            "handle": event.handle,
            "value": event.value.hex(),
        }
        return f"{self._who(event.peer)}  0x{event.handle:04x}  {event.value.hex(' ')}", record

    def _who(self, peer: Peer) -> str:
        own = self._name(peer.address)
        return f"#{self._numbers.of(peer.address)} {visible(peer.address)}{f' {visible(own)}' if own else ''}"


def _failure(event: Event) -> Failure | None:
    match event:
        case LaneChanged(lane=lane):
            return lane.usable
        case LaneDown(reason=reason):
            return reason
        case StreamChanged(failure=failure):
            return failure
        case _:
            return None


def _try(failure: Failure) -> str:
    steps = remedies(failure)
    return f"; try: {visible(steps[0].text)}" if steps else ""
