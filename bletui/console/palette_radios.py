"""The palette finds radios: open ones, and goes to them in Connections; those that the configuration names or that are
typed as a target, and opens them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import Hit, Hits, Provider

from bletui.console.radios import CLOSE, OPEN, meant, open_beside, options
from bletui.failure import BleError
from bletui.registry import refuse_unknown

if TYPE_CHECKING:
    from bletui.console.app import Console

BESIDE = "one more radio, beside the others"
SCORE = 0.6  # below devices and whole names of commands


class RadioProvider(Provider):
    @property
    def _console(self) -> Console:
        return cast("Console", self.app)

    async def search(self, query: str) -> Hits:
        wanted, app = query.strip(), self._console
        if not wanted or app.session is None:
            return
        known = app.settings.config.targets
        listed = options(app.session.radios, known, app.clock.wall())
        for one in listed:
            name = one.answer.removeprefix(CLOSE).removeprefix(OPEN)
            if wanted.casefold() not in f"{one.label} {name}".casefold():
                continue
            if one.answer.startswith(CLOSE):
                yield Hit(SCORE, one.label, partial(self._show, name), help="an open radio: its lanes and links")
            elif one.answer.startswith(OPEN):
                yield Hit(SCORE, f"open {one.label}", partial(self._open, name), help=one.dim or BESIDE)
        if ":" in wanted and all(wanted != one.answer.removeprefix(OPEN) for one in listed) and _is_target(wanted):
            yield Hit(SCORE, f"open {wanted}", partial(self._open, wanted), help=BESIDE)

    async def _show(self, name: str) -> None:
        from bletui.console.whereabouts import InQueue, go

        session = self._console.session
        lanes = session.radios[name].state.lanes if session is not None and name in session.radios else ()
        await go(self._console, InQueue(f"lane {next(iter(lanes))}" if lanes else f"radio {name}"))

    async def _open(self, text: str) -> None:
        session = self._console.session
        if session is not None:
            open_beside(session, meant(text, self._console.settings.config.targets))


def _is_target(text: str) -> bool:
    try:
        refuse_unknown([meant(text, {})])
    except BleError:
        return False
    return True
