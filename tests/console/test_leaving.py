"""The console ends when its radios have: links of ours are released before the process is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bletui.backends.simulator.lab import address
from bletui.console.leaving import LeaveDialogue, ends_with_us
from bletui.model import Advertisement, LinkChanged, Peer
from bletui.session import Joined
from bletui.target import parse
from bletui.testing.virtual_time import in_virtual_time
from tests.bridge.left import left_connecting
from tests.console.linking import LAB, linked
from tests.console.pty_console import LEFT, PtyConsole
from tests.console.real import console
from tests.radio.playing import A


@pytest.mark.parametrize("key", ["q", "\x03"], ids=["q", "ctrl+c"])
def test_a_radio_that_takes_its_time_is_closed_whole(tmp_path: Path, key: str) -> None:
    mark = tmp_path / "closed"
    with PtyConsole("slow", environ={"CLOSED": str(mark)}) as console:
        console.until_text("Thermo")
        console.press(key)
        console.end()
        assert LEFT in console.output
    assert mark.read_text() == "closed"


@in_virtual_time
async def test_leaving_with_links_asks_first_and_names_them() -> None:
    async with console(LAB) as play:
        await linked(play, address("thermometer"))
        play.session.store.rename({address("thermometer"): "oven door"})
        await play.press("q")
        assert isinstance(play.app.screen, LeaveDialogue)
        assert address("thermometer") in play.text("#dialogue-says")
        assert "oven door" in play.text("#dialogue-says")
        await play.press("n")
        assert not isinstance(play.app.screen, LeaveDialogue)
        assert play.app.return_code is None
        await play.press("q", "q")
        assert play.app.return_code == 0


@in_virtual_time
async def test_leaving_without_links_asks_nothing_and_foreign_ones_are_not_ours() -> None:
    async with console(LAB) as play:
        await play.until(lambda: any(link.foreign for link in play.radio.state.links.values()))
        await play.press("q")
        assert play.app.return_code == 0


def test_what_a_bridge_keeps_does_not_end_with_us() -> None:
    kept = Joined("bridge", parse("bridge:"))
    kept.note([LinkChanged(0.0, Peer("bridge/hci0", "C0:DE:00:00:00:01"), "up", foreign=False)])
    assert ends_with_us([kept]) == ([], 0)


@pytest.mark.parametrize("code", [None, 129], ids=["q", "the terminal is closed"])
async def test_what_a_bridge_was_asked_for_goes_on_when_the_console_ends(code: int | None) -> None:
    async with left_connecting() as (backend, socket), console(f"bridge:{socket}") as play:
        backend.say(Advertisement(1.0, "a", A, "random", -50))
        await play.until(lambda: play.session.store.devices)
        await play.press("c")
        await play.until(lambda: backend.calls)
        if code is None:
            await play.press("q")
        else:
            play.app.exit(return_code=code)
        await play.until(lambda: play.app.return_code == (code or 0))
