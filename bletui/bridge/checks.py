"""What a well-shaped message may hold; what a request may, the radio itself checks."""

from __future__ import annotations

from bletui.bridge.protocol.messages import Hello
from bletui.radio.checks import TEXT_MAX
from bletui.target import invalid
from bletui.text import is_clean


def hello(message: Hello) -> None:
    if not is_clean(message.program) or len(message.program) > TEXT_MAX:
        raise invalid("the program's name is too long or not printable")
    if not 0 <= message.since < 2**63:
        raise invalid("`since` is not the number of an event")
