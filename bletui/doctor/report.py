"""A ladder as text: plain, aligned, and visible whatever the far side said."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bletui.doctor.ladder import Ladder
from bletui.failure import Failure
from bletui.model import Rung
from bletui.text import visible

NAME = 18  # columns
ACTION = "doctor.run"  # what its own remedies do not offer: it has just been done


def rung_line(rung: Rung) -> str:
    """State, name and evidence on one line."""
    evidence = visible(rung.evidence).removeprefix(f"{rung.state}: ")
    return f"  {rung.state:<8} {visible(rung.name):<{NAME}} {evidence}".rstrip()


def ladder_lines(ladder: Ladder, card: Callable[[Failure], list[str]]) -> Iterator[str]:
    """What follows the rungs: the verdict, and the failure of the first broken one as its card."""
    broken = ladder.broken
    if broken is None:
        warned = sum(rung.state == "warn" for rung in ladder.rungs)
        yield "  holds" + (f", with {warned} warning{'s' * (warned > 1)}" if warned else "")
        return
    yield f"  first broken rung: {visible(broken.name)}"
    if broken.failure is not None:
        yield ""
        yield from card(broken.failure)
