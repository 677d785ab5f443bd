"""What can be done about a row, and who may."""

from __future__ import annotations

import pytest

from bletui.console.links import Row
from bletui.console.row_offers import needs, offers
from bletui.failure import ErrorKind, Failure
from bletui.log.failing import LINK, Group, What
from bletui.model import Connect, LinkChanged, Operation, OpId, OpState, Peer

HERE = Peer("a", "C0:00:00:00:00:01")


def queued(state: OpState) -> Row:
    made = Operation(id=OpId("me", 1), request=Connect(HERE.address), state=state, started=1.0, limit=20.0)
    return Row("a", (), operation=made)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("failed", ["ask again", "put away"]),
        ("retrying", ["retry now", "cancel"]),
        ("running", ["cancel"]),
        ("waiting", ["cancel"]),
    ],
)
def test_what_can_be_done_depends_on_how_far_it_is(state: OpState, words: list[str]) -> None:
    assert [words for _, words in offers(queued(state))] == words
    assert needs(queued(state), "me") == ({"links.cancel": "viewer"} if state == "failed" else {})


def test_nothing_is_offered_at_a_lane_or_a_link() -> None:
    assert offers(Row("a", (), lane="a")) == offers(Row("a", (), link=LinkChanged(1.0, HERE, "up"))) == ()


@pytest.mark.parametrize(
    ("link", "needed"),
    [
        (LinkChanged(1.0, HERE, "up", holders=("me",)), {}),
        (LinkChanged(1.0, HERE, "up", holders=("me", "you")), {"links.disconnect": "operator"}),
        (LinkChanged(1.0, HERE, "up", foreign=True), {"links.disconnect": "operator"}),
    ],
)
def test_a_link_of_others_is_an_operators_to_end(link: LinkChanged, needed: dict[str, str]) -> None:
    assert needs(Row("a", (), link=link), "me") == needed


def test_a_lost_link_is_connected_again_or_put_away() -> None:
    failure = Failure(kind=ErrorKind.LINK_LOST)
    lost = Group(What("a", LINK, HERE.address, failure.kind), failure, 1, 1.0, 1.0, frozenset((None,)))
    row = Row("a", (), lost=lost, failure=failure)
    assert [words for _, words in offers(row)] == ["connect again", "put away"]
    assert needs(row, "me") == {"links.cancel": "viewer"}
