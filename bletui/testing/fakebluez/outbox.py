"""Messages to a bus in order, never faster than its socket takes them."""

from __future__ import annotations

import asyncio
import os
import select
import socket
from collections import deque
from functools import partial

from dbus_fast import Message
from dbus_fast.aio import MessageBus

_BUFFER = 1 << 20


class Outbox:
    """dbus-fast ends a connection whose socket is full (its writer takes EAGAIN for a fault), so this asks first."""

    def __init__(self, bus: MessageBus) -> None:
        sock = bus._sock
        assert sock is not None
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self._bus = bus
        self._waiting: deque[Message] = deque()
        self._fd = os.dup(sock.fileno())  # dbus-fast watches the original
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLOUT)
        self._loop = asyncio.get_running_loop()
        self._empty = asyncio.Event()
        self._empty.set()
        self._closed = False

    def post(self, message: Message) -> None:
        if self._closed:
            return  # a daemon that is gone says nothing more
        self._waiting.append(message)
        if len(self._waiting) == 1:
            self._drain()

    async def drained(self) -> None:
        """Returns when everything posted is in the socket."""
        await self._empty.wait()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._loop.remove_writer(self._fd)
            os.close(self._fd)
            for message in self._waiting:
                _let_go(message)
            self._waiting.clear()
            self._empty.set()

    def _drain(self) -> None:
        while self._waiting and self._poll.poll(0):
            message = self._waiting.popleft()
            self._bus.send(message).add_done_callback(partial(_sent, message))
            if self._closed:
                return
        if self._waiting:
            self._empty.clear()
            self._loop.add_writer(self._fd, self._drain)
        elif not self._empty.is_set():
            self._loop.remove_writer(self._fd)
            self._empty.set()


def _sent(message: Message, sent: asyncio.Future[None]) -> None:
    """A send that fails means that the bus has gone; its connection says so to whoever waits for it."""
    _let_go(message)
    if not sent.cancelled():
        sent.exception()


def _let_go(message: Message) -> None:
    """The receiver has descriptors of its own; ours were for the way."""
    for fd in message.unix_fds:
        os.close(fd)
