"""Bonds listed and removed."""

from __future__ import annotations

from bletui.cli.attached import Attached
from bletui.cli.linkrecords import bond_object, pairing_object
from bletui.cli.links import LANE
from bletui.cli.narration import object_line, say
from bletui.cli.outlet import Outlet
from bletui.failure import BleError, ErrorKind
from bletui.model import Bond, ListBonds, Peer, Unpair
from bletui.text import visible


async def show(here: Attached, outlet: Outlet) -> int:
    lane = await here.lane(here.wanted.lane)
    bonds = [bond for bond in await _listed(here) if lane in (None, bond.lane)]
    width = max([LANE, *(len(bond.lane) for bond in bonds)])
    for bond in bonds:
        words = visible(f"{bond.lane:<{width}}  {bond.address}  {bond.name}".rstrip())
        await outlet.write((object_line(bond_object(here.radio, bond)) if here.wanted.json else words) + "\n")
    if not bonds and not here.wanted.json:
        say("there are no bonds", {}, json=False)
    return 0


async def remove(here: Attached, outlet: Outlet) -> int:
    """Removes the bond on the lane asked for, else on every lane that has one; there need be no link."""
    address = here.wanted.address
    for lane in await _lanes(here):
        await here.perform(Unpair(address, lane))
        words = visible(f"{address} on {lane}: no bond is left")
        record = pairing_object(Peer(lane, address), paired=False)
        await outlet.write((object_line(record) if here.wanted.json else words) + "\n")
    return 0


async def _lanes(here: Attached) -> list[str]:
    asked = await here.lane(here.wanted.lane)
    if asked is not None:
        return [asked]
    try:
        bonded = [bond.lane for bond in await _listed(here) if bond.address == here.wanted.address]
    except BleError as failed:
        if failed.failure.kind is not ErrorKind.OP_UNSUPPORTED:
            raise
        bonded = []  # where bonds can't be listed, every lane is told; removing what is not there is success
    return bonded or list(here.now.lanes)


async def _listed(here: Attached) -> tuple[Bond, ...]:
    bonds = await here.perform(ListBonds())
    assert isinstance(bonds, tuple)
    assert not isinstance(bonds, Peer)  # which is a tuple too
    return bonds
