"""Scan's keys: the list, the details, the filter, the sort bar, the cards and the walk."""

from __future__ import annotations

from bletui.console.columns import COLUMNS
from bletui.console.listing import Listing
from bletui.console.screens.scan import ScanScreen
from bletui.console.screens.walk import WalkScreen
from bletui.console.widgets.card_list import Cards
from bletui.console.widgets.details_pane import DetailsPane
from bletui.console.widgets.filter_input import FilterInput
from bletui.console.widgets.sort_bar import SortBar
from bletui.model import Connect, StreamChanged
from tests.console.every_key.everywhere import app_rows, moving, same_mode, text_rows
from tests.console.every_key.rows import (
    Row,
    Scene,
    Step,
    becomes,
    compares,
    has_class,
    plain,
    screen_is,
    turns,
)
from tests.console.real import Play

LAB = "sim:lab?lanes=3&devices=20&speed=1&fault=stream:link.not-seen[hci0]"
LANE = "sim:lab?lanes=1&devices=20&speed=1"


def screen(play: Play) -> ScanScreen:
    assert isinstance(play.app.screen, ScanScreen), play.app.screen
    return play.app.screen


def listing(play: Play) -> Listing:
    assert play.app.listing is not None
    return play.app.listing


async def scan(play: Play) -> None:
    """The list of every device, nothing marked, the focus on it."""
    await plain(play, "scan")
    here = screen(play)
    here.remove_class("-details", "-cards", "-filtering", "-sorting")
    play.app.clear_filter()
    while listing(play).bring_back():
        pass
    listing(play).set_view("all")
    here.apply()
    here.set_focus(here.table)
    await play.until(lambda: len(listing(play).rows) > 25 and here.focused is here.table)


def over(key: str, there: type) -> Step:
    async def goes(play: Play) -> None:
        await scan(play)
        await play.press(key)
        await play.until(lambda: isinstance(play.app.screen.focused, there))

    return goes


async def hidden(play: Play) -> None:
    screen(play).action_hide()
    await play.pilot.pause()


async def all_rows(play: Play) -> None:
    listing(play).set_view("all")


async def one_hidden(play: Play) -> None:
    await hidden(play)
    await all_rows(play)


async def another(play: Play) -> None:
    """A device that was not asked for yet."""
    screen(play).table.move(1)


async def at_baseline(play: Play) -> None:
    if listing(play).store.baseline is None:
        screen(play).action_baseline()
    await all_rows(play)


async def filtered(play: Play) -> None:
    await play.press("slash", *"lane=hci0", "enter")
    await play.until(lambda: play.app.scan_filter)


def openings(play: Play) -> int:
    events = [entry.event for entry in play.session.log]
    return sum(isinstance(event, StreamChanged) and event.state == "opening" for event in events)


async def settled(play: Play) -> None:
    """No stream is being opened: to open it again would be no news."""
    radios = play.session.radios.values()
    await play.until(lambda: all(one.state != "opening" for joined in radios for one in joined.state.streams.values()))


def connects(play: Play) -> int:
    asked = [
        one.operation.request for joined in play.session.radios.values() for one in joined.state.operations.values()
    ]
    return sum(isinstance(request, Connect) for request in asked)


def wished(play: Play) -> object:
    return play.session.wish


def cursor(play: Play) -> int:
    return screen(play).table.cursor


def to(play: Play, end: bool) -> None:
    screen(play).table.move(1000 if end else -1000)


_ON_A_ROW = (
    Row("scan.pause", turns(lambda play: "PAUSED" in play.text("#status"))),
    Row("scan.pin", turns(lambda play: len(listing(play).pinned))),
    Row("scan.hide", turns(lambda play: len(listing(play).away)), all_rows),
    Row("scan.undo", compares(lambda play: len(listing(play).away), -1), one_hidden),
    Row("scan.hidden", turns(lambda play: listing(play).view == "away"), hidden),
    Row("scan.baseline", turns(lambda play: listing(play).store.baseline is None), all_rows),
    Row("scan.differing", turns(lambda play: listing(play).view == "differing"), at_baseline),
    Row("scan.lanes", turns(lambda play: play.text("#heads"))),
    Row("scan.clear", becomes(lambda play: play.app.scan_filter, ""), filtered),
    Row("scan.active", turns(wished)),
    Row("scan.restart", compares(openings, 1), settled),
    Row("scan.filter", becomes(has_class("-filtering"))),
    Row("scan.sort", becomes(has_class("-sorting"))),
    Row("scan.walk", screen_is(WalkScreen)),
    Row("scan.connect", compares(connects, 1), another),
)

LIST = Scene(
    "list",
    "list",
    (LAB,),
    scan,
    (
        *_ON_A_ROW,
        Row("scan.details", becomes(has_class("-details")), all_rows),
        Row("scan.explain", becomes(has_class("-cards"))),
        *moving(cursor, to, all_rows),
        *app_rows("scan"),
    ),
    same_mode("scan"),
)


# -- the details


async def details(play: Play) -> None:
    await over("enter", DetailsPane)(play)
    screen(play).table.move(5 - cursor(play))


def details_top(play: Play) -> int:
    return play.app.screen.query_one(DetailsPane).top


def details_to(play: Play, end: bool) -> None:
    pane = play.app.screen.query_one(DetailsPane)
    pane.scroll_by(1000 if end else -1000)


DETAILS = Scene(
    "details",
    "details",
    (LAB,),
    details,
    (
        Row("details.leave", becomes(has_class("-details"), wanted=False)),
        Row("details.next", compares(cursor, 1)),
        Row("details.previous", compares(cursor, -1)),
        *_ON_A_ROW,
        Row("scan.explain", becomes(has_class("-cards"))),
        *moving(details_top, details_to),
        *app_rows("scan"),
    ),
    same_mode("scan"),
    size=(120, 12),  # the list beside the details, which are longer
)


# -- the filter


async def typed(play: Play) -> None:
    await play.press(*"rssi>=-1")


FILTER = Scene(
    "filter",
    "filter",
    (LAB,),
    over("slash", FilterInput),
    (
        Row("filter.accept", becomes(lambda play: (play.app.scan_filter, play.app.screen.has_class("-filtering")),
                                     wanted=("rssi>=-1", False)), typed),
        Row("filter.leave", becomes(has_class("-filtering"), wanted=False), typed),
        *text_rows("scan"),
    ),
)  # fmt: skip


# -- the sort bar

SORT = Scene(
    "sort",
    "sort",
    (LANE,),  # a digit sorts by one lane of several
    over("s", SortBar),
    (
        Row("sort.leave", becomes(has_class("-sorting"), wanted=False)),
        *app_rows("scan"),
    ),
    same_mode("scan"),
)

SORTS = {column.letter: column.id for column in COLUMNS if column.letter}


# -- the cards


async def cards(play: Play) -> None:
    await scan(play)
    await play.press("e")
    await play.until(lambda: isinstance(play.app.screen.focused, Cards))


# -- the walk


async def walk(play: Play) -> None:
    await scan(play)
    await play.press("w")
    await play.until(lambda: isinstance(play.app.screen, WalkScreen) and "dBm" in play.text("#walk"))


def steps(play: Play) -> object:
    assert isinstance(play.app.screen, WalkScreen)
    return play.app.screen.steps


def bell(play: Play) -> object:
    assert isinstance(play.app.screen, WalkScreen)
    return play.app.screen.bell


WALK = Scene(
    "walk",
    "walk",
    (LAB,),
    walk,
    (
        Row("walk.leave", screen_is(ScanScreen)),
        Row("walk.lane", turns(lambda play: play.text("#walk-title"))),
        Row("walk.again", turns(lambda play: id(steps(play)))),
        Row("walk.bell", turns(bell)),
        *app_rows("scan"),
    ),
    same_mode("scan"),
)

SCENES = (LIST, DETAILS, FILTER, SORT, WALK)
