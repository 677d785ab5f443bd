"""The configuration in a console that runs: what it brings, when it is read again, and what there is to say of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bletui.config.file import Config, located
from bletui.config.remembered import TEXT_MAX
from bletui.config.watched import Watched
from bletui.console.commands import BY_ID
from bletui.console.memory import Memory
from bletui.console.notices import Notice, Notices
from bletui.console.screens.mode import ModeScreen
from bletui.failure import BleError
from bletui.text import bounded, visible

if TYPE_CHECKING:
    from bletui.console.app import Console
    from bletui.console.listing import Listing
    from bletui.console.settings import Settings
    from bletui.session import Session

SAID = 6.0  # seconds for which it is said that all is well
HINT, REFUSED, TAKEN, KEYS, MEMORY, BARRED = "hint", "refused", "taken", "keys", "memory", "barred"
LATER = ("pace", "ascii", "mouse", "active", "read_only", "filter")  # settings that count at a start


class Configured:
    """`memory`: what lasts beyond this console; `notices`: what stands above its footer."""

    def __init__(self, app: Console) -> None:
        self._app = app
        self.memory = Memory(app.settings.state)
        self.notices = Notices()
        self._keys: Mapping[str, bytes] = {}
        self._told = ""  # the memory's problem
        source = app.settings.source
        self._watched = Watched(source.path) if source is not None else None

    # -- a start

    def start(self) -> None:
        """Once the first frame stands."""
        self.memory.load()
        if self.memory.lasts and HINT not in self.memory.value.dismissed:
            self.notices.put(Notice(HINT, hint(), lasts=True))
        self._warn(self._app.settings.config)

    def meet(self, session: Session, listing: Listing) -> None:
        """Another session: the same rows stay on top, and what is sealed is opened once the keys are at hand."""
        listing.pinned |= set(self.memory.value.pins)
        self._fetch_keys(session)

    def _fetch_keys(self, session: Session) -> None:
        if self._app.settings.config.keys or self._keys:
            self._app.run_worker(self._unseal(session), group="keys", exclusive=True)

    async def _unseal(self, session: Session) -> None:
        from bletui.config.environment import env
        from bletui.config.unsealing import fetched

        config = self._app.settings.config
        keys, failures = await asyncio.to_thread(fetched, config.keys, env(references=config.credentials).secret)
        self._keys = keys
        session.store.unseal(keys)
        self.notices.withdraw(lambda id_: id_.startswith(KEYS))
        for failure in failures:
            self.notices.put(Notice(f"{KEYS} {failure.detail}", f"[keys] {_short(failure.detail)}", "warn"))

    # -- while it runs

    def look(self, now: float) -> None:
        """At every beat; `now`: monotonic seconds."""
        if self._watched is not None and self._watched.changed(now):
            self.read_again()
        problem = self.memory.problem
        if problem and self.memory.lasts and problem != self._told:
            self.notices.put(Notice(MEMORY, f"pins and hints are not kept: {_short(problem)}", "warn"))
        elif self._told and not problem:
            self.notices.withdraw(lambda id_: id_ == MEMORY)
        self._told = problem

    def read_again(self) -> None:
        """Takes the file as it is now; a wrong one is refused where it is seen, and what was in force stays."""
        app, source = self._app, self._app.settings.source
        now = app.clock.monotonic()
        if source is None:
            self.notices.put(Notice(TAKEN, "this console was started without a configuration", "ok", now + SAID))
            return
        try:
            settings = source.read()
        except BleError as wrong:
            self.notices.withdraw(lambda id_: id_ == TAKEN)
            why = _short(wrong.failure.detail.replace(str(source.path), source.path.name))
            self.notices.put(Notice(REFUSED, f"(the one before counts) {why}", "error"))
            app.paint()
            return
        before, app.settings = app.settings, settings
        self._take(before, settings)
        self.notices.withdraw(lambda id_: id_ in (REFUSED, TAKEN) or id_.startswith("config "))
        self.notices.put(Notice(TAKEN, taken(before, settings), "ok", now + SAID))
        self._warn(settings.config)
        app.paint()

    def _take(self, before: Settings, now: Settings) -> None:
        from bletui.config.environment import env
        from bletui.console import commands
        from bletui.console.keymap import remapped
        from bletui.console.rebinding import rebind, screens
        from bletui.decode import names
        from bletui.decode.keyring import Keyring

        app, config = self._app, now.config
        if config.keymap != before.config.keymap:
            commands.remap(remapped(config.keymap))
            rebind(app)
            if self.notices.waits(HINT):
                self.notices.put(Notice(HINT, hint(), lasts=True))  # it names keys
        if now.theme is not None and now.theme != before.theme:
            app.theme = now.theme
        names.adopt(config.uuids)
        if app.session is not None:
            app.session.use(env(clock=app.clock, references=config.credentials))
            app.session.store.rename(config.addresses)
            app.session.store.unseal(Keyring(self._keys))  # another one, though it holds the same: texts have old names
            self._fetch_keys(app.session)
        for screen in screens(app):
            if isinstance(screen, ModeScreen):
                screen.reconfigured()

    def _warn(self, config: Config) -> None:
        for problem in config.warnings:
            words = located(Path(config.path.name) if config.path else None, problem)
            id_ = bounded(f"config {problem.key}: {problem.words}", TEXT_MAX)
            away = id_ in self.memory.value.dismissed
            self.notices.put(Notice(id_, _short(words), "warn", lasts=True), away=away)

    def pin(self, address: str, *, pinned: bool) -> None:
        self.memory.keep(lambda kept: kept.with_pin(address, pinned=pinned))

    def refuse(self, why: str) -> None:
        """Says for a while that what was asked for can't be done here."""
        self.notices.put(Notice(BARRED, visible(why), "accent", self._app.clock.monotonic() + SAID))
        self._app.paint()

    def dismiss(self) -> None:
        gone = self.notices.dismiss(self._app.clock.monotonic())
        if gone is not None and gone.lasts:
            self.memory.keep(lambda kept: kept.without(gone.id))
        self._app.paint()


def _short(words: str) -> str:
    """Visible, with `~` for the person's own folder."""
    home = os.environ.get("HOME", "")
    return visible(words.replace(f"{home}/", "~/") if len(home) > 1 else words)


def hint() -> str:
    """For whoever sees the console for the first time; keys as they are in force."""
    told = (("app.help", "help"), ("scan.filter", "filter"), ("app.palette", "commands"), ("app.quit", "quit"))
    return "New here? " + " · ".join(f"{BY_ID[id_].shown_key} {word}" for id_, word in told)


def taken(before: Settings, now: Settings) -> str:
    """That the file is in force, and what of it is not yet."""
    words = "the configuration was read again"
    later = [name for name in LATER if getattr(before, FIELDS.get(name, name)) != getattr(now, FIELDS.get(name, name))]
    return f"{words}; {', '.join(later)} count{'s' * (len(later) == 1)} at the next start" if later else words


FIELDS = {"pace": "slow"}  # settings whose field is called otherwise
