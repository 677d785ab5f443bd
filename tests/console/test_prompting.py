"""Questions that this console did not ask for: they take no screen, are seen all the same, and a key opens them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from bletui import registry
from bletui.backend import Env
from bletui.backends.simulator.lab import PASSKEY, address
from bletui.clock import Clock
from bletui.console.prompting import waits
from bletui.console.screens.dialogue import TextDialogue
from bletui.console.screens.scan import ScanScreen
from bletui.failure import BleError
from bletui.model import Owner, Pair, Peer, Prompt, PromptWhat
from bletui.radio import Attachment, Radio
from bletui.session import Session
from bletui.target import Target
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import bonded, ends
from tests.console.real import Play, console
from tests.console.stage import LANE, NOW

ROLE = f"passkey {PASSKEY}"
TO = address(ROLE)


@asynccontextmanager
async def pairing(*, before: bool) -> AsyncIterator[Play]:
    """Another seat at the radio pairs: `before` the console is there, else once it is."""
    async with asyncio.TaskGroup() as tasks:
        seat: list[Attachment] = []
        asked: list[asyncio.Task[None]] = []

        async def pair() -> None:
            with suppress(BleError):
                await seat[0].perform(Pair(TO))

        async def open_radio(target: Target, env: Env) -> Radio:
            radio = await registry.open_radio(target, env)
            seat.append(await radio.attach(Owner("cli"), deaf=True))
            await seat[0].connect(TO, address_type="random")
            if before:
                asked.append(tasks.create_task(pair()))
                async for batch in seat[0].events():
                    if any(isinstance(event, Prompt) for event in batch.events):
                        break
            return radio

        def opener(targets: Sequence[Target], clock: Clock) -> Session:
            return Session(targets, owner=Owner("me"), clock=clock, open_radio=open_radio)

        async with console("sim:lab?lanes=1&speed=5", opener=opener) as play:
            if not before:
                asked.append(tasks.create_task(pair()))
            await play.until(lambda: play.radio.state.prompts)
            yield play
            for task in asked:
                task.cancel()


def noticed(play: Play) -> str:
    shown = play.app.configured.notices.first(play.app.clock.monotonic())
    return "" if shown is None else shown.words


@pytest.mark.parametrize("before", [True, False])
@in_virtual_time
async def test_it_takes_no_screen_is_seen_and_answered_by_a_key(before: bool) -> None:
    async with pairing(before=before) as play:
        play.app.beat()
        await play.until(lambda: "asks for its passkey (cli pairs it): " in noticed(play))
        await play.until_said("K answers", "#notice")
        assert isinstance(play.app.screen, ScanScreen)
        await play.press("K")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue) and play.app.screen.query("Field"))
        await play.press(*PASSKEY, "enter")
        await play.until(lambda: isinstance(play.app.screen, ScanScreen) and bonded(play, ROLE))
        play.app.beat()
        assert "passkey" not in noticed(play)


@in_virtual_time
async def test_it_goes_when_it_is_over_and_put_away_it_can_still_be_answered() -> None:
    async with pairing(before=True) as play:
        await play.until(lambda: "asks for its passkey" in noticed(play))
        await play.press("backspace")
        play.app.beat()
        assert "passkey" not in noticed(play), "put away"
        await play.press("K")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue))
        await play.until(lambda: isinstance(play.app.screen, ScanScreen))
        assert ends(play) == ["expired"]
        await play.press("K")
        assert noticed(play) == "no pairing question waits for an answer"


@in_virtual_time
async def test_a_notice_that_nobody_answers_goes_by_itself() -> None:
    async with pairing(before=True) as play:
        await play.until(lambda: "asks for its passkey" in noticed(play))
        await play.until(lambda: ends(play) == ["expired"])
        play.app.beat()
        assert "passkey" not in noticed(play)
        assert isinstance(play.app.screen, ScanScreen)


@pytest.mark.parametrize("what", ["enter-passkey", "show-passkey", "compare", "confirm", "oob-legacy", "oob-sc"])
def test_every_question_has_words_for_a_notice(what: PromptWhat) -> None:
    prompt = Prompt(NOW, 1, Peer(LANE, "C0:00:00:00:00:01"), what, NOW + 30, None, "1")
    told = waits(prompt, NOW + 5, "a\x1b[2Jlock", "cli\x07")
    assert told.startswith("a\\x1b[2Jlock C0:00:00:00:00:01 ")
    assert told.endswith(" (cli\\x07 pairs it): 25 s left, K answers")
