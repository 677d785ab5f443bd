"""A person's own names for devices and attributes, wherever either is named: heard or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.command import CommandList

from bletui.config.file import Config
from bletui.console.asking import connect_requests, with_addresses
from bletui.console.cards import unfolded
from bletui.console.glyphs import UNICODE
from bletui.console.prompting import said
from bletui.console.questions import adopt_words, mine_words, others_words, unpair_words
from bletui.console.screens.scan import ScanScreen
from bletui.console.settings import Settings
from bletui.console.spans import words
from bletui.console.widgets.link_keys import LinkKeys
from bletui.decode import names
from bletui.failure import ErrorKind, Failure
from bletui.model import Characteristic, GattTree, LinkChanged, Peer, Prompt, Properties, Service, TreeChanged
from bletui.testing.virtual_time import in_virtual_time
from tests.console.stage import LANE, NOW, stage

DOOR, LAMP = "C0:00:00:00:00:09", "C0:00:00:00:00:08"
OWN = {DOOR: "Door 4", LAMP: "Lamp"}
PEER = Peer(LANE, DOOR)
LINK = LinkChanged(NOW, PEER, "up")
LOCK = "f000aa00-0451-4000-b000-000000000000"
TREE = GattTree(PEER, (Service(LOCK, 1, (Characteristic(LOCK, 3, Properties.READ),)),))


@pytest.fixture(autouse=True)
def own_uuids() -> Iterator[None]:
    names.adopt({LOCK: "Lock state"})
    yield
    names.adopt({})


@in_virtual_time
async def test_modes_call_a_device_so_though_it_was_never_heard() -> None:
    async with stage(settings=Settings(config=Config(addresses=OWN)), size=(100, 30)) as at:
        await at.say(LINK, LinkChanged(NOW, Peer(LANE, LAMP), "up"), TreeChanged(NOW, TREE))
        await at.press("2")
        await at.beat()
        rows = at.text("#body").splitlines()
        assert any(DOOR in row and row.endswith("Door 4") for row in rows)
        assert any(LAMP in row and row.endswith("Lamp") for row in rows)
        pane = at.app.screen.query_one(LinkKeys)
        while pane.row is None or pane.row.key != PEER:
            await at.press("down")
        await at.press("enter")
        await at.beat()
        assert f"Door 4  {DOOR}" in at.text("#status")
        assert "[Door 4 (foreign)]" in at.text("#tabs")
        assert "Lock state" in at.text("#body")
        await at.press("4")
        await at.beat()
        assert f"link Door 4 {DOOR} on hci0 up" in at.text("LogPane")


def test_dialogues_and_cards_call_it_so() -> None:
    for told in (others_words(LINK, "me", "hci0", "Door 4"), adopt_words(LINK, "hci0", "Door 4")):
        assert words(told[0]) == f" {DOOR}  Door 4  on hci0"
    assert words(unpair_words(DOOR, "hci0", "Door 4")[0]) == f" {DOOR}  Door 4  on hci0"
    assert f"{DOOR}  Door 4" in "\n".join(map(words, mine_words([LINK], OWN.get)))
    prompt = Prompt(NOW, 1, PEER, "confirm", expires=NOW + 30)
    assert words(said(prompt, NOW, "hci0", "Door 4")[0]) == f" Door 4  {DOOR} on hci0"
    failure = Failure(kind=ErrorKind.LINK_NOT_SEEN, operation="connect", address=DOOR)
    card = "\n".join(map(words, unfolded(failure, 80, UNICODE, selected=True, called="Door 4")))
    assert f"connect Door 4 {DOOR}" in card


@pytest.mark.parametrize(
    ("typed", "addresses"),
    [
        ("door 4", [DOOR]),
        ("Lamp DOOR 4 random", [LAMP, DOOR]),
        (f"lamp {DOOR}", [LAMP, DOOR]),
    ],
)
def test_what_a_person_calls_it_can_be_typed(typed: str, addresses: list[str]) -> None:
    requests = connect_requests(with_addresses(typed, OWN), [LANE])
    assert [request.address for request in requests] == addresses


def test_a_word_that_only_begins_like_a_name_is_none() -> None:
    assert with_addresses("lamps Door 42", OWN) == "lamps Door 42"
    assert with_addresses("lamp", {}) == "lamp"


@in_virtual_time
async def test_the_palette_finds_what_a_person_named_before_it_is_heard() -> None:
    async with stage(settings=Settings(config=Config(addresses=OWN))) as at:
        await at.press("ctrl+p", *"door 4")
        hits = at.app.screen.query_one(CommandList)
        await at.until(lambda: hits.option_count == 1 and hits.highlighted is not None)
        assert "not heard in this session" in str(hits.get_option_at_index(0).prompt)
        await at.press("enter")
        await at.until(lambda: isinstance(at.app.screen, ScanScreen))
        await at.until(lambda: "Door 4 was not heard" in at.text("#status"))
