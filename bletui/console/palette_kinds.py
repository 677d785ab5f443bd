"""The palette finds every kind of failure by its code, its name or words of its title, and explains it."""

from __future__ import annotations

from functools import partial

from textual.command import Hit, Hits, Provider

from bletui.failure import ErrorKind, Failure

MOST = 5  # by words of their titles


def likeness(kind: ErrorKind, wanted: str) -> float:
    """How well it fits what is typed, in lower case: 0 not at all, 1 for its whole code or name."""
    names = (kind.code.casefold(), kind.value)
    if wanted in names:
        return 1.0
    if any(name.startswith(wanted) for name in names):
        return 0.5
    return 0.3 if wanted in kind.title.casefold() or wanted in kind.value else 0.0


class KindProvider(Provider):
    """Below what acts, unless the whole code or name is typed."""

    async def search(self, query: str) -> Hits:
        wanted = query.strip().casefold()
        scored = [(likeness(kind, wanted), kind) for kind in ErrorKind] if len(wanted) > 2 else []
        for score, kind in sorted(scored, key=lambda one: -one[0])[:MOST]:
            if score:
                yield Hit(score, f"{kind.code} {kind.value}", partial(self._explain, kind), help=kind.title)

    async def _explain(self, kind: ErrorKind) -> None:
        from bletui.console.screens.explanation import ExplanationScreen

        self.app.push_screen(ExplanationScreen(Failure(kind=kind)))
