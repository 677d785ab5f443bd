"""From a line of the log to where the thing is: the attribute, the queue entry, the link, the lane, the device."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bletui.console.links import operations
from bletui.log import Entry
from bletui.log.about import about
from bletui.model import LaneChanged, LaneDown, OperationChanged, Peer, Shed, StreamChanged

if TYPE_CHECKING:
    from bletui.console.app import Console
    from bletui.session import Session


@dataclass(frozen=True, slots=True)
class InTree:
    """A device in GATT, or one attribute of it."""

    radio: str
    peer: Peer
    handle: int | None


@dataclass(frozen=True, slots=True)
class InQueue:
    """A row of Connections, by the key that it has there."""

    key: Hashable


@dataclass(frozen=True, slots=True)
class InScan:
    address: str


Whereabouts = InTree | InQueue | InScan


def whereabouts(entry: Entry, session: Session) -> Whereabouts | None:
    """Where it is seen now; None: nowhere any more."""
    joined = session.radios.get(entry.radio)
    if joined is None:
        return None
    state, found = joined.state, about(entry.event)
    lane = f"lane {found.lane}" if found.lane in state.lanes else None
    match entry.event:
        case LaneChanged() | LaneDown() | StreamChanged() | Shed():
            return InQueue(lane or f"lane {next(iter(state.lanes))}") if lane or state.lanes else None
        case OperationChanged(operation=one) if any(one.id == other.operation.id for other in operations(state)):
            return InQueue(one.id)
        case _:
            pass
    peer = found.peer or next((peer for peer in state.links if peer.address == found.address), None)
    if peer is not None and peer in state.links:
        return InTree(entry.radio, peer, found.handle) if found.handle is not None else InQueue(peer)
    if found.address is not None and found.address in session.store.devices:
        return InScan(found.address)
    return None


async def go(app: Console, there: Whereabouts) -> None:
    from bletui.console.screens.connections import ConnectionsScreen

    match there:
        case InTree(radio, peer, handle):
            app.gatt(radio, peer, handle)
        case InScan(address):
            await show_device(app, address)
        case InQueue(key):
            await app.switch_mode("connections")
            if isinstance(app.screen, ConnectionsScreen):
                app.screen.paint()
                app.screen.pane.select(key)


async def show_device(app: Console, address: str) -> None:
    """In Scan, with the cursor on it; or why it is not listed."""
    from bletui.console.screens.scan import ScanScreen

    await app.switch_mode("scan")
    while not isinstance(app.screen, ScanScreen):
        await app.pop_screen()
    app.screen.jump(address)
