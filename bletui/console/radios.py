"""The radios of a session as a list to choose from: those that are open, and what else can be opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from bletui.console.leaving import ends_with_us, leave_words
from bletui.console.screens.choosing import ChoiceDialogue, Option
from bletui.console.screens.dialogue import TextDialogue, YesNoDialogue
from bletui.console.spans import Line, Span, line
from bletui.console.status import radio_state
from bletui.installed import plugins
from bletui.registry import refuse_unknown
from bletui.target import Target, parse
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.console.app import Console
    from bletui.session import Joined, Session

CLOSE, OPEN, OTHER = "close ", "open ", "other"
ALWAYS: Final = ("local:", "sim:", "bridge:")  # offered wherever none is open


def options(
    radios: Mapping[str, Joined], known: Mapping[str, Target], now: float, schemes: Sequence[str] = ()
) -> list[Option]:
    """Open radios first, then the configuration's targets and `ALWAYS` that are not open, then any other.

    `schemes`: of plug-ins, to choose among the others.
    """
    open_now = {str(joined.target) for joined in radios.values()}
    end = "enter closes it" if len(radios) > 1 else "the only one, which stays"
    told = [
        Option(CLOSE + name, visible(name), f"open, {radio_state(joined, now).text}; {end}")
        for name, joined in radios.items()
    ]
    named = [Option(OPEN + str(target), visible(name), str(target)) for name, target in known.items()]
    bare = [Option(OPEN + target, target) for target in ALWAYS]
    offered = {one.answer: one for one in (*bare, *named) if one.answer.removeprefix(OPEN) not in open_now}
    others = ", ".join(("cassia://HOST", "local:hci1", "sim:crowd", *schemes))
    return [*told, *offered.values(), Option(OTHER, "another …", others)]


@cache
def brought() -> tuple[str, ...]:
    """The schemes of installed plug-ins."""
    return tuple(f"{entry.scheme}:" for entry in plugins())


def choose_radio(app: Console) -> None:
    """Opens one more, or closes one."""
    session = app.session
    if session is None:
        return
    known = app.settings.config.targets

    def chosen(answer: str | None) -> None:
        if answer is None:
            return
        if answer == OTHER:
            _ask_for_target(app, session, known)
        elif answer.startswith(OPEN):
            open_beside(session, meant(answer.removeprefix(OPEN), known))
        else:
            _close(app, session, answer.removeprefix(CLOSE))

    app.push_screen(
        ChoiceDialogue(
            "Radios", lambda: options(session.radios, known, app.clock.wall(), brought()), accept="Open or close"
        ),
        chosen,
    )


def _ask_for_target(app: Console, session: Session, known: Mapping[str, Target]) -> None:
    def check(text: str) -> str:
        target = meant(text, known)
        refuse_unknown([target])
        return f"opens {target} beside {len(session.radios)} other" + ("s" if len(session.radios) > 1 else "")

    def says() -> list[Line]:
        return [
            line(" A target, or its name in the configuration:"),
            line(
                " ",
                Span("   ".join(("local:hci1", "cassia://192.168.1.20", "bridge:", "sim:crowd", *brought())), "dim"),
            ),
            line(),
        ]

    def typed(text: str | None) -> None:
        if text is not None:
            open_beside(session, meant(text, known))

    app.push_screen(TextDialogue("Open a radio", says, check, accept="Open"), typed)


def meant(text: str, known: Mapping[str, Target]) -> Target:
    """By its name in the configuration, else as a target; `request.invalid`: it is neither."""
    return known.get(text.strip()) or parse(text.strip())


def open_beside(session: Session, target: Target) -> None:
    """Once: nothing where it is open already."""
    if all(str(joined.target) != str(target) for joined in session.radios.values()):
        session.add(target)


def _close(app: Console, session: Session, name: str) -> None:
    """Asks first where links of ours end with it. The only one stays: a console looks at something."""
    joined = session.radios.get(name)
    if joined is None or len(session.radios) < 2:
        return

    async def close() -> None:
        await session.remove(name)

    def answered(answer: str | None) -> None:
        if answer is not None:
            app.run_worker(close(), group="radios")

    links, running = ends_with_us([joined])
    if links or running:
        words = leave_words(links, running, session.store.called)
        app.push_screen(YesNoDialogue(f"Close {visible(name)}", lambda: words, "Close", "Leave it open"), answered)
    else:
        answered("yes")
