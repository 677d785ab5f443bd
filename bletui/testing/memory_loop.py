"""A virtual-time loop with a network of its own: connections in memory, nothing outside of the process, no port taken.

Whatever connects and listens by the loop works on it as it is: asyncio's streams, anyio, httpcore, httpx, uvicorn.
Hosts are addresses; TLS is not to be had.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Coroutine, Sequence
from itertools import count
from typing import Any, Final, ParamSpec, TypeVar

from bletui.testing.memory_transport import Handle, MemoryTransport
from bletui.testing.virtual_time import VirtualLoop, in_virtual_time

LATEST: Final = 1 << 16  # a port
Address = tuple[str, int]
Factory = Callable[[], asyncio.BaseProtocol]
P = TypeVar("P", bound=asyncio.BaseProtocol)
T = TypeVar("T")
Arguments = ParamSpec("Arguments")


class Door:
    """Stands for a socket that listens."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET

    def getsockname(self) -> Address:
        return self._address

    def close(self) -> None:
        """Nothing is held: the server that listens is closed by itself."""


class MemoryLoop(VirtualLoop):
    """`connections` are the ends that are open: two for each connection within this loop."""

    def __init__(self) -> None:
        super().__init__()
        self.connections: set[MemoryTransport] = set()
        self._servers: dict[Address, MemoryServer] = {}
        self._numbers = count(49_152)
        self._silent_end, self._told_end = socket.socketpair()  # no bytes but this one ever pass
        self._silent_end.send(b"!")

    def close(self) -> None:
        super().close()
        self._silent_end.close()
        self._told_end.close()

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        """At once and in this thread: work elsewhere would end at a time of its own."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as failed:  # it is raised where the work is waited for
            done.set_exception(failed)
        return done

    async def create_connection(  # type: ignore[override]
        self, protocol_factory: Callable[[], P], host: str, port: int, **options: Any
    ) -> tuple[MemoryTransport, P]:
        _refuse(options, known=("local_addr",))
        await asyncio.sleep(0)
        server = self._servers.get((host, port))
        if server is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"Connect call failed {(host, port)!r}")
        here = (host, 49_152 + next(self._numbers) % (LATEST - 49_152))
        protocol = protocol_factory()
        near, far = self._end(protocol, here, (host, port)), self._end(server.factory(), (host, port), here)
        near.join(far)
        far.get_protocol().connection_made(far)
        protocol.connection_made(near)
        return near, protocol

    async def create_server(  # type: ignore[override]
        self,
        protocol_factory: Factory,
        host: str | None = None,
        port: int | None = None,
        *,
        sock: Door | None = None,
        **options: Any,
    ) -> MemoryServer:
        _refuse(options, known=("backlog", "reuse_address", "start_serving"))
        door = sock or Door(host or "127.0.0.1", port or next(self._numbers))
        if door.getsockname() in self._servers:
            raise OSError(errno.EADDRINUSE, f"{door.getsockname()} is listened on already")
        return MemoryServer(door, protocol_factory, self._servers)

    def _end(self, protocol: asyncio.BaseProtocol, here: Address, there: Address) -> MemoryTransport:
        assert isinstance(protocol, asyncio.Protocol)
        handle = Handle(here, there, self._told_end.fileno(), self._silent_end.fileno())
        made = MemoryTransport(protocol, handle, self.connections.discard)
        self.connections.add(made)
        return made


def in_memory(test: Callable[Arguments, Coroutine[Any, Any, None]]) -> Callable[Arguments, None]:
    """Makes a coroutine test one that runs on such a loop."""
    return in_virtual_time(test, MemoryLoop)


class MemoryServer(asyncio.AbstractServer):
    """Listens from its making until it is closed; connections outlast it."""

    def __init__(self, door: Door, factory: Factory, servers: dict[Address, MemoryServer]) -> None:
        self.factory = factory
        self._door = door
        self._servers = servers
        servers[door.getsockname()] = self

    @property
    def sockets(self) -> Sequence[Door]:
        return (self._door,) if self.is_serving() else ()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    async def start_serving(self) -> None:
        """It does."""

    async def serve_forever(self) -> None:
        await asyncio.Event().wait()

    def is_serving(self) -> bool:
        return self._servers.get(self._door.getsockname()) is self

    def close(self) -> None:
        if self.is_serving():
            del self._servers[self._door.getsockname()]

    async def wait_closed(self) -> None:
        await asyncio.sleep(0)


def _refuse(options: dict[str, Any], known: Sequence[str]) -> None:
    asked = [name for name, value in options.items() if value is not None and name not in known]
    if asked:
        raise NotImplementedError(f"a network in memory has no {', '.join(asked)}")
