"""The keys of GATT, and those of the cards at its nodes."""

from __future__ import annotations

from bletui.backends.simulator.lab import address
from bletui.console.screens.dialogue import Field
from bletui.console.screens.gatt import GattScreen
from bletui.console.widgets.alert_keys import AlertKeys
from bletui.console.widgets.filter_input import FilterInput
from bletui.console.widgets.tree_filter import TreeFilter
from bletui.console.widgets.tree_keys import TreeKeys
from bletui.decode.attributes import uuid_text
from bletui.model import Connect, Discover, Pair, Read, ReadRssi
from tests.console.every_key.cards import card_rows
from tests.console.every_key.everywhere import app_rows, moving, nothing_said, notice, same_mode, text_rows, title
from tests.console.every_key.links import asked, connections, linked, state
from tests.console.every_key.links import pane as links_pane
from tests.console.every_key.rows import Effect, Row, Scene, Step, becomes, compares, has_class, plain, screen_is, turns
from tests.console.real import Play

SITE = "sim:lab?lanes=1&devices=20&speed=1"
NAME, REFUSED, FOUR, INDICATES = "2a00", "000000000023", "000000000025", "000000000028"
VAULT, OTHER = address("vault"), address("counter")


def pane(play: Play) -> TreeKeys:
    return play.app.screen.query_one(TreeKeys)


async def connected(play: Play) -> None:
    """The vault and another device."""
    if linked(play, VAULT) and linked(play, OTHER):
        return
    await connections(play)
    for one in (VAULT, OTHER):
        links_pane(play).connect(Connect(one))
    await play.until(lambda: linked(play, VAULT) and linked(play, OTHER))


async def tree(play: Play) -> None:
    await connected(play)
    await plain(play, "gatt")
    screen = play.app.screen
    assert isinstance(screen, GattScreen)
    peer = linked(play, VAULT)
    if pane(play).peer != peer:
        assert peer is not None
        screen.open(play.radio.name, peer)
    screen.remove_class("-filtering")
    screen.set_focus(pane(play))
    pane(play).filter = screen.query_one(TreeFilter).text = ""
    await play.until(lambda: pane(play).attributes and pane(play).count == len(pane(play).attributes))


def named(play: Play, uuid: str) -> int:
    return next(one.handle for one in pane(play).attributes.values() if uuid_text(one.uuid).endswith(uuid))


def on(uuid: str) -> Step:
    async def goes(play: Play) -> None:
        handle = named(play, uuid)
        await play.until(lambda: pane(play).select(handle))

    return goes


def on_read(uuid: str) -> Step:
    """The cursor on an attribute whose value is known."""

    async def goes(play: Play) -> None:
        await on(uuid)(play)
        handle = named(play, uuid)
        if pane(play).known(handle).value is None:
            pane(play).action_read()
            await play.until(lambda: pane(play).known(handle).value is not None)

    return goes


async def on_a_failure(play: Play) -> None:
    await on(REFUSED)(play)
    handle = named(play, REFUSED)
    if pane(play).known(handle).failure is None:
        pane(play).action_read()
        await play.until(lambda: pane(play).known(handle).failure is not None)
    pane(play).lay_out()
    await play.until(lambda: pane(play).chosen)


async def no_router(play: Play) -> None:
    """A failure that no other scheme could mend; `test_barred` has one at a router's node."""
    await on_a_failure(play)
    await nothing_said(play)


async def reading(play: Play) -> None:
    pane(play).action_all()
    await play.until(lambda: pane(play).progress)


def reads(play: Play) -> int:
    return len(asked(play, Read))


def at(play: Play) -> int:
    return pane(play)._at


def to(play: Play, end: bool) -> None:
    pane(play).move(1000 if end else -1000)


def subscribed(play: Play) -> int:
    return len(state(play).subscriptions)


def begins(words: str) -> Effect:
    """A dialogue of such a title."""
    return becomes(lambda play: title(play).startswith(words))


async def idle(play: Play) -> None:
    await play.until(lambda: pane(play).progress is None)


TREE = Scene(
    "tree",
    "tree",
    (SITE,),
    tree,
    (
        Row("tree.read", compares(reads, 1), on(NAME)),
        Row("tree.write", begins("Write"), on_read(NAME)),
        Row("tree.command", begins("Write"), on_read(NAME)),
        Row("tree.deliver", turns(subscribed), on(INDICATES)),
        Row("tree.indicate", turns(subscribed), on(INDICATES)),
        Row("tree.all", compares(reads, 1), idle),
        Row("tree.stop", becomes(lambda play: pane(play).progress, None), reading),
        Row("tree.fresh", compares(lambda play: len(asked(play, Discover)), 1)),
        Row("tree.filter", becomes(has_class("-filtering"))),
        Row("tree.next", turns(lambda play: pane(play).peer)),
        Row("tree.previous", turns(lambda play: pane(play).peer)),
        Row("tree.lens", begins("Lens"), on_read(FOUR)),
        Row("tree.pick", compares(lambda play: pane(play).known(named(play, FOUR)).picked, 1), on_read(FOUR)),
        Row("tree.alert", begins("Alert"), on_read(FOUR)),
        Row("tree.copy", becomes(title, "Copy"), on_read(FOUR)),
        Row("tree.signal", compares(lambda play: len(asked(play, ReadRssi)), 1)),
        Row("tree.phy", begins("PHY")),
        Row("tree.pair", compares(lambda play: len(asked(play, Pair)), 1)),
        *moving(at, to),
        *(row for row in card_rows(pane, on_a_failure, None) if row.command != "card.pair"),
        Row("card.scheme", becomes(lambda play: "Cassia router" in notice(play)), no_router),
        *app_rows("gatt"),
    ),
    same_mode("gatt"),
)


# -- the alerts on its values


async def watching(play: Play) -> None:
    """Three of them."""
    await tree(play)
    watched = {place.handle for place, _, _ in play.app.values.alerts.watched()}
    for uuid in (NAME, FOUR, INDICATES):
        if named(play, uuid) in watched:
            continue
        await on_read(uuid)(play)
        await play.press("b")
        await play.until(lambda: title(play).startswith("Alert") and isinstance(play.app.focused, Field))
        await play.press(*"change", "enter")
        await play.until(lambda: play.app.screen.query(TreeKeys))
    await play.press("exclamation_mark")
    await play.until(lambda: play.app.screen.query(AlertKeys) and len(alerts(play)._rows) == 3)


def alerts(play: Play) -> AlertKeys:
    return play.app.screen.query_one(AlertKeys)


def alert_at(play: Play) -> int:
    return alerts(play)._at


def alert_to(play: Play, end: bool) -> None:
    alerts(play).move(100 if end else -100)


ALERTS = Scene(
    "alerts",
    "alerts",
    (SITE,),
    watching,
    (
        Row("alerts.open", screen_is(GattScreen)),
        Row("alerts.leave", screen_is(GattScreen)),
        Row("alerts.remove", compares(lambda play: len(list(play.app.values.alerts.watched())), -1)),
        *moving(alert_at, alert_to),
        *(row for row in app_rows("gatt") if row.command != "app.alerts"),
    ),
    (*same_mode("gatt"), ("app.alerts", "they are in sight")),
)


# -- its filter


async def filtering(play: Play) -> None:
    await tree(play)
    await play.press("slash")
    await play.until(lambda: isinstance(play.app.focused, FilterInput))
    await play.press(*"battery")


FILTER = Scene(
    "filter of the tree",
    "filter",
    (SITE,),
    filtering,
    (
        Row("filter.accept", becomes(lambda play: (pane(play).filter, play.app.screen.has_class("-filtering")),
                                     wanted=("battery", False))),
        Row("filter.leave", becomes(lambda play: (pane(play).filter, play.app.screen.has_class("-filtering")),
                                    wanted=("", False))),
        *text_rows("gatt"),
    ),
)  # fmt: skip


SCENES = (TREE, ALERTS, FILTER)
