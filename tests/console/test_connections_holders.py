"""Links that others at the same radio hold: said in the row, and taken only after a confirmation."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.lab import address
from bletui.console.glyphs import UNICODE
from bletui.console.links import Row, held_words
from bletui.console.linkstrip import strip
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.dialogue import YesNoDialogue
from bletui.console.spans import words
from bletui.model import LinkChanged, Owner, Peer, Snapshot
from bletui.radio.attachment import LocalAttachment
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import LAB, connections, links, on
from tests.console.real import console

HERE = Peer("a", "A4:C1:38:0B:7F:2A")


def held(*holders: str) -> LinkChanged:
    return LinkChanged(1.0, HERE, "up", foreign=False, holders=holders)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (held(), ""),
        (held("me"), ""),
        (held("cli"), "held by cli"),
        (held("me", "cli"), "held with cli"),
        (held("a", "b", "c"), "held by a and 2 more"),
        (held("\x1b[2J"), "held by \\x1b[2J"),
    ],
)
def test_a_row_says_who_else_holds_it(link: LinkChanged, said: str) -> None:
    assert held_words(link, "me") == said


def test_the_strip_names_everybody() -> None:
    link = held("me", "b", "c")
    title = words(strip(Row("radio", (), HERE, link=link), Snapshot(links={HERE: link}), 9.0, 80, UNICODE)[0])
    assert "held by me, b, c" in title


@in_virtual_time
async def test_a_link_that_another_console_holds_is_taken_only_after_a_confirmation_that_names_it() -> None:
    async with console(LAB) as play:
        await connections(play)
        (joined,) = play.session.radios.values()
        assert isinstance(joined.attachment, LocalAttachment)
        other = await joined.attachment._radio.attach(Owner("session-2"))
        peer = await other.connect(address("thermometer"))
        await play.until_said("held by session-2")
        await on(play, peer)
        await play.press("M")
        await play.until_said("no link is ours", "#status")
        for answer, kept in (("n", True), ("y", False)):
            await play.press("d")
            await play.until(lambda: isinstance(play.app.screen, YesNoDialogue))
            await play.until_said("is held by session-2. They are told that you took it.", "#dialogue-says")
            await play.press(answer)
            await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
            await play.until(lambda wanted=kept: any(link.peer == peer for link in links(play)) is wanted)  # type: ignore[misc]
        await other.detach(keep=False)
        told = [event async for batch in other.events() for event in batch.events if isinstance(event, LinkChanged)]
        (down,) = [link for link in told if link.peer == peer and link.state == "down"]
        assert down.reason is not None
        assert down.reason.detail == "session took it"
