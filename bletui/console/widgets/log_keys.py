"""The keys of the log: what each one does with the line under the cursor, or with those selected."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from textual import work

from bletui.console.commands import BY_ID, bindings
from bletui.console.logfile import REST, default_name, heading, new_file, write_log
from bletui.console.moment import ask_name
from bletui.console.screens.copying import CopyDialogue
from bletui.console.screens.dialogue import TextDialogue
from bletui.console.snippets import Action, journey
from bletui.console.spans import Line, Span, line
from bletui.console.whereabouts import go, show_device, whereabouts
from bletui.console.widgets.log_filter import LogFilterBar
from bletui.console.widgets.log_pane import LogPane
from bletui.decode.attributes import attributes, uuid_text
from bletui.errors.card import one_line
from bletui.failure import BleError
from bletui.kinds import SEVERITIES
from bletui.log import Entry, Mark
from bletui.log.about import about
from bletui.log.anonymous import SAID, Anonymous
from bletui.log.narration import log_text
from bletui.model import Notification, OperationChanged, Read, Request, Subscribe, Write

LEARNT = 5_000  # lines per turn of the loop whose names are learned
CLIPBOARD_MAX = 74_994  # bytes: what xterm and hterm take, 100,000 as an OSC 52 sequence in base64


class LogKeys(LogPane):
    BINDINGS = bindings("log")
    place = "log"

    def __init__(self, card: Callable[[], None], *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        """`card` shows that of the line under the cursor. Nothing here waits for a message: what is typed next is meant
        for what stands there then."""
        super().__init__(id=id)
        self.least = SEVERITIES[0]
        self.searching = False
        self.anonymous = False
        self._stand_ins = Anonymous()
        self._card = card

    @property
    def bar(self) -> LogFilterBar:
        return self.screen.query_one(LogFilterBar)

    def choose(self) -> None:
        """Shows what filter and level let through."""
        if self.view is not None:
            self.view.choose(self.bar.wanted, self.least)
            self.search()
            self.moved()

    @work(group="search", exclusive=True)
    async def search(self) -> None:
        """Tries the filter on every line, with a rest after some: the threads that read and write the terminal get
        nowhere beside a loop that never waits, whatever each of its turns costs."""
        view, self.searching = self.view, True
        try:
            for _ in iter(view.take, False) if view is not None else ():
                await asyncio.sleep(REST)
        finally:
            self.searching = False
        self.moved()

    @property
    def entry(self) -> Entry | None:
        return self.view.entry if self.view is not None else None

    # -- which lines

    def action_follow(self) -> None:
        if self.view is not None:
            self.view.hold_or_follow()
            self.moved()

    def action_filter(self) -> None:
        self.bar.edit()

    def action_clear(self) -> None:
        self.bar.clear()

    def action_level(self) -> None:
        self.least = SEVERITIES[(SEVERITIES.index(self.least) + 1) % len(SEVERITIES)]
        self.choose()

    def action_next(self) -> None:
        self._to_mark(1)

    def action_previous(self) -> None:
        self._to_mark(-1)

    def _to_mark(self, step: int) -> None:
        if self.view is not None and self.view.to_mark(step):
            self.moved()
        else:
            where = "below" if step > 0 else "above"
            self.note(f"no mark {where}; {BY_ID['app.mark'].shown_key} marks this moment")

    # -- what is selected

    def action_select(self) -> None:
        if self.view is not None:
            self.view.select()
            self.moved()

    def action_drop(self) -> None:
        if self.view is not None:
            self.view.anchor = None
            self.moved()

    def action_copy(self) -> None:
        view = self.view
        numbers = view.selected if view is not None else ()
        if view is None or not numbers:
            return
        entries = [view.log.entry(n) for n in numbers[: CLIPBOARD_MAX // 20]]
        text_of = self._text_of()
        self._stand_ins.meet(entries)
        text = "\n".join(map(text_of, entries))
        if len(text.encode()) > CLIPBOARD_MAX or len(numbers) > CLIPBOARD_MAX // 20:
            key = BY_ID["log.save"].shown_key
            self.note(f"{len(numbers)} lines are more than terminals take by OSC 52; {key} writes them to a file")
            return
        self.app.copy_to_clipboard(text)
        view.anchor = None
        self.moved()
        lines = f"{len(numbers)} line{'s' if len(numbers) > 1 else ''}{', anonymous,' if self.anonymous else ''}"
        self.note(f"{lines} {journey(tmux='TMUX' in os.environ)}")

    def action_form(self) -> None:
        action = self._action()
        if action is None:
            key = BY_ID["log.copy"].shown_key
            self.note(f"no read, write or notification under the cursor; {key} copies the line")
            return

        def copied(said: str | None) -> None:
            if said is not None:
                self.note(said)

        self.app.push_screen(CopyDialogue(action, self.app.copy_to_clipboard), copied)

    def action_save(self) -> None:
        view = self.view
        if view is None or not view.numbers:
            return
        numbers = view.selected if view.anchor is not None else view.numbers
        entries = [view.log.entry(n) for n in numbers]
        now = self.console_app.clock.wall()
        lines = "1 line" if len(entries) == 1 else f"{len(entries)} lines"
        which = f" {lines}, selected" if view.anchor is not None else f" {lines}, as they are shown"
        key = BY_ID["log.anonymous"].shown_key
        who = Span(f" Addresses and names are in it as they are; {key} in the log takes them out.", "warn")
        if self.anonymous:
            who = Span(" Addresses, names and hosts have stand-ins; values are as they were sent.", "ok")

        def says() -> list[Line]:
            return [line(which), line(who), line()]

        def typed(text: str | None) -> None:
            if text is not None:
                expression = str(view.wanted) if view.wanted is not None else ""
                self.app.run_worker(self._write(text, entries, (view.log.first, expression, now)), group="save")

        check = TextDialogue(
            "Write the log", says, lambda text: f"writes {new_file(text)}", value=default_name(now), accept="Write"
        )
        self.app.push_screen(check, typed)

    async def _write(self, name: str, entries: list[Entry], told: tuple[int, str, float]) -> None:
        """`told`: how many lines were lost before, the filter, and when it was asked for."""
        text_of = self._text_of()
        try:
            path = new_file(name)
            for start in range(0, len(entries), LEARNT):
                self._stand_ins.meet(entries[start : start + LEARNT])
                await asyncio.sleep(0)
            lost, expression, now = told
            shown = self._stand_ins.text(expression) if self.anonymous else expression
            head = heading(len(entries), lost, shown, now, SAID if self.anonymous else "")
            await write_log(path, head, entries, text_of)
        except BleError as refused:
            self.note(one_line(refused.failure))
        else:
            self.note(f"{len(entries)} lines written to {path}")

    # -- without who it is about

    def action_anonymous(self) -> None:
        self.anonymous = not self.anonymous
        self.moved()
        how = "have stand-ins in" if self.anonymous else "stand as they are in"
        self.note(f"addresses and names {how} what is copied and written")

    def _text_of(self) -> Callable[[Entry], str]:
        """A line for a file or another program."""
        lanes, stand_ins, session = self.lanes, self._stand_ins, self.console_app.session
        if not self.anonymous or session is None:
            return lambda entry: log_text(entry, lanes)
        stand_ins.know({joined.name: joined.target for joined in session.radios.values()}, session.store.names())
        return lambda entry: stand_ins.text(log_text(entry, lanes))

    # -- to where it happened

    def action_card(self) -> None:
        self._card()

    def action_go(self) -> None:
        """A mark has nowhere to go: it is named."""
        entry, session = self.entry, self.console_app.session
        if entry is None or session is None or self.view is None:
            return
        if isinstance(entry.event, Mark):
            ask_name(self.console_app, self.view.cursor)
            return
        there = whereabouts(entry, session)
        if there is None:
            self.note("what this line is about is not there any more")
        else:
            self.app.run_worker(go(self.console_app, there), group="go")

    def action_device(self) -> None:
        address = about(self.entry.event).address if self.entry is not None else None
        if address is None:
            self.note("this line is about no device")
        else:
            self.app.run_worker(show_device(self.console_app, address), group="go")

    def _action(self) -> Action | None:
        """What the line tells of, to be done elsewhere; only for attributes that are known."""
        entry, session = self.entry, self.console_app.session
        joined = session.radios.get(entry.radio) if entry is not None and session is not None else None
        if entry is None or joined is None:
            return None
        request = _request(entry)
        found = about(entry.event)
        tree = joined.state.trees.get(found.peer) if found.peer is not None else None
        if request is None or tree is None:
            return None
        every = list(attributes(tree.tree))
        one = next((each for each in every if each.handle == found.handle), None)
        below = [each for each in every if one is not None and each.characteristic == one.handle]
        cccd = next((each.handle for each in below if uuid_text(each.uuid) == "2902"), None)
        return Action(joined.target, request, one.uuid, cccd) if one is not None else None


def _request(entry: Entry) -> Request | None:
    """What was asked for, or would bring what the line tells."""
    match entry.event:
        case OperationChanged(operation=one) if isinstance(one.request, Read | Write | Subscribe):
            return one.request
        case Notification(peer=peer, handle=handle, indication=indication):
            return Subscribe(peer.address, peer.lane, handle=handle, mode="indicate" if indication else "notify")
        case _:
            return None
