"""What a person confirms before a link or a bond changes hands or ends: each names what it is about."""

from __future__ import annotations

from collections.abc import Sequence

from bletui.console.spans import Line, Span, line
from bletui.model import LinkChanged
from bletui.text import visible

NAMED_MAX = 10  # links that are named one by one


def foreign_words(link: LinkChanged, lane: str) -> list[Line]:
    """`lane`: what the lane is called; so below."""
    return [
        _named(link.peer.address, lane),
        line(" was opened by another client. Ending it may break what that client does."),
    ]


def adopt_words(link: LinkChanged, lane: str) -> list[Line]:
    return [
        _named(link.peer.address, lane),
        line(" was opened by another client. Adopted, it counts as ours:"),
        line(),
        line("   d and M disconnect it without asking again,"),
        line("   and it is released when this console ends."),
        line(),
        line(" The other client is not told. Reading and writing work without adopting."),
    ]


def unpair_words(address: str, lane: str, name: str = "") -> list[Line]:
    return [
        _named(address, lane),
        *([line(" ", visible(name))] if name else []),
        line(),
        line(
            " Its keys are deleted at this radio. If the device keeps its own, it may refuse to pair again until the"
            " bond is deleted there too."
        ),
    ]


def mine_words(links: Sequence[LinkChanged]) -> list[Line]:
    more = len(links) - NAMED_MAX
    return [
        line(f" {len(links)} link{'s' * (len(links) != 1)} that this console opened:"),
        line(),
        *(line("   ", Span(visible(link.peer.address), "strong")) for link in links[:NAMED_MAX]),
        *([line(f"   and {more} more")] if more > 0 else []),
    ]


def _named(address: str, lane: str) -> Line:
    return line(" ", Span(visible(address), "strong"), f" on {visible(lane)}")
