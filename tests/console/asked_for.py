"""The request that each command of the console makes."""

from __future__ import annotations

from bletui.backends.simulator.lab import address
from bletui.model import (
    Connect,
    Disconnect,
    Discover,
    ListBonds,
    Pair,
    Read,
    ReadRssi,
    Request,
    SetPhy,
    Subscribe,
    Unpair,
    Write,
)

TO = address("thermometer")
ASKS: dict[str, Request] = {
    "scan.connect": Connect(TO),
    "links.connect": Connect(TO),
    "links.disconnect": Disconnect(TO),
    "links.mine": Disconnect(TO),
    "links.pair": Pair(TO),
    "links.signal": ReadRssi(TO),
    "links.phy": SetPhy(TO, tx=("2M",)),
    "links.bonds": ListBonds(),
    "links.unpair": Unpair(TO, "a"),
    "card.pair": Pair(TO),
    "card.unpair": Unpair(TO, "a"),
    "tree.read": Read(TO, handle=3),
    "tree.all": Read(TO, handle=3),
    "tree.write": Write(TO, handle=3, value=b""),
    "tree.command": Write(TO, handle=3, value=b"", response=False),
    "tree.deliver": Subscribe(TO, handle=3, mode="notify"),
    "tree.indicate": Subscribe(TO, handle=3, mode="indicate"),
    "tree.fresh": Discover(TO),
    "tree.signal": ReadRssi(TO),
    "tree.phy": SetPhy(TO, tx=("2M",)),
    "tree.pair": Pair(TO),
    "problems.again": Connect(TO),
}
