"""One end of the sockets that AcquireNotify and AcquireWrite hand out: a packet is a value."""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Callable

_LONGEST = 512  # bytes of an attribute (Core, Vol 3 Part F, 3.2.9)


class Pipe:
    """`heard` gets each packet that the client writes; `closed` is called once, whichever end closes."""

    def __init__(self, closed: Callable[[], None], heard: Callable[[bytes], object] | None = None) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setblocking(False)
        self._closed = closed
        self._heard = heard
        self.lost = 0
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._ours, self._readable)
        self.client_end = theirs.detach()  # whoever hands it over closes it

    def send(self, value: bytes) -> None:
        """A client that does not read loses values, as it does with bluetoothd; `lost` counts them."""
        try:
            self._ours.send(value)
        except BlockingIOError:
            self.lost += 1
        except OSError:
            self.close()

    def close(self) -> None:
        if self._ours.fileno() >= 0:
            self._loop.remove_reader(self._ours)
            self._ours.close()
            self._closed()

    def _readable(self) -> None:
        try:
            value = self._ours.recv(_LONGEST)
        except OSError:
            self.close()
            return
        if not value and self._hung_up():
            self.close()
        elif self._heard is not None:
            self._heard(value)

    def _hung_up(self) -> bool:
        """An empty packet looks like the end of the stream."""
        poll = select.poll()
        poll.register(self._ours, select.POLLHUP)
        return bool(poll.poll(0))
