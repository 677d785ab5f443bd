"""The pictures of the log and of problems: a pump that is reset, at a router whose other chip is busy."""

from __future__ import annotations

from bletui.console.screens.log import LogScreen
from bletui.console.screens.problems import ProblemsScreen
from bletui.console.widgets.lines import Lines
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Connect,
    LinkChanged,
    Notification,
    Operation,
    OperationChanged,
    OpId,
    Peer,
    Read,
    Request,
    Write,
)
from tests.console.screenshots_links import BUSY, CHIPS, DOOR, FAILED, HERE, PUMP, Scene
from tests.console.stage import NOW, Stage

LANE = CHIPS[0].id
PUMP_LINK = Peer(LANE, PUMP)
LOST = Failure(kind=ErrorKind.LINK_LOST, source="cassia", message="SUPERVISION_TIMEOUT", address=PUMP, lane=LANE)
READ, WRITE = Read(PUMP, LANE, handle=0x1D), Write(PUMP, LANE, handle=0x23, value=b"\x01")


def now(play: Stage) -> float:
    return NOW + play.clock[0]


def told(play: Stage, n: int, request: Request, state: str, **more: object) -> OperationChanged:
    fields: dict[str, object] = {"lane": LANE, "started": NOW, "limit": 20.0, **more}
    one = Operation(id=OpId("session", n), request=request, state=state, **fields)  # type: ignore[arg-type]
    return OperationChanged(now(play), one)


async def morning(play: Stage) -> None:
    """A connect that is repeated, values, a reset at a mark, a link that is lost, a door that can't be reached."""
    await play.say(told(play, 11, Connect(PUMP), "waiting", place=2, lane=None), seconds=0.4)
    await play.say(told(play, 11, Connect(PUMP), "running", phase="connecting", attempt=1), seconds=2.1)
    await play.say(told(play, 11, Connect(PUMP), "retrying", attempt=1, failure=BUSY), seconds=1.0)
    await play.say(told(play, 11, Connect(PUMP), "running", phase="connecting", attempt=2, of=4), seconds=3.0)
    spent = (("queued", 0.4), ("connecting", 5.1), ("backoff", 1.0))
    await play.say(LinkChanged(now(play), PUMP_LINK, "up"), seconds=0.0)
    await play.say(told(play, 11, Connect(PUMP), "done", attempt=2, of=4, spent=spent), seconds=0.7)
    for value in (2157, 2161):
        await play.say(Notification(now(play), HERE, 0x12, value.to_bytes(2, "little")), seconds=1.0)
    await play.say(told(play, 12, READ, "done", spent=(("transferring", 0.1),), result=b"\x57"), seconds=2.3)
    play.session.mark("pump 2 before reset")
    await play.beat(3.1)
    await play.say(told(play, 13, WRITE, "done", spent=(("transferring", 0.1),)), seconds=0.4)
    await play.say(LinkChanged(now(play), PUMP_LINK, "down", LOST), seconds=1.2)
    for n in (14, 15, 16):
        await play.say(told(play, n, Connect(DOOR), "failed", attempt=1, failure=FAILED, lane=CHIPS[1].id), seconds=1.5)
    await play.say(Notification(now(play), HERE, 0x12, (2170).to_bytes(2, "little")), seconds=1.0)


async def log(play: Stage) -> None:
    await morning(play)
    await play.press("4")
    await play.until(lambda: isinstance(play.app.screen, LogScreen) and play.app.screen.query("#told"))
    await play.press("k", "k", "k", "k")


async def log_card(play: Stage) -> None:
    await log(play)
    await play.press("e")


async def log_filter(play: Stage) -> None:
    await log(play)
    await play.press("G", "slash", *"kind=link.* since=mark lane=chip*")


async def problems(play: Stage) -> None:
    await morning(play)
    await play.press("5")
    await play.until(lambda: isinstance(play.app.screen, ProblemsScreen) and play.app.screen.query(Lines))
    await play.press("j", "e")


SCENES = (
    Scene("log-80x24", (80, 24), log),
    Scene("log-120x40", (120, 40), log),
    Scene("log-60x20", (60, 20), log),
    Scene("log-ansi-80x24", (80, 24), log, "ansi"),
    Scene("log-card-80x24", (80, 24), log_card),
    Scene("log-filter-80x24", (80, 24), log_filter),
    Scene("problems-120x40", (120, 40), problems),
)
