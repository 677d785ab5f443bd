"""A card on the screen: nothing of it is cut, whatever failed and however narrow the screen is."""

from __future__ import annotations

import pytest

from bletui.console.cards import COMMANDS, unfolded
from bletui.console.glyphs import UNICODE
from bletui.console.spans import width, words
from bletui.failure import ErrorKind, Failure


@pytest.mark.parametrize("kind", ErrorKind)
@pytest.mark.parametrize("size", [56, 60, 80])
@pytest.mark.parametrize("source", ["cassia", "bluez", "bletui"])
def test_every_line_of_a_card_fits(kind: ErrorKind, size: int, source: str) -> None:
    failure = Failure(kind=kind, source=source, address="C0:DE:1A:B0:00:0A", lane="sim:lab/CC:1B:E0:00:00:01/0")
    for barred in ((), tuple(COMMANDS.values())):
        shown = unfolded(failure, size, UNICODE, selected=True, barred=barred)
        assert [words(one) for one in shown if width(one) > size] == []
