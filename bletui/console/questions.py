"""What a person confirms before a link or a bond changes hands or ends: each names what it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bletui.console.spans import Line, Span, line
from bletui.model import LinkChanged
from bletui.text import visible

NAMED_MAX = 10  # links that are named one by one


def others_words(link: LinkChanged, me: str, lane: str, name: str) -> list[Line]:
    """`lane` and `name`: what lane and device are called; so below."""
    return [
        _named(link.peer.address, lane, name),
        line(
            " was opened by another client. Ending it may break what that client does."
            if link.foreign
            else f" is held by {visible(', '.join(link.others(me)))}. They are told that you took it."
        ),
    ]


def adopt_words(link: LinkChanged, lane: str, name: str) -> list[Line]:
    return [
        _named(link.peer.address, lane, name),
        line(" was opened by another client. Adopted, it counts as ours:"),
        line(),
        line("   d and M disconnect it without asking again,"),
        line("   and it is released when this console ends."),
        line(),
        line(" The other client is not told. Reading and writing work without adopting."),
    ]


def unpair_words(address: str, lane: str, name: str) -> list[Line]:
    return [
        _named(address, lane, name),
        line(),
        line(
            " Its keys are deleted at this radio. If the device keeps its own, it may refuse to pair again until the"
            " bond is deleted there too."
        ),
    ]


def mine_words(links: Sequence[LinkChanged], called: Callable[[str], str | None]) -> list[Line]:
    more = len(links) - NAMED_MAX
    return [
        line(f" {len(links)} link{'s' * (len(links) != 1)} that this console opened:"),
        line(),
        *(line("  ", *_who(link.peer.address, called(link.peer.address))) for link in links[:NAMED_MAX]),
        *([line(f"   and {more} more")] if more > 0 else []),
    ]


def _named(address: str, lane: str, name: str) -> Line:
    return line(*_who(address, name), f" on {visible(lane)}")


def _who(address: str, name: str | None) -> Line:
    return line(" ", Span(visible(address), "strong"), f"  {visible(name)} " if name else "")
