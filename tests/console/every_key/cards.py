"""The keys of a failure's card, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bletui.backends.simulator.lab import address
from bletui.console.screens.doctor import DoctorScreen
from bletui.console.screens.explanation import ExplanationScreen
from bletui.console.screens.mode import ModeScreen
from bletui.console.screens.problems import ProblemsScreen
from bletui.console.widgets.card_list import Cards
from bletui.console.widgets.failures import FailureLines
from bletui.console.widgets.link_keys import LinkKeys
from bletui.model import Connect, Operation
from tests.console.every_key.everywhere import NOBODY, app_rows, moving, same_mode, title
from tests.console.every_key.rows import Row, Scene, Step, becomes, compares, mode_is, nothing, plain, screen_is, turns
from tests.console.every_key.scan import LAB, connects, filtered, openings, scan, settled
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

    async def nothing_noted(play: Play) -> None:
        await on_a_failure(play)
        assert isinstance(play.app.screen, ModeScreen)
        play.app.screen.say("")

    rows = [
        Row("card.unfold", turns(unfolded(pane)), on_a_failure),
        Row("card.restart", compares(openings, 1), settled_on_a_failure),
        Row("card.explain", screen_is(ExplanationScreen), on_a_failure),
        Row("card.doctor", screen_is(DoctorScreen), on_a_failure),
        Row("card.log", mode_is("log"), on_a_failure),
        Row("card.clear", becomes(lambda play: play.app.scan_filter, ""), with_filter),
        Row("card.reopen", turns(radios), on_a_failure),
        Row("card.pair", becomes(lambda play: NOBODYS in play.everything()), nothing_noted),
        Row(
            "card.unpair", becomes(lambda play: title(play) == "Unpair" or NOBODYS in play.everything()), nothing_noted
        ),
    ]
    if on_the_router is not None:
        rows.append(Row("card.scheme", turns(schemes), on_the_router))
    return tuple(rows)


NOBODYS = "no device has failed"  # where the failure is a radio's


def radios(play: Play) -> object:
    return {name: id(joined) for name, joined in play.session.radios.items()}


# -- Problems, and the same cards in Scan


def cards(play: Play) -> Cards:
    return play.app.screen.query_one(Cards)


IN_VAIN = tuple(address(role) for role in ("resets", "every third"))
FAILING = LAB + "".join(f",connect:gatt.not-permitted[{one}]" for one in IN_VAIN)


def connected_in_vain(play: Play) -> list[Operation]:
    every = [one.operation for joined in play.session.radios.values() for one in joined.state.operations.values()]
    return [one for one in every if isinstance(one.request, Connect) and one.request.address in IN_VAIN]


async def problems(play: Play) -> None:
    if len([one for one in connected_in_vain(play) if one.state == "failed"]) < len(IN_VAIN):
        await plain(play, "connections")
        for one in set(IN_VAIN) - {done.request.address for done in connected_in_vain(play)}:
            play.app.screen.query_one(LinkKeys).connect(Connect(one))
        await play.until(lambda: sum(one.state == "failed" for one in connected_in_vain(play)) >= len(IN_VAIN))
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


def selected(play: Play) -> object:
    """Which failure, wherever it stands: they come and go."""
    trouble = cards(play).chosen
    return trouble.same if trouble is not None else None


def _moving() -> tuple[Row, ...]:
    """Line keys go from card to card, page keys through the lines of unfolded ones."""
    by_card = moving(chosen, cards_to)
    by_page = moving(cards_top, cards_scrolled, all_unfolded)
    return (
        *(replace(row, effect=turns(selected)) for row in by_card if "page" not in row.command),
        *(row for row in by_page if "page" in row.command),
    )


async def on_a_connect(play: Play) -> None:
    """The card of a connect that failed."""
    await play.until(lambda: any(one.group for one in cards(play)._troubles))
    cards(play)._select(next(n for n, one in enumerate(cards(play)._troubles) if one.group))
    await no_clipboard(play)


async def no_clipboard(play: Play) -> None:
    play.app._clipboard = ""


def groups(play: Play) -> int:
    return sum(one.group is not None for one in cards(play)._troubles)


PROBLEMS = Scene(
    "problems",
    "problems",
    (FAILING, str(NOBODY)),
    problems,
    (
        Row("problems.again", compares(connects, 1), on_a_connect),
        Row("problems.go", turns(lambda play: play.app.current_mode), on_a_connect),
        Row("problems.copy", becomes(lambda play: play.app.clipboard.startswith("E")), on_a_connect),
        *card_rows(cards, nothing, on_the_router),
        *_moving(),
        Row("problems.dismiss", compares(groups, -1), on_a_connect),
        *app_rows("problems"),
    ),
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

SCENES = (PROBLEMS, IN_SCAN)
