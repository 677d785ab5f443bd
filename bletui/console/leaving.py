"""What leaving would end, and the question about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from bletui.console.commands import bindings
from bletui.console.questions import mine_words
from bletui.console.screens.dialogue import YesNoDialogue
from bletui.console.spans import Line, Span, line

if TYPE_CHECKING:
    from bletui.console.app import Console
    from bletui.model import LinkChanged
    from bletui.session import Joined

Called = Callable[[str], str | None]
KEPT = "bridge"  # a target whose links and operations go on without us


def ends_with_us(radios: Iterable[Joined]) -> tuple[list[LinkChanged], int]:
    """Our links, and how many operations of ours are under way, on radios that end with this console."""
    own = [joined for joined in radios if joined.target.scheme != KEPT]
    links = [link for joined in own for link in joined.state.links.values() if not link.foreign]
    running = sum(not one.operation.ended for joined in own for one in joined.state.operations.values())
    return links, running


def leave_words(links: Sequence[LinkChanged], running: int, called: Called) -> list[Line]:
    """`called`: what a person calls a device, by its address."""
    words = mine_words(links, called) if links else []
    if running:
        many = "1 operation that waits or runs is" if running == 1 else f"{running} operations that wait or run are"
        words += [line(), line(f" {many} cancelled.")]
    return [
        *words,
        line(),
        line(Span(" A bridge would keep them: bletui bridge run TARGET, then bletui bridge:", "dim")),
    ]


class LeaveDialogue(YesNoDialogue):
    """Asked where leaving ends something. The key that asked answers as well: twice q leaves."""

    BINDINGS = bindings("leave")
    place = "leave"

    def __init__(self, links: Sequence[LinkChanged], running: int, called: Called) -> None:
        super().__init__("Leave", lambda: leave_words(links, running, called), "Leave", "Stay")

    def keys(self) -> Line:
        return line(Span(" y q", "key"), " Leave  ", Span(" n esc", "key"), " Stay")


def ask_to_leave(app: Console) -> None:
    """At once where nothing ends."""
    session = app.session
    links, running = ends_with_us(session.radios.values()) if session is not None else ([], 0)
    if session is not None and (links or running):
        question = LeaveDialogue(links, running, session.store.called)
        app.push_screen(question, lambda answer: app.frames.leave(0) if answer else None)
    else:
        app.frames.leave(0)
