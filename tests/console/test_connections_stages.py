"""The stage clock and paused lanes of Connections."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.lab import address
from bletui.console.spans import words
from bletui.console.stageclock import clock, opened_by
from bletui.model import Connect, Operation, OperationChanged, OpId, Peer
from bletui.session import Joined
from bletui.target import parse
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import LAB, THERMOMETER, connect, connections, linked, links, on
from tests.console.real import Play, console
from tests.console.stage import LANE, NOW

DEVICE = "C0:00:00:00:00:01"


def operation(**more: object) -> Operation:
    return Operation(id=OpId("me", 1), request=Connect(DEVICE), started=NOW, limit=20.0, **more)  # type: ignore[arg-type]


def said(one: Operation, now: float) -> str:
    return words(clock(one, now, " · "))


def test_a_stage_that_comes_again_adds_up_while_it_runs() -> None:
    before = (("queued", 0.4), ("connecting", 2.0), ("backoff", 1.0))
    running = operation(state="running", phase="connecting", spent=before, since=NOW + 3.4)
    assert said(running, NOW + 4.0) == "queue 0.4 s · connect 2.6 s · backoff 1.0 s  = 4.0 s"


def test_what_is_over_stands_still_and_what_just_began_says_so() -> None:
    over = operation(state="done", spent=(("connecting", 2.1),), since=NOW + 2.1)
    assert said(over, NOW + 60) == "connect 2.1 s"
    assert said(operation(state="waiting", since=NOW), NOW + 0.5) == "queue 0.5 s"
    assert said(operation(state="done"), NOW) == ""


def test_a_link_knows_the_newest_connect_that_made_it() -> None:
    peer = Peer(LANE, DEVICE)
    joined = Joined("tiny", parse("tiny:"))
    assert opened_by(joined.state, peer) is None
    joined.note([OperationChanged(NOW, operation(state="done", result=peer, attempt=2))])
    found = opened_by(joined.state, peer)
    assert found is not None
    assert found.attempt == 2


@in_virtual_time
async def test_the_stage_clock_runs_under_the_rows_and_stays_with_the_link() -> None:
    async with console("sim:lab?lanes=1") as play:
        await connections(play)
        await connect(play, address("far away"))
        await connect(play, THERMOMETER)
        waiting = await newest(play, THERMOMETER)
        await on(play, waiting)
        await play.until_said("queue 1", "#strip")
        first = next(iter(play.radio.state.operations))
        await on(play, first)
        await play.until_said("connect ", "#strip")
        await play.press("x")
        await play.until(lambda: links(play)[-1].peer.address == THERMOMETER)
        await on(play, links(play)[-1].peer)
        await play.until_said("connect 0.", "#strip")
        assert "queue " in play.text("#strip")


async def newest(play: Play, where: str) -> OpId:
    def found() -> list[OpId]:
        return [id_ for id_, one in play.radio.state.operations.items() if one.operation.request.address == where]

    await play.until(found)
    return found()[-1]


@in_virtual_time
async def test_a_paused_lane_starts_nothing_and_goes_on() -> None:
    async with console(LAB) as play:
        await connections(play)
        await on(play, "lane sim:lab/hci0")
        await play.press("space")
        await play.until_said("PAUSED")
        await play.until_said("nothing new starts", "#status")
        await connect(play, THERMOMETER)
        waiting = await newest(play, THERMOMETER)
        assert play.radio.state.operations[waiting].operation.state == "waiting"
        await on(play, waiting)
        await play.press("space")  # it waits for any lane: every lane of the radio
        await play.until(lambda: "PAUSED" not in play.text())
        await play.until(lambda: any(link.peer.address == THERMOMETER for link in links(play)))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
@in_virtual_time
async def test_the_strip_is_two_lines_at_every_width(size: tuple[int, int]) -> None:
    async with console("sim:lab?lanes=1", size=size) as play:
        await linked(play)
        await play.until_said("connect ", "#strip")
        assert len(play.text("#strip").splitlines()) == 2
        assert all(len(one) <= size[0] for one in play.text("#strip").splitlines())
