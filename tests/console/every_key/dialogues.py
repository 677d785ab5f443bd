"""The keys of dialogues and pages: what is typed, asked, copied, shown and read."""

from __future__ import annotations

from bletui.backends.simulator.lab import address
from bletui.console.leaving import LeaveDialogue
from bletui.console.screens.choosing import ChoiceDialogue
from bletui.console.screens.copying import CopyDialogue
from bletui.console.screens.dialogue import Dialogue, NoticeDialogue, TextDialogue, YesNoDialogue
from bletui.console.screens.help import HelpScreen
from bletui.console.screens.scan import ScanScreen
from bletui.console.widgets.scroll import ScrollLines
from bletui.model import PromptClosed
from tests.console.every_key.everywhere import interrupt, left, moving
from tests.console.every_key.links import FOREIGN, connections, linked, on_link
from tests.console.every_key.rows import Row, Scene, becomes, compares, screen_is
from tests.console.every_key.scan import connects, scan
from tests.console.every_key.tree import FOUR, on_read, tree
from tests.console.real import Play

LAB = "sim:lab?lanes=1&devices=20&speed=1"


def over(play: Play, kind: type[Dialogue]) -> bool:
    return isinstance(play.app.screen, kind) and bool(play.app.screen.query("#dialogue > Lines"))


HELPED = Row("dialogue.help", screen_is(HelpScreen))


def open_now(play: Play) -> bool:
    return isinstance(play.app.screen, Dialogue)


# -- a text


async def connecting(play: Play) -> None:
    """An address stands in the field."""
    await connections(play)
    await play.press("c")
    await play.until(lambda: over(play, TextDialogue) and play.app.focused)
    await play.press(*address(str(connects(play) % 20 + 1)))


FIELD = Scene(
    "field",
    "field",
    (LAB,),
    connecting,
    (
        Row("field.accept", compares(connects, 1)),
        Row("field.leave", becomes(open_now, wanted=False)),
        HELPED,
        interrupt(),
    ),
)


# -- a question


async def asking(play: Play) -> None:
    """Whether a link of somebody else's is to be ended; once it has been, it is theirs again."""
    await connections(play)
    await on_link(FOREIGN)(play)
    await play.press("d")
    await play.until(lambda: over(play, YesNoDialogue))


QUESTION = Scene(
    "question",
    "question",
    (LAB,),
    asking,
    (
        Row("question.leave", becomes(lambda play: open_now(play) or not linked(play, FOREIGN), wanted=False)),
        HELPED,
        interrupt(),
        Row("question.accept", becomes(lambda play: linked(play, FOREIGN), None)),  # last: there is only one
    ),
)


# -- leaving


async def leaving(play: Play) -> None:
    """Where a link of ours ends with it."""
    await connections(play)
    await on_link(address("thermometer"))(play)
    await play.press("q")
    await play.until(lambda: over(play, LeaveDialogue))


LEAVE = Scene(
    "leave",
    "leave",
    (LAB,),
    leaving,
    (Row("leave.accept", left(0)), Row("leave.leave", becomes(open_now, wanted=False)), HELPED, interrupt()),
)


# -- a choice


async def choosing(play: Play) -> None:
    """A theme; the second of them is under the cursor, and tried."""
    await scan(play)
    play.app.theme = "bletui"
    await play.press("T")
    await play.until(lambda: over(play, ChoiceDialogue))
    await play.press("down")


def theme(play: Play) -> tuple[str, bool]:
    return play.app.theme, open_now(play)


def choice_at(play: Play) -> int:
    assert isinstance(play.app.screen, ChoiceDialogue)
    return play.app.screen._at


CHOICE = Scene(
    "choice",
    "choice",
    (LAB,),
    choosing,
    (
        Row("choice.accept", becomes(theme, ("ansi", False))),
        Row("choice.leave", becomes(theme, ("bletui", False))),
        Row("choice.up", compares(choice_at, -1)),
        Row("choice.down", compares(choice_at, 1)),
        HELPED,
        interrupt(),
    ),
)


# -- a copy


async def copying(play: Play) -> None:
    await tree(play)
    await on_read(FOUR)(play)
    play.app._clipboard = ""
    await play.press("y")
    await play.until(lambda: over(play, CopyDialogue))


def clipboard(play: Play) -> str:
    return play.app.clipboard


COPY = Scene(
    "copy",
    "copy",
    (LAB,),
    copying,
    (
        Row("copy.command", becomes(lambda play: clipboard(play).startswith("bletui read"))),
        Row("copy.bleak", becomes(lambda play: "BleakClient" in clipboard(play))),
        Row("copy.leave", becomes(open_now, wanted=False)),
        HELPED,
        interrupt(),
    ),
    (("copy.curl", "only for a Cassia router, as the dialogue says"),),
)


# -- a notice


async def noticing(play: Play) -> None:
    """A passkey is shown, to be typed at the device; the one before is refused first."""
    while isinstance(play.app.screen, HelpScreen | NoticeDialogue):
        await play.press("escape")
    await connections(play)
    await on_link(address("types a passkey"))(play)
    await play.press("p")
    await play.until(lambda: over(play, NoticeDialogue))


def refused(play: Play) -> int:
    events = [entry.event for entry in play.session.log]
    return sum(isinstance(event, PromptClosed) and event.how == "refused" for event in events)


NOTICE = Scene("notice", "notice", (LAB,), noticing, (Row("notice.leave", compares(refused, 1)), HELPED, interrupt()))


# -- a page


async def help_page(play: Play) -> None:
    await scan(play)
    await play.press("question_mark")
    await play.until(lambda: isinstance(play.app.screen, HelpScreen) and page(play).lines)


def page(play: Play) -> ScrollLines:
    return play.app.screen.query_one("#body", ScrollLines)


def top(play: Play) -> int:
    return page(play).top


def page_to(play: Play, end: bool) -> None:
    page(play).scroll_by(1000 if end else -1000)


HELP = Scene(
    "help",
    "help",
    (LAB,),
    help_page,
    (Row("help.leave", screen_is(ScanScreen)), *moving(top, page_to), interrupt()),
)

SCENES = (FIELD, QUESTION, LEAVE, CHOICE, COPY, NOTICE, HELP)
