"""Failures where they happened: one line each, unfolded in place, and the keys that their cards name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from bletui.console.cards import headline, unfolded
from bletui.console.commands import bindings
from bletui.console.spans import Line
from bletui.console.widgets.scroll import ScrollLines
from bletui.failure import Failure
from bletui.target import Target

if TYPE_CHECKING:
    from bletui.errors.classify import Context
    from bletui.session import Joined, Session


class Trouble(NamedTuple):
    """A failure and the name of the radio that it happened at."""

    radio: str
    failure: Failure

    @property
    def same(self) -> object:
        """What makes two of them the same trouble, whatever their time and attempt."""
        failure = self.failure
        return self.radio, failure.kind, failure.lane, failure.address, failure.operation


def troubles(session: Session | None) -> list[Trouble]:
    """What is wrong now, radio by radio."""
    radios: Sequence[Joined] = list(session.radios.values()) if session else []
    return [Trouble(joined.name, failure) for joined in radios for failure in joined.problems()]


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

    def lay_out(self) -> None:
        """Shows the lines anew, after a failure was folded or unfolded."""
        raise NotImplementedError

    def is_unfolded(self, trouble: Trouble) -> bool:
        return trouble.same in self._unfolded

    def unfold(self, trouble: Trouble) -> None:
        self._unfolded.add(trouble.same)

    def card(self, trouble: Trouble, *, selected: bool, indent: int = 0) -> list[Line]:
        """One line, or the whole card where it is unfolded."""
        glyphs, size = self.console_app.glyphs, self.size.width - indent
        if not self.is_unfolded(trouble):
            what = f"{group.what.verb} {self._called(group.what.address)}" if group else ""
            times = times_words(group, now) if group else ""
            return [headline(trouble.failure, size, glyphs, selected=selected, what=what, times=times)]
        failure, session = trouble.failure, self.console_app.session
        called = (session.store.own_name(failure.address) if session and failure.address else None) or ""
        told = repeats(group, now) if group else ""
        context = self._circumstances()
        return unfolded(failure, size, glyphs, selected=selected, context=context, called=called, times=told)

    def _called(self, address: str) -> str:
        session = self.console_app.session
        return visible((session.store.called(address) if session else None) or address)

    def _circumstances(self) -> Context | None:
        from bletui.errors.classify import Context

        expression = self.console_app.scan_filter
        return Context(evidence={"filter": expression}) if expression else None

    def action_unfold(self) -> None:
        if self.chosen is not None:
            self._unfolded ^= {self.chosen.same}
            self.lay_out()

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_restart(self) -> None:
        session = self.console_app.session
        if session is not None:
            self.app.run_worker(session.rescan(), group="scan")

    def action_reopen(self) -> None:
        self._open_again(lambda target: target)

    def action_scheme(self) -> None:
        chosen, session = self.chosen, self.console_app.session
        if chosen and session and other_scheme(session.radios[chosen.radio].target) is not None:
            self._open_again(lambda target: other_scheme(target) or target)

    def _open_again(self, change: Callable[[Target], Target]) -> None:
        chosen, session = self.chosen, self.console_app.session
        if chosen is not None and session is not None:
            target = change(session.radios[chosen.radio].target)
            self.app.run_worker(session.reopen(chosen.radio, target), group="reopen")

    def action_clear(self) -> None:
        self.console_app.clear_filter()

    def action_explain(self) -> None:
        from bletui.console.screens.explanation import ExplanationScreen

        if self.chosen is not None:
            self.app.push_screen(ExplanationScreen(self.chosen.failure))

    def action_doctor(self) -> None:
        from bletui.console.screens.doctor import DoctorScreen

        chosen, session = self.chosen, self.console_app.session
        if chosen is not None and session is not None:
            self.app.push_screen(DoctorScreen(chosen.radio, session.radios[chosen.radio].target))

    def action_log(self) -> None:
        if self.chosen is not None:
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


class Cards(FailureLines):
    """A list of failures; the cursor moves from one to the next."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._troubles: Sequence[Trouble] = ()
        self._otherwise: Sequence[Line] = ()
        self._at = 0
        self._card = (0, 0)  # first and last line of the one under the cursor

    @property
    def chosen(self) -> Trouble | None:
        return self._troubles[self._at] if self._troubles else None

    def hold(self, found: Sequence[Trouble], otherwise: Sequence[Line] = ()) -> None:
        """Shows these failures, or `otherwise` if there is none."""
        self._troubles = found
        self._otherwise = otherwise
        self._select(self._at)

    def lay_out(self) -> None:
        lines: list[Line] = []
        first = last = 0
        for n, trouble in enumerate(self._troubles):
            if n == self._at:
                first = len(lines)
            lines += self.card(trouble, selected=n == self._at)
            if n == self._at:
                last = len(lines) - 1
        self.show(lines or self._otherwise)
        if (first, last) != self._card:  # else where a page key scrolled to: a card may be longer than the screen
            self._card = first, last
            self.reveal(first, last)

    def _select(self, at: int) -> None:
        self._at = max(0, min(at, len(self._troubles) - 1))
        self.lay_out()

    def action_up(self) -> None:
        self._select(self._at - 1)

    def action_down(self) -> None:
        self._select(self._at + 1)

    def action_first(self) -> None:
        self._select(0)

    def action_last(self) -> None:
        self._select(len(self._troubles) - 1)
