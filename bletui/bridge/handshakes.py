"""Where connections come in; TLS handshakes are bounded in number too, not only, as asyncio's, in their time."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable

from bletui.errors import classify
from bletui.kinds import ErrorKind

HANDSHAKES_MAX = 64  # each costs about 0.3 MB
WITHIN = 5.0  # seconds
_AGAIN = 1.0  # seconds, after which a system that had no room for a connection is asked again
_BACKLOG = 128

Made = Callable[[], asyncio.Protocol]  # the protocol of a connection that is through
Refused = Callable[[str, ErrorKind, str], None]  # is told of the others: whence, and why


async def listen(
    listening: socket.socket, context: ssl.SSLContext | None, made: Made, refused: Refused, tasks: asyncio.TaskGroup
) -> Callable[[], object]:
    """Lets connections in, with a `context` over TLS and as one of `tasks`. What is returned lets in no more."""
    if context is None:
        server = await asyncio.get_running_loop().create_server(made, sock=listening, backlog=_BACKLOG)
        return server.close
    return tasks.create_task(Handshakes(listening, context, made, refused).serve()).cancel


class Handshakes:
    """Of `HANDSHAKES_MAX` that are under way, the one that takes longest goes when one more comes."""

    def __init__(self, listening: socket.socket, context: ssl.SSLContext, made: Made, refused: Refused) -> None:
        self._listening = listening
        self._context = context
        self._made = made
        self._refused = refused
        self._under_way: dict[asyncio.Task[None], str] = {}  # whence, in the order in which they came

    async def serve(self) -> None:
        """Until this is cancelled, which closes the port and ends what is under way."""
        self._listening.setblocking(False)
        with self._listening:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    if came := await self._accepted():
                        self._make_room()
                        task = tasks.create_task(self._shake(*came))
                        self._under_way[task] = came[1]
                        task.add_done_callback(lambda task: self._under_way.pop(task, None))
                    await asyncio.sleep(0)  # whoever else has something to do

    async def _accepted(self) -> tuple[socket.socket, str] | None:
        try:
            connection, address = await asyncio.get_running_loop().sock_accept(self._listening)
        except ConnectionAbortedError:  # it has gone again
            return None
        except OSError as failed:
            self._refused("", ErrorKind.BUSY_CAPACITY, f"no connection can be taken: {failed.strerror}")
            await asyncio.sleep(_AGAIN)
            return None
        return connection, str(address[0])

    def _make_room(self) -> None:
        if len(self._under_way) >= HANDSHAKES_MAX:
            oldest = next(iter(self._under_way))
            others = f"{HANDSHAKES_MAX} others are in their TLS handshake too"
            self._refused(self._under_way.pop(oldest), ErrorKind.BUSY_CAPACITY, others)
            oldest.cancel()

    async def _shake(self, connection: socket.socket, whence: str) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._made, connection, ssl=self._context, ssl_handshake_timeout=WITHIN
            )
        except OSError as failed:
            failure = classify(failed, backend="bridge", operation="hello")
            self._refused(whence, failure.kind, failure.message or failure.kind.title)
