"""TCP without sockets: transports of which each hands its bytes to another one in the same loop.

What a kernel does between two processes is done here: a window of bytes on their way, an end behind the last byte, a
reset that throws away what was not sent.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import Callable
from typing import Any, Final

WINDOW: Final = 1 << 18  # bytes that are sent and not read, before a sender is held up
READ_MAX: Final = 1 << 18  # bytes that a protocol is given at once
HIGH: Final = 1 << 16  # bytes not sent, after which a protocol is asked to pause
AT_ONCE: Final = struct.pack("ii", 1, 0)  # SO_LINGER: the far side gets a reset


class MemoryTransport(asyncio.Transport):
    """One end of a connection. `closed` is told when nothing more happens at it; `handle` is what stands for its
    socket."""

    def __init__(self, protocol: asyncio.Protocol, handle: Handle, closed: Callable[[MemoryTransport], None]) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._protocol = protocol
        self._handle = handle
        self._closed = closed
        self._peer: MemoryTransport | None = None
        self._unsent, self._unread = bytearray(), bytearray()
        self._high, self._low = HIGH, HIGH // 4
        self._reading, self._due, self._held, self._told = True, False, False, False
        self._finished = False  # nothing more is written
        self._ended = False  # nothing more comes
        self._reset: ConnectionResetError | None = None
        self._closing = self._lost = False
        handle.of(self)

    def join(self, peer: MemoryTransport) -> None:
        """Makes the two one connection. Called before either protocol is told."""
        self._peer, peer._peer = peer, self

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        known = {"socket": self._handle, "sockname": self._handle.here, "peername": self._handle.there}
        return known.get(name, default)

    @property
    def readable(self) -> bool:
        """Whether a read would not have to wait."""
        return bool(self._unread or self._ended or self._reset)

    # -- what the protocol at this end asks for

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self._protocol = protocol

    def get_protocol(self) -> asyncio.Protocol:
        return self._protocol

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        self._reading = True
        self._wake()

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if not self._closing:
            self._finished = True
            self._send()

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if self._finished and not self._closing:
            raise RuntimeError("nothing can be written after the end")
        if self._closing or not data:
            return
        if self._reset is not None:
            self._give_up(self._reset)
            return
        self._unsent += data
        self._send()
        if len(self._unsent) > self._high and not self._held:
            self._held = True
            self._protocol.pause_writing()

    def get_write_buffer_size(self) -> int:
        return len(self._unsent)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = HIGH if high is None else high
        self._low = self._high // 4 if low is None else low

    def close(self) -> None:
        """After what is written has been sent."""
        if not self._closing:
            self._closing = True
            self._send()

    def abort(self) -> None:
        self._give_up(None)

    # -- between the two

    def _send(self) -> None:
        """As much as there is room for, and the end behind it."""
        peer = self._peer
        assert peer is not None
        if peer._lost and self._unsent:
            self._unsent.clear()
            self._be_reset()
        room = WINDOW - len(peer._unread)
        if self._unsent and room > 0:
            peer._unread += self._unsent[:room]
            del self._unsent[:room]
            peer._wake()
        if self._held and len(self._unsent) <= self._low:
            self._held = False
            self._protocol.resume_writing()
        if not self._unsent and self._finished:
            peer._end()
        if not self._unsent and self._closing:
            self._give_up(None)

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._wake()

    def _be_reset(self) -> None:
        if self._reset is None:
            self._reset = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
            if self._closing:
                self._give_up(self._reset)
            self._wake()

    def _wake(self) -> None:
        if self._reading and self.readable and not (self._due or self._closing):
            self._due = True
            self._loop.call_soon(self._deliver)

    def _deliver(self) -> None:
        """One read: bytes first, then how it ends."""
        self._due = False
        if self._closing or not self._reading:
            return
        if self._unread:
            data = bytes(self._unread[:READ_MAX])
            del self._unread[:READ_MAX]
            if self._peer is not None and not self._peer._lost:
                self._peer._send()
            self._protocol.data_received(data)
            self._wake()
        elif self._reset is not None:
            self._give_up(self._reset)
        elif self._ended and not self._told:
            self._told = True
            if not self._protocol.eof_received():
                self.close()

    def _give_up(self, why: ConnectionResetError | None) -> None:
        """The end of this end, whatever is not sent."""
        self._closing = True
        self._unsent.clear()
        if not self._lost:
            self._lost = True
            self._loop.call_soon(self._over, why)

    def _over(self, why: ConnectionResetError | None) -> None:
        peer = self._peer
        assert peer is not None
        if self._unread or self._handle.at_once:
            peer._be_reset()  # as TCP does where bytes come to nobody (RFC 9293, 3.10.7.1)
        else:
            peer._end()
        self._unread.clear()
        self._closed(self)
        self._protocol.connection_lost(why)


class Handle:
    """Stands for the socket of a transport: its addresses, its linger option, and a descriptor that can be read exactly
    when the transport can. `ready` and `idle` are descriptors that always and never can."""

    def __init__(self, here: tuple[str, int], there: tuple[str, int], ready: int, idle: int) -> None:
        self.here, self.there = here, there
        self.at_once = False
        self.family = socket.AF_INET6 if ":" in here[0] else socket.AF_INET
        self._ready, self._idle = ready, idle
        self._transport: MemoryTransport | None = None

    def of(self, transport: MemoryTransport) -> None:
        self._transport = transport

    def fileno(self) -> int:
        if self._transport is None or self._transport.is_closing():
            return -1
        return self._ready if self._transport.readable else self._idle

    def getsockname(self) -> tuple[str, int]:
        return self.here

    def getpeername(self) -> tuple[str, int]:
        return self.there

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        if (level, option) == (socket.SOL_SOCKET, socket.SO_LINGER):
            self.at_once = value == AT_ONCE
