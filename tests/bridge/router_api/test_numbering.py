from __future__ import annotations

import pytest

from bletui.bridge.router_api.numbering import Numbering
from bletui.model import LinkChanged, Notification, Peer
from tests.bridge.router_api.client import stream
from tests.bridge.router_api.site import site

A, B = Peer("r/0", "EB:2E:AF:D8:49:DC"), Peer("r/0", "EB:2E:AF:D8:49:DD")
TOLD = [Notification(1.0, A, 3, b"a"), Notification(1.0, B, 3, b"b"), Notification(1.0, A, 3, b"c")]


@pytest.mark.parametrize(("sequence", "numbers"), [(0, [None] * 3), (1, [1, 2, 3]), (2, [1, 1, 2])])
def test_what_is_counted(sequence: int, numbers: list[int | None]) -> None:
    numbering = Numbering(sequence)
    assert [numbering.next(told) for told in TOLD] == numbers


def test_a_radio_that_counts_is_believed_and_a_new_link_counts_anew() -> None:
    numbering = Numbering(2)
    assert numbering.next(Notification(1.0, A, 3, b"a", seq=41)) == 41
    assert [numbering.next(told) for told in TOLD] == [1, 1, 2]
    numbering.notice(LinkChanged(2.0, A, "down"))
    assert [numbering.next(told) for told in TOLD] == [1, 2, 2]


async def test_a_client_that_asks_for_numbers_gets_them_of_any_radio() -> None:
    async with site() as it, stream(it.port, "/gatt/nodes?sequence=2") as client:
        it.backend.say(LinkChanged(1.0, A, "up"), LinkChanged(1.0, B, "up"), *TOLD)
        assert [event["seqNum"] for event in await client.events(3)] == [1, 1, 2]
