"""The keys of a failure's card, wherever it stands; Log and Problems."""

from __future__ import annotations

from collections.abc import Callable

from bletui.console.screens.doctor import DoctorScreen
from bletui.console.screens.explanation import ExplanationScreen
from bletui.console.screens.log import LogScreen
from bletui.console.screens.problems import ProblemsScreen
from bletui.console.widgets.card_list import Cards
from bletui.console.widgets.failures import FailureLines
from bletui.console.widgets.scroll import ScrollLines
from tests.console.every_key.everywhere import NOBODY, app_rows, moving, same_mode
from tests.console.every_key.rows import Row, Scene, Step, becomes, compares, mode_is, nothing, plain, screen_is, turns
from tests.console.every_key.scan import LAB, filtered, openings, scan, settled
from tests.console.real import Play

Pane = Callable[[Play], FailureLines]


def unfolded(pane: Pane) -> Callable[[Play], object]:
    def told(play: Play) -> object:
        chosen = pane(play).chosen
        return chosen is not None and pane(play).is_unfolded(chosen)

    return told


def schemes(play: Play) -> object:
    return {joined.target.scheme for joined in play.session.radios.values()}


def card_rows(pane: Pane, on_a_failure: Step, on_the_router: Step | None) -> tuple[Row, ...]:
    """`on_the_router`: the card of a radio that may speak another scheme, where one can stand."""

    async def with_filter(play: Play) -> None:
        mode = play.app.current_mode
        await scan(play)
        await filtered(play)
        await plain(play, str(mode))
        await on_a_failure(play)

    async def settled_on_a_failure(play: Play) -> None:
        await settled(play)
        await on_a_failure(play)

    rows = [
        Row("card.unfold", turns(unfolded(pane)), on_a_failure),
        Row("card.restart", compares(openings, 1), settled_on_a_failure),
        Row("card.explain", screen_is(ExplanationScreen), on_a_failure),
        Row("card.doctor", screen_is(DoctorScreen), on_a_failure),
        Row("card.log", mode_is("log"), on_a_failure),
        Row("card.clear", becomes(lambda play: play.app.scan_filter, ""), with_filter),
        Row("card.reopen", turns(radios), on_a_failure),
    ]
    if on_the_router is not None:
        rows.append(Row("card.scheme", turns(schemes), on_the_router))
    return tuple(rows)


def radios(play: Play) -> object:
    return {name: id(joined) for name, joined in play.session.radios.items()}


# -- Log


def log_pane(play: Play) -> ScrollLines:
    return play.app.screen.query_one("#body", ScrollLines)


async def log(play: Play) -> None:
    await plain(play, "log")
    await play.until(lambda: isinstance(play.app.screen, LogScreen) and len(log_pane(play).lines) > 30)


def top(play: Play) -> int:
    return log_pane(play).top


def log_to(play: Play, end: bool) -> None:
    log_pane(play).scroll_by(10_000 if end else -10_000)


BUSY = "sim:lab?lanes=3&devices=20&speed=1&fault=stream:broken@0s-1s/2s"

LOG = Scene(
    "log",
    "log",
    (BUSY,),
    log,
    (
        Row("log.follow", turns(lambda play: log_pane(play).follow)),
        *moving(top, log_to),
        *app_rows("log"),
    ),
    same_mode("log"),
)


# -- Problems, and the same cards in Scan


def cards(play: Play) -> Cards:
    return play.app.screen.query_one(Cards)


async def problems(play: Play) -> None:
    await plain(play, "problems")
    await play.until(lambda: isinstance(play.app.screen, ProblemsScreen) and len(cards(play)._troubles) > 1)
    cards(play)._select(0)


async def on_the_router(play: Play) -> None:
    await play.until(lambda: len(cards(play)._troubles) > 1)
    found = [n for n, one in enumerate(cards(play)._troubles) if NOBODY.host in one.radio]
    cards(play)._select(found[0])


async def all_unfolded(play: Play) -> None:
    for trouble in cards(play)._troubles:
        cards(play).unfold(trouble)
    cards(play).lay_out()


def chosen(play: Play) -> int:
    return cards(play)._at


def cards_to(play: Play, end: bool) -> None:
    cards(play)._select(100 if end else 0)


def cards_top(play: Play) -> int:
    return cards(play).top


def cards_scrolled(play: Play, end: bool) -> None:
    cards(play).scroll_by(100 if end else -100)


def _moving() -> tuple[Row, ...]:
    """Line keys go from card to card, page keys through the lines of unfolded ones."""
    by_card = moving(chosen, cards_to)
    by_page = moving(cards_top, cards_scrolled, all_unfolded)
    return (
        *(row for row in by_card if "page" not in row.command),
        *(row for row in by_page if "page" in row.command),
    )


PROBLEMS = Scene(
    "card",
    "card",
    (LAB, str(NOBODY)),
    problems,
    (*card_rows(cards, nothing, on_the_router), *_moving(), *app_rows("problems")),
    (*same_mode("problems"), ("card.leave", "the cards are the mode: there is nothing to go back to")),
)


async def in_scan(play: Play) -> None:
    await scan(play)
    await play.press("e")
    await play.until(lambda: play.app.screen.has_class("-cards") and len(cards(play)._troubles) > 1)
    cards(play)._select(0)


async def in_scan_filtered(play: Play) -> None:
    await scan(play)
    await filtered(play)
    await play.press("e")
    await play.until(lambda: play.app.screen.has_class("-cards"))


IN_SCAN = Scene(
    "card in scan",
    "card",
    (LAB, str(NOBODY)),
    in_scan,
    (
        *(row for row in card_rows(cards, nothing, on_the_router) if row.command != "card.clear"),
        Row("card.clear", becomes(lambda play: play.app.scan_filter, ""), in_scan_filtered),
        Row("card.leave", becomes(lambda play: play.app.screen.has_class("-cards"), wanted=False)),
        *_moving(),
        *app_rows("scan"),
    ),
    same_mode("scan"),
)

SCENES = (LOG, PROBLEMS, IN_SCAN)
