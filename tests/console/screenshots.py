"""The pictures of the console, from half a minute of the seeded simulator and a clock that stands still.

python -m tests.console.screenshots [FOLDER]     writes them (default: screenshots)
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bletui.console.settings import ThemeName
from bletui.failure import ErrorKind, Failure
from bletui.model import Advertisement, Event, Lane, LaneChanged, ScanRequest, StreamChanged
from bletui.testing.virtual_time import START, run
from tests.backends.simulator.virtual import recorded_run
from tests.console import screenshots_links, screenshots_log, screenshots_places, screenshots_tour
from tests.console.stage import stage
from tests.tiny import TinyBackend

SECONDS, STEP, EARLY = 30, 3, 9
FOLDER = Path(__file__).parents[2] / "screenshots"


@dataclass(frozen=True)
class Picture:
    """What is pressed before the picture is taken, `early` after nine of its thirty seconds; `failing`: a router that
    refuses stands beside the simulator."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    theme: ThemeName = "bletui"
    ascii_only: bool = False
    failing: bool = False
    early: tuple[str, ...] = ()


FILTER = ("slash", *'company=apple or name~"*th*"', "enter")
PICTURES = (
    Picture("scan-80x24", (80, 24), ("j", "j", "j")),
    Picture("scan-120x40", (120, 40), ("j", "j", "j")),
    Picture("scan-60x20", (60, 20)),
    Picture("scan-mono-80x24", (80, 24), theme="mono"),
    Picture("scan-ansi-80x24", (80, 24), theme="ansi"),
    Picture("scan-ascii-80x24", (80, 24), ascii_only=True),
    Picture("lanes-side-by-side-80x24", (80, 24), ("j", "L")),
    Picture("scan-200x50", (200, 50), ("j",)),
    Picture("sort-60x20", (60, 20), ("s",)),
    Picture("marked-80x24", (80, 24), ("j", "j", "p", "j", "j", "minus", "k"), early=("b",)),
    Picture("differing-80x24", (80, 24), ("n", "j"), early=("b",)),
    Picture("walk-80x24", (80, 24), early=("j", "w")),
    Picture("walk-60x20", (60, 20), early=("j", "w")),
    Picture("walk-120x40", (120, 40), early=("j", "w")),
    Picture("walk-ansi-80x24", (80, 24), theme="ansi", early=("j", "w")),
    Picture("walk-ascii-80x24", (80, 24), ascii_only=True, early=("j", "w")),
    Picture("details-120x40", (120, 40), ("j", "j", "j", "enter")),
    Picture("company-80x24", (80, 24), ("slash", *"company=0x004C")),
    Picture("details-80x24", (80, 24), ("j", "j", "j", "enter")),
    Picture("filter-80x24", (80, 24), FILTER),
    Picture("filter-wrong-80x24", (80, 24), ("slash", *"rssi>=-60 and compny=apple")),
    Picture("problems-80x24", (80, 24), ("5",), failing=True),
    Picture("card-80x24", (80, 24), ("5", "e"), failing=True),
    Picture("lanes-80x24", (80, 24), ("2",), failing=True),
    Picture("help-80x24", (80, 24), ("question_mark",)),
)

ROUTER = "192.168.1.20/CC:1B:E0:E0:F1:E8/0"
REFUSED = Failure(
    kind=ErrorKind.NET_REFUSED, source="os", code="ECONNREFUSED", message="Connection refused", operation="scan",
    radio="192.168.1.20", lane=ROUTER, elapsed=0.1, evidence=(("host", "192.168.1.20"), ("port", "80")),
)  # fmt: skip


@cache
def recorded() -> tuple[Event, ...]:
    return tuple(recorded_run("sim:?seed=7", SECONDS, ScanRequest(active=True)).events)


def _router() -> TinyBackend:
    at = START + 12
    return TinyBackend(
        LaneChanged(START, Lane(ROUTER, "CC:1B:E0:E0:F1:E8", router="CC:1B:E0:E0:F1:E8", chip=0)),
        StreamChanged(START, ROUTER, "scan", "opening"),
        StreamChanged(at, ROUTER, "scan", "broken", REFUSED, START + SECONDS + 4),
    )


def svg(picture: Picture) -> str:
    events = recorded()
    return run(lambda: _taken(picture, events))


async def _taken(picture: Picture, events: Sequence[Event]) -> str:
    first = [event for event in events if not isinstance(event, Advertisement)]
    adverts = [event for event in events if isinstance(event, Advertisement)]
    backends = {"router": _router()} if picture.failing else None
    async with stage(
        size=picture.size,
        theme=picture.theme,
        ascii_only=picture.ascii_only,
        targets=["sim:", "cassia://192.168.1.20"] if picture.failing else ["sim:"],
        backends=backends,
        simulator=TinyBackend(*first),
    ) as play:
        for second in range(0, SECONDS, STEP):
            now = START + second
            await play.say(*(event for event in adverts if now <= event.at < now + STEP), seconds=STEP)
            if second == EARLY:
                await play.press(*picture.early)
        await play.press(*picture.keys)
        play.app.paint()
        await play.pilot.pause()
        return play.app.export_screenshot(title="bletui")


def main(argv: Sequence[str]) -> int:
    folder = Path(argv[0]) if argv else FOLDER
    folder.mkdir(exist_ok=True)
    for picture in PICTURES:
        (folder / f"{picture.name}.svg").write_text(svg(picture))
    for scene in (*screenshots_links.SCENES, *screenshots_log.SCENES, *screenshots_places.SCENES):
        (folder / f"{scene.name}.svg").write_text(screenshots_links.svg(scene))
    frames = {name: (folder / f"{name}.svg").read_text() for name in screenshots_tour.FRAMES}
    (folder / f"{screenshots_tour.NAME}.svg").write_text(screenshots_tour.tour(frames))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
