"""Pairing's questions over the simulator's lab, answered on a running console."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.lab import PASSKEY, address
from bletui.console.prompting import oob, passkey, said
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.dialogue import Dialogue, NoticeDialogue, TextDialogue, YesNoDialogue
from bletui.console.spans import width, words
from bletui.failure import BleError
from bletui.model import Lane, LinkChanged, Peer, Prompt, PromptWhat
from bletui.radio import QueuedRadio
from bletui.testing.virtual_time import in_virtual_time
from tests.bridge.running import bridge
from tests.console.linking import bonded, ends, linked
from tests.console.real import Play, console
from tests.console.stage import LANE, NOW
from tests.radio.playing import A
from tests.radio.scripted import ScriptedBackend

LAB = "sim:lab?lanes=1&speed=1"


async def asked(play: Play, role: str, kind: type[Dialogue]) -> None:
    await linked(play, address(role))
    await play.press("p")
    await play.until(lambda: isinstance(play.app.screen, kind))
    await play.until_said(address(role), "#dialogue-says")
    await play.until_said("s left", "#dialogue-says")


@in_virtual_time
async def test_a_passkey_is_typed() -> None:
    role = f"passkey {PASSKEY}"
    async with console(LAB) as play:
        await asked(play, role, TextDialogue)
        await play.press(*"12345", "enter")
        await play.until_said("six digits", "#dialogue-check")
        await play.press("ctrl+u", *PASSKEY, "enter")
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        await play.until(lambda: bonded(play, role))
        await play.until_said("bonded")


@in_virtual_time
async def test_a_passkey_is_shown_until_it_was_typed_there() -> None:
    async with console("sim:lab?lanes=1&speed=5") as play:
        await asked(play, "types a passkey", NoticeDialogue)
        await play.until_said("at the device", "#dialogue-says")
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        await play.until(lambda: bonded(play, "types a passkey"))


@pytest.mark.parametrize(("key", "agreed"), [("y", True), ("n", False), ("escape", False)])
@in_virtual_time
async def test_numbers_are_compared(key: str, agreed: bool) -> None:
    async with console(LAB) as play:
        await asked(play, "compares", YesNoDialogue)
        await play.until_said("Does the device show", "#dialogue-says")
        await play.press(key)
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        await play.until(lambda: ends(play))
        if agreed:
            await play.until(lambda: bonded(play, "compares"))
        else:
            await play.until_said("E0503 security.pairing-failed")


@in_virtual_time
async def test_an_expired_question_goes_away_and_the_failure_stands() -> None:
    async with console("sim:lab?lanes=1&speed=20") as play:
        await asked(play, f"passkey {PASSKEY}", TextDialogue)
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        assert ends(play) == ["expired"]
        await play.until_said("pair       failed")


@pytest.mark.parametrize("what", ["enter-passkey", "show-passkey", "compare", "confirm", "oob-legacy", "oob-sc"])
def test_every_question_has_words_that_fit(what: PromptWhat) -> None:
    prompt = Prompt(NOW, 1, Peer(LANE, "C0:00:00:00:00:01"), what, NOW + 30, None, "12\x1b]0;3456")
    lines = said(prompt, NOW + 25)
    assert all(width(one) <= 74 for one in lines)
    assert " 5 s left" in [words(one) for one in lines]
    assert all(words(one).isprintable() for one in lines)


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_what_is_no_passkey(text: str) -> None:
    with pytest.raises(BleError, match="six digits"):
        passkey(text)


def test_out_of_band_data_is_16_or_32_bytes() -> None:
    assert oob("00" * 16) == "answers 16 bytes"
    assert oob("AB" * 32) == "answers 32 bytes"
    with pytest.raises(BleError, match="hex digits"):
        oob("00" * 15)


@pytest.mark.parametrize(("role", "is_asked"), [("viewer", False), ("reader", False), ("operator", True)])
async def test_only_who_may_answer_is_asked(role: str, is_asked: bool) -> None:
    backend = ScriptedBackend(Lane("a", name="hci0"))
    radio = QueuedRadio(backend, "a")
    await radio.open()
    async with bridge(radio) as (made, socket), console(f"bridge:{socket}?role={role}") as play:
        play.app.beat()  # what comes from now on did not wait already
        backend.say(LinkChanged(1.0, Peer("a", A), "up"))
        backend.say(Prompt(2.0, 7, Peer("a", A), "enter-passkey", made.wall() + 30))
        await play.until(lambda: any(isinstance(entry.event, Prompt) for entry in play.session.log))
        for _ in range(3):
            play.app.beat()
            await play.pilot.pause()
        assert isinstance(play.app.screen, TextDialogue) is is_asked
    await radio.aclose()
