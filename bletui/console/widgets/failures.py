"""Failures where they happened: one line each, unfolded in place, and the keys that their cards name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.message import Message

from bletui.console.asking import ask
from bletui.console.cards import Offers, headline, unfolded
from bletui.console.commands import bindings
from bletui.console.questions import unpair_words
from bletui.console.screens.dialogue import YesNoDialogue
from bletui.console.spans import Line
from bletui.console.status import lane_name
from bletui.console.troubles import Trouble
from bletui.console.widgets.scroll import ScrollLines
from bletui.errors.card import one_line
from bletui.failure import Failure
from bletui.log.failing import repeats, times_words
from bletui.model import Pair, Unpair
from bletui.target import Target
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.errors.classify import Context
    from bletui.session import Joined


NOTHING_FAILED = "nothing has failed under the cursor"


class FailureLines(ScrollLines):
    """Lines with failures among them: the keys of the card under the cursor act here."""

    BINDINGS = bindings("card")
    place = "card"

    class Left(Message):
        """Back from the cards."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._unfolded: set[object] = set()

    @property
    def chosen(self) -> Trouble | None:
        """The failure under the cursor."""
        raise NotImplementedError

    @property
    def radio_here(self) -> str:
        """The radio that a key would ask; "": whichever fits."""
        return self.chosen.radio if self.chosen is not None else ""

    @property
    def lane_here(self) -> str:
        """The lane that a key would ask; "": whichever fits."""
        return (self.chosen.failure.lane or "") if self.chosen is not None else ""

    def lay_out(self) -> None:
        """Shows the lines anew, after a failure was folded or unfolded."""
        raise NotImplementedError

    def on_resize(self) -> None:
        """A card is broken into lines for its width, which a hidden one does not have."""
        if self.size.width:
            self.lay_out()

    def is_unfolded(self, trouble: Trouble) -> bool:
        return trouble.same in self._unfolded

    def unfold(self, trouble: Trouble) -> None:
        self._unfolded.add(trouble.same)

    def card(self, trouble: Trouble, *, selected: bool, indent: int = 0, offers: Offers = ()) -> list[Line]:
        """One line, or the whole card where it is unfolded, with what its place `offers` to do about it."""
        glyphs, size = self.console_app.glyphs, self.size.width - indent
        group, now = trouble.group, self.console_app.clock.wall()
        if not self.is_unfolded(trouble):
            what = f"{group.what.verb} {self._who(group.what.address)}" if group else ""
            times = times_words(group, now) if group else ""
            return [headline(trouble.failure, size, glyphs, selected=selected, what=what, times=times)]
        failure, session = trouble.failure, self.console_app.session
        called = (session.store.own_name(failure.address) if session and failure.address else None) or ""
        return unfolded(
            failure,
            size,
            glyphs,
            selected=selected,
            context=self._circumstances(),
            called=called,
            times=repeats(group, now) if group else "",
            offers=offers,
            barred=self._barred(),
        )

    def _barred(self) -> Collection[str]:
        """Commands that can't act on what is under the cursor."""
        return getattr(self.screen, "barred", dict)()

    def _who(self, address: str) -> str:
        session = self.console_app.session
        return visible((session.store.called(address) if session else None) or address)

    def _circumstances(self) -> Context | None:
        from bletui.errors.classify import Context

        expression = self.console_app.scan_filter
        return Context(evidence={"filter": expression}) if expression else None

    def action_unfold(self) -> None:
        if self.chosen is None:
            self.note(NOTHING_FAILED)
        else:
            self._unfolded ^= {self.chosen.same}
            self.lay_out()

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_restart(self) -> None:
        session = self.console_app.session
        if session is not None:
            self.note("every scan stream is opened anew")
            self.app.run_worker(session.rescan(), group="scan")

    def action_reopen(self) -> None:
        self._open_again(lambda target: target)

    def action_scheme(self) -> None:
        joined = self._joined()
        if joined is not None and other_scheme(joined.target) is not None:
            self._open_again(lambda target: other_scheme(target) or target)

    def _open_again(self, change: Callable[[Target], Target]) -> None:
        joined, session = self._joined(), self.console_app.session
        if joined is None or session is None:
            self.note(NOTHING_FAILED)
        else:
            self.app.run_worker(session.reopen(joined.name, change(joined.target)), group="reopen")

    def _joined(self) -> Joined | None:
        """The radio of the failure, unless it was closed since."""
        chosen, session = self.chosen, self.console_app.session
        return session.radios.get(chosen.radio) if chosen is not None and session is not None else None

    def _device(self) -> tuple[Joined, str, str | None] | None:
        """Radio, address and lane of the device that failed; where there is none, that is said."""
        chosen, joined = self.chosen, self._joined()
        if chosen is not None and joined is not None and chosen.failure.address:
            return joined, chosen.failure.address, chosen.failure.lane
        self.note("no device has failed under the cursor")
        return None

    def action_pair(self) -> None:
        if found := self._device():
            joined, address, lane = found
            self.app.run_worker(self._pair(joined, Pair(address, lane)), group="ask")

    async def _pair(self, joined: Joined, request: Pair) -> None:
        self.note("pairs …")
        outcome = await ask(joined, request)
        self.note(one_line(outcome) if isinstance(outcome, Failure) else "paired")

    def action_unpair(self) -> None:
        if found := self._device():
            joined, address, lane = found
            self.unpair(joined, Unpair(address, lane))

    def unpair(self, joined: Joined, request: Unpair, name: str = "") -> None:
        """Deletes a bond, after asking; `name`: what the radio calls a device of which nothing is heard."""
        session = self.console_app.session
        name = (session.store.called(request.address) if session else None) or name
        words = unpair_words(request.address, lane_name(request.lane or "", joined.state.lanes), name)

        def answered(answer: str | None) -> None:
            if answer is not None:
                self.app.run_worker(self.unpaired(joined, request), group="ask")

        self.app.push_screen(YesNoDialogue("Unpair", lambda: words, "Delete the bond", "Leave it"), answered)

    async def unpaired(self, joined: Joined, request: Unpair) -> None:
        outcome = await ask(joined, request)
        deleted = f"no bond of {visible(request.address)} is kept here any more; the device may keep its own"
        self.note(one_line(outcome) if isinstance(outcome, Failure) else deleted)

    def action_clear(self) -> None:
        self.console_app.clear_filter()

    def action_explain(self) -> None:
        from bletui.console.screens.explanation import ExplanationScreen

        if self.chosen is None:
            self.note(NOTHING_FAILED)
        else:
            self.app.push_screen(ExplanationScreen(self.chosen.failure))

    def action_doctor(self) -> None:
        from bletui.console.screens.doctor import DoctorScreen

        joined = self._joined()
        if joined is None:
            self.note(NOTHING_FAILED)
        else:
            self.app.push_screen(DoctorScreen(joined.name, joined.target))

    def action_log(self) -> None:
        if self.chosen is None:
            self.note(NOTHING_FAILED)
        else:
            self.app.run_worker(self._open_log(self.chosen.failure), group="log")

    async def _open_log(self, failure: Failure) -> None:
        from bletui.console.screens.log import LogScreen

        await self.app.switch_mode("log")
        if isinstance(self.app.screen, LogScreen):
            self.app.screen.look_up(failure)


_SCHEMES = {"cassia": "cassia+https", "cassia+https": "cassia"}


def other_scheme(target: Target) -> Target | None:
    """The same router over https instead of http, or the other way round; None for any other target."""
    scheme = _SCHEMES.get(target.scheme)
    return None if scheme is None else replace(target, scheme=scheme)
