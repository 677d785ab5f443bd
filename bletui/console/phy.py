"""The PHY of a link: what a person asks for, what can't be had, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bletui.connections import verb
from bletui.console.spans import Line, Span, line
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Lane, LinkChanged, Peer, Phy, SetPhy
from bletui.text import bounded, visible

PHYS = ("1M", "2M", "CODED")  # Core, Vol 6 Part B, 1.1: LE 1M, LE 2M, LE Coded


class Wish(NamedTuple):
    """Any of these for each direction; none: as it is."""

    tx: tuple[str, ...]
    rx: tuple[str, ...]

    def of(self, peer: Peer) -> SetPhy:
        return SetPhy(peer.address, peer.lane, tx=self.tx, rx=self.rx)


def parse(text: str) -> Wish:
    """`2M`, `2M,1M` (either of them), `tx=2M rx=CODED`; without a direction both. `request.invalid`: what is wrong."""
    found: dict[str, tuple[str, ...]] = {}
    for word in text.split():
        direction, _, named = word.rpartition("=")
        if direction.lower() not in ("", "tx", "rx"):
            raise _invalid(f"{word!r}: the directions are tx and rx")
        wanted = tuple(dict.fromkeys(named.upper().split(",")))
        if not set(wanted) <= set(PHYS):
            raise _invalid(f"{word!r}: a PHY is 1M, 2M or CODED; several go with commas")
        for one in (direction.lower(),) if direction else ("tx", "rx"):
            if one in found:
                raise _invalid(f"{word!r}: {one} is given twice")
            found[one] = wanted
    if not found:
        raise _invalid("1M, 2M or CODED; tx=2M rx=1M for each direction")
    return Wish(found.get("tx", ()), found.get("rx", ()))


def refusal(lane: Lane | None) -> str:
    """Why the lane can't do it, in its own words; "": it can, or nobody knows."""
    return visible(lane.cannot.get(verb(SetPhy("", None)), "")) if lane is not None else ""


def phy_words(link: LinkChanged) -> Sequence[Line]:
    now = f"{link.phy[0]} to the device, {link.phy[1]} from it" if link.phy else "not told by this radio"
    return [
        line(Span(" now  ", "dim"), Span(visible(now), "strong")),
        line(Span(" 2M   1M,CODED   tx=2M rx=1M", "dim")),
        line(" Both sides have to be able to: the device may keep another one."),
        line(),
    ]


def phy_check(text: str) -> str:
    """What enter would do. `request.invalid`: the text means nothing."""
    wish = parse(text)
    told = [f"{' or '.join(phys)} {way}" for phys, way in ((wish.tx, "to the device"), (wish.rx, "from it")) if phys]
    return f"asks for {', '.join(told)}"


def came(wish: Wish, got: Phy) -> str:
    """What the link uses now, and that it is not what was asked for where it is not."""
    kept = (wish.tx and got.tx not in wish.tx) or (wish.rx and got.rx not in wish.rx)
    return visible(f"PHY {got.tx}/{got.rx}") + ("; not as asked: one side can't or does not want to" if kept else "")


def _invalid(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="set_phy", detail=bounded(visible(detail), 300)))
