"""Links, and what is done over them."""

from __future__ import annotations

import argparse
import asyncio

from bletui.cli import transfers
from bletui.cli.gattdiff import saved
from bletui.cli.linkrecords import link_object, listening_object
from bletui.cli.looking import lens
from bletui.cli.plain.desk import Desk
from bletui.cli.plain.spot import Spot
from bletui.cli.streaming import mode
from bletui.connections import verb
from bletui.console.phy import came
from bletui.console.phy import parse as parse_phy
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Connect, Disconnect, Phy, ReadRssi, Subscribe
from bletui.text import visible


async def connect(desk: Desk, args: argparse.Namespace) -> None:
    """All are asked for at once, and wait their turn."""
    addresses = list(dict.fromkeys([await desk.address(word) for word in args.devices]))
    async with asyncio.TaskGroup() as group:
        for address in addresses:
            group.create_task(_connect(desk, args, address))


async def _connect(desk: Desk, args: argparse.Namespace, address: str) -> None:
    desk.numbers.of(address)
    try:
        if args.type is None:
            await _heard(desk, address)
        joined, lane = await desk.radio(address, args.lane)
        await desk.perform(joined, Connect(address, lane, args.type))
    except BleError as failed:  # each device has its own end
        desk.look()
        desk.tell_failure(f"connect {visible(address)}", failed.failure)


async def _heard(desk: Desk, address: str) -> None:
    """Without a type the device is listened for first: its advertisements tell it. `link.not-seen` within one limit."""
    devices = desk.session.store.devices
    if address in devices or desk.links(address) or desk.session.wish is None:
        return
    desk.printer.put(f"connect {visible(address)}: listens for it", listening_object("", address))
    if await desk.until(lambda: address in devices or None, desk.limit) is None:
        detail = f"not heard within {desk.limit:g} s; with --type it is connected to without listening first"
        raise BleError(Failure(kind=ErrorKind.LINK_NOT_SEEN, operation="connect", address=address, detail=detail))


async def disconnect(desk: Desk, args: argparse.Namespace) -> None:
    if args.device == "all":
        found = [
            (joined, link) for joined, link in desk.links() if not link.foreign and link.holders == (joined.owner,)
        ]
    else:
        found = [await desk.link(args.device)]
    for joined, link in found:
        await desk.perform(joined, Disconnect(link.peer.address, link.peer.lane, args.force))


async def gatt(desk: Desk, args: argparse.Namespace) -> None:
    before = None if args.against is None else saved(args.against)
    spot = await _spot(desk, args)
    if before is not None:
        await transfers.compare_tree(spot, before, refresh=args.refresh)
    else:
        await transfers.show_tree(spot, values=args.values, refresh=args.refresh)


async def read(desk: Desk, args: argparse.Namespace) -> None:
    await transfers.read(await _spot(desk, args), args.attributes, lens(args))


async def write(desk: Desk, args: argparse.Namespace) -> None:
    spot = await _spot(desk, args)
    await transfers.write(spot, args.attribute, args.value, response=args.response)
    if not spot.json:  # the object is told by then
        await spot.print("written", {})


async def notify(desk: Desk, args: argparse.Namespace) -> None:
    spot = await _spot(desk, args)
    one = await spot.attribute(args.attribute)
    wanted = "off" if args.how == "off" else mode(one, indicate=args.indicate)
    await spot.perform(Subscribe(spot.peer.address, spot.peer.lane, handle=one.handle, mode=wanted))
    record = {
        "schema": "bletui.subscription/1",
        "lane": spot.peer.lane,
        "address": spot.peer.address,
        "handle": one.handle,
        "mode": wanted,
    }
    await spot.print(f"{one}: {wanted}", record)


async def rssi(desk: Desk, args: argparse.Namespace) -> None:
    joined, link = await desk.link(args.device)
    told = await desk.perform(joined, ReadRssi(link.peer.address, link.peer.lane))
    assert isinstance(told, int)
    record = {"schema": "bletui.rssi/1", "lane": link.peer.lane, "address": link.peer.address, "rssi": told}
    await Spot(desk, joined, link).print(f"{told} dBm", record)


async def phy(desk: Desk, args: argparse.Namespace) -> None:
    """What a lane can't do is said before it is asked."""
    joined, link = await desk.link(args.device)
    wish = parse_phy(" ".join(args.phy))
    changed = joined.state.lanes.get(link.peer.lane)
    wanted = wish.of(link.peer)
    why_not = changed.lane.cannot.get(verb(wanted)) if changed is not None else None
    if why_not:
        detail = visible(f"{link.peer.lane}: {why_not}")
        raise BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation="set_phy", detail=detail))
    got = await desk.perform(joined, wanted)
    assert isinstance(got, Phy)
    record = {
        "schema": "bletui.phy/1",
        "lane": link.peer.lane,
        "address": link.peer.address,
        "tx": got.tx,
        "rx": got.rx,
    }
    await Spot(desk, joined, link).print(came(wish, got), record)


async def adopt(desk: Desk, args: argparse.Namespace) -> None:
    joined, link = await desk.link(args.device)
    if not link.foreign or joined.attachment is None:
        detail = f"the link to {visible(link.peer.address)} is ours"
        raise BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="adopt", detail=detail))
    await joined.attachment.adopt(link.peer)
    await Spot(desk, joined, link).print("ours now: it ends with this", link_object(joined.name, link))


async def _spot(desk: Desk, args: argparse.Namespace) -> Spot:
    return Spot(desk, *await desk.link(args.device))
