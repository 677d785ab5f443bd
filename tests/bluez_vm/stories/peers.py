"""Who is in the air, and where the things are that the stories use."""

from __future__ import annotations

from bletui.backend import Backend
from bletui.failure import BleError, Failure
from bletui.model import GattTree, Peer

LANE = "local/00:1A:7D:00:00:01"
MAIN, DROP, GHOST, MUTE = (f"C0:00:00:00:00:0{number}" for number in (1, 2, 3, 4))
PAIR, REJECT, SECOND, TYPED, COMPARE = (f"C0:00:00:00:00:0{number}" for number in (5, 6, 7, 8, 9))
NOBODY = "C0:00:00:00:0F:FF"


def uuid(number: int) -> str:
    return f"bbbb{number:04x}-0000-1000-8000-00805f9b34fb"


def handle(tree: GattTree, number: int) -> int:
    """The value handle of the first characteristic with that short UUID of ours."""
    found = [one for service in tree.services for one in service.characteristics if one.uuid == uuid(number)]
    return found[0].handle


async def connected(backend: Backend, address: str, *, within: float = 20.0, lane: str = LANE) -> Peer:
    return await backend.connect(address, lane=lane, address_type="random", pair=False, within=within)


async def refused(call: object) -> Failure:
    """What the call fails with; AssertionError where it does not."""
    try:
        result = await call  # type: ignore[misc]
    except BleError as error:
        return error.failure
    raise AssertionError(f"returned {result!r}")
