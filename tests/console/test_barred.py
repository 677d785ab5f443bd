"""What a role may not do: marked before it is pressed, said with its reason when it is, and never asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from bletui import registry
from bletui.backend import Env
from bletui.backends.simulator.lab import address
from bletui.clock import Clock
from bletui.console.barred import ANY_RADIO, Here, bar, barred
from bletui.console.commands import BY_ID, COMMANDS, FOCUS, command_of
from bletui.console.palette import CommandProvider
from bletui.console.screens.gatt import GattScreen
from bletui.console.screens.mode import ModeScreen
from bletui.console.screens.walk import WalkScreen
from bletui.console.troubles import Trouble
from bletui.console.widgets.link_keys import LinkKeys
from bletui.console.widgets.tree_keys import TreeKeys
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Connect,
    Discover,
    Owner,
    Request,
    Role,
    ScanRequest,
)
from bletui.radio import Radio
from bletui.radio.roles import least
from bletui.session import Session
from bletui.target import Target, parse
from bletui.testing.virtual_time import in_virtual_time
from tests.console.asked_for import ASKS, TO
from tests.console.every_key.links import linked
from tests.console.every_key.rows import keys
from tests.console.real import Play, console

LAB = "sim:lab?lanes=1&speed=20"
# The seat's own calls, which `tests/radio/test_roles.py` tries with every role; `scan.*` ask for scans.
CALLS: dict[str, Role] = {
    **dict.fromkeys(("links.adopt", "app.answer"), "operator"),
    **dict.fromkeys(("links.cancel", "links.again", "links.promote", "links.pause"), "reader"),
    **dict.fromkeys(("scan.active", "scan.restart", "card.restart"), "reader"),
}


def test_each_command_needs_what_its_request_needs() -> None:
    needed = {name: least(request) for name, request in ASKS.items()} | CALLS
    assert {command.id: command.needs for command in COMMANDS if command.needs != "viewer"} == needed
    assert set(BY_ID) >= ANY_RADIO


def test_an_action_is_the_innermost_command_of_that_name() -> None:
    found = command_of(TreeKeys, "pair"), command_of(LinkKeys, "pair"), command_of(TreeKeys, "restart")
    assert [one.id for one in found if one] == ["tree.pair", "links.pair", "card.restart"]
    assert command_of(WalkScreen, "again") == BY_ID["walk.again"]
    assert command_of(TreeKeys, "read_all_of_it") is None


# -- a console whose seat may do less, beside an operator's


@asynccontextmanager
async def seated(
    role: Role, target: str = LAB, size: tuple[int, int] = (80, 24), asks: Request | None = None
) -> AsyncIterator[Play]:
    """An operator scans, holds a link with a tree that is known, and asks for something that fails."""

    async def open_radio(target: Target, env: Env) -> Radio:
        radio = await registry.open_radio(target, env)
        operator = await radio.attach(Owner("operator"), deaf=True)
        await operator.scan(ScanRequest())
        peer = await operator.connect(TO, address_type="random")
        await operator.perform(Discover(TO, peer.lane))
        if asks is not None:
            with suppress(BleError):
                await operator.perform(asks)
        return radio

    def opener(targets: Sequence[Target], clock: Clock) -> Session:
        return Session(targets, owner=Owner("me", role), clock=clock, open_radio=open_radio)

    async with console(target, size=size, opener=opener) as play:
        await play.until(lambda: linked(play, TO) and play.session.store.devices)
        yield play


async def in_tree(play: Play) -> None:
    peer = linked(play, TO)
    assert peer is not None
    play.app.gatt(play.radio.name, peer)
    await play.until(lambda: isinstance(play.app.screen, GattScreen) and play.app.screen.pane.attributes)
    one = next(one for one in play.app.screen.query_one(TreeKeys).attributes.values() if one.letters.startswith("r"))
    play.app.screen.query_one(TreeKeys).select(one.handle)


async def in_links(play: Play) -> None:
    await play.press("2")
    await play.until(lambda: play.app.screen.query_one(LinkKeys).select(linked(play, TO)))


async def in_scan(play: Play) -> None:
    await play.press("1")


PLACES = {"tree": in_tree, "links": in_links, "list": in_scan}


def notice(play: Play) -> str:
    shown = play.app.configured.notices.first(play.app.clock.monotonic())
    return shown.words if shown is not None else ""


def here(play: Play) -> ModeScreen:
    assert isinstance(play.app.screen, ModeScreen)
    return play.app.screen


@pytest.mark.parametrize("role", ["viewer", "reader"])
@pytest.mark.parametrize("focus", PLACES)
@in_virtual_time
async def test_what_is_marked_is_refused_with_reason_and_remedy_and_is_not_asked_for(focus: str, role: Role) -> None:
    async with seated(role) as play:
        await PLACES[focus](play)
        asked = set(play.radio.state.operations)
        marked = here(play).barred()
        assert {name for name in marked if name != "card.scheme"} == {
            command.id for place in FOCUS[focus] for command in COMMANDS
            if command.place == place and (command.needs == "operator" or command.needs != "viewer" == role)
        } | ({"links.disconnect"} if focus == "links" else set()), "the link is another's"  # fmt: skip
        for name, why in marked.items():
            for key in keys(focus).get(name, ()):
                play.app.configured.notices.withdraw(lambda _: True)
                await play.press(key)
                assert notice(play) == why.full
                if name != "card.scheme":
                    assert f"E0902 access.refused: {BY_ID[name].label.lower()} needs the role" in notice(play)
                    assert notice(play).endswith(". Start bletui without --read-only (or read_only = true)")
                assert here(play).focus_name == focus, "no dialogue for what will be refused"
        assert set(play.radio.state.operations) == asked


@pytest.mark.parametrize("role", ["viewer", "reader"])
@pytest.mark.parametrize("focus", PLACES)
@in_virtual_time
async def test_what_is_not_marked_is_never_refused(focus: str, role: Role) -> None:
    async with seated(role) as play:
        for name, command in keys(focus).items():
            if BY_ID[name].place == "app":
                continue
            for key in command:
                await PLACES[focus](play)
                if name in here(play).barred():
                    continue
                await play.press(key)
                assert "access.refused" not in play.everything() + notice(play), key
                while len(play.app.screen_stack) > 1:
                    await play.app.pop_screen()


@in_virtual_time
async def test_footer_help_and_palette_mark_it_without_colour() -> None:
    async with seated("viewer", size=(80, 60)) as play:
        await in_tree(play)
        play.app.paint()
        assert play.text("#footer").startswith("(enter Read)(w Write)(n Notify)(A Read all) / Find")
        provider = CommandProvider(play.app.screen)
        listed = {hit.text: hit.help async for hit in provider.discover()}
        assert listed["(Write  w)"] == "not here: needs the role operator"
        assert [hit.text async for hit in provider.search("Write command")] == ["(Write command  W)"]
        assert "Lens  v" in listed
        await play.press("question_mark")
        helped = play.text().splitlines()
        assert "(p)           Pair            not here: needs the role operator" in helped
        assert "(enter)       Read            not here: needs the role reader" in helped
        assert " v            Lens            read this type of value through a layout" in helped


@in_virtual_time
async def test_the_keys_of_a_card_are_marked_as_well_and_what_failed_may_be_put_away() -> None:
    mute = address("mute")
    async with seated("viewer", f"{LAB}&fault=connect:gatt.not-permitted[{mute}]", asks=Connect(mute)) as play:
        await play.press("2")
        pane = play.app.screen.query_one(LinkKeys)
        await play.until(lambda: any(map(pane.select, play.radio.state.operations)))
        await play.press("e")
        await play.until_said("(n ask again) [x put away] [E explain]")
        await play.press("x")
        await play.until(lambda: mute not in play.text())
        assert notice(play) == ""


@in_virtual_time
async def test_an_operator_sees_no_mark() -> None:
    async with seated("operator") as play:
        for arrive in PLACES.values():
            await arrive(play)
            assert set(here(play).barred()) <= {"card.scheme"}
            assert "(" not in play.text("#footer")


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
@in_virtual_time
async def test_the_whole_reason_fits(size: tuple[int, int]) -> None:
    async with seated("viewer", size=size) as play:
        await in_tree(play)
        await play.press("w")
        shown = " ".join(play.text("#notice").split())
        assert "this seat's is viewer" in shown
        assert "without --read-only (or read_only = true)" in shown


# -- several radios, and where a role comes from


@in_virtual_time
async def test_the_radio_under_the_cursor_counts_else_the_one_that_allows_most() -> None:
    async with seated("viewer") as play:
        play.session.owner = Owner("me", "operator")
        other = play.session.add(parse("sim:lab?lanes=1&speed=20&seed=2"))
        await play.until(lambda: play.session.radios[other].attachment)
        assert bar(BY_ID["links.connect"], Here(play.session, play.radio.name)) is None
        assert bar(BY_ID["scan.connect"], Here(play.session)) is None
        assert bar(BY_ID["links.signal"], Here(play.session, play.radio.name)) is not None
        assert bar(BY_ID["links.pair"], Here(play.session, other)) is None
        assert bar(BY_ID["links.pair"], Here(play.session, "a radio that was closed")) is None


@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ("bridge:?role=viewer", "Open the bridge without ?role= in the target"),
        ("bridge:", "The bridge gives roles by user id: have its owner list yours"),
        ("bridge://KEY@10.0.0.1", "Ask the bridge's owner for an operator's token"),
    ],
)
@in_virtual_time
async def test_the_remedy_fits_where_the_role_comes_from(target: str, remedy: str) -> None:
    async with seated("viewer") as play:
        play.session.owner = Owner("me", "operator")
        play.radio.target = parse(target)
        why = bar(BY_ID["tree.write"], Here(play.session, play.radio.name))
        assert why is not None
        assert why.full.endswith(f". {remedy}")


@pytest.mark.parametrize(
    ("target", "acts"), [("sim:lab", False), ("cassia://10.0.0.1", True), ("cassia+https://10.0.0.1", True)]
)
@in_virtual_time
async def test_the_scheme_is_for_a_failure_of_a_cassia_router(target: str, acts: bool) -> None:
    async with seated("operator") as play:
        failed = Trouble(play.radio.name, Failure(kind=ErrorKind.NET_CLOSED))
        play.radio.target = parse(target)
        assert (bar(BY_ID["card.scheme"], Here(play.session, play.radio.name, failed)) is None) == acts
        assert "card.scheme" in barred("tree", Here(play.session, play.radio.name)), "nothing failed there"
        assert "card.scheme" in barred("tree", Here(play.session, "", Trouble("closed", failed.failure)))
