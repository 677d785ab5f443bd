"""One bridge per adapter of this machine: two would end each other's scans and links."""

from __future__ import annotations

import errno
import re
import socket
import sys

from bletui.bridge import peers
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Lane

_CONTROLLER = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}")


def controller(lane: Lane) -> str | None:
    """The controller's address of a lane that is an adapter of this machine; None for a router's chip and the like."""
    last = lane.id.rpartition("/")[2]
    ours = lane.router is None and lane.chip is None and "simulated" not in lane.info
    return last if ours and _CONTROLLER.fullmatch(last) else None


class Claims:
    """Held by names in Linux's abstract socket namespace: whoever's they are, they end with their process."""

    def __init__(self) -> None:
        self._held: dict[str, socket.socket] = {}

    def claim(self, lane: Lane) -> None:
        """`busy.capacity`, with the other's process and user, if another bridge serves this adapter already."""
        address = controller(lane)
        if address is None or address in self._held or sys.platform != "linux":
            return
        name = f"\0bletui/adapter/{address}"
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            made.bind(name)
            made.listen(1)
        except OSError as failed:
            made.close()
            if failed.errno != errno.EADDRINUSE:
                raise
            detail = f"{lane.name or address} ({address}) is served by another bridge already: {_holder(name)}"
            raise BleError(
                Failure(kind=ErrorKind.BUSY_CAPACITY, source="bletui.bridge", lane=lane.id, detail=detail, retry="user")
            ) from failed
        self._held[address] = made

    def give_back(self, lane: Lane) -> None:
        """Other bridges may serve this adapter now."""
        if (held := self._held.pop(controller(lane) or "", None)) is not None:
            held.close()

    def release(self) -> None:
        for held in self._held.values():
            held.close()
        self._held.clear()


def _holder(name: str) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.settimeout(1.0)
            asking.connect(name)
            peer = peers.peer_of(asking)
        except OSError:
            return "it does not say which process"
    return "it does not say which process" if peer is None else f"process {peer.pid} of {peers.user_name(peer.uid)}"
