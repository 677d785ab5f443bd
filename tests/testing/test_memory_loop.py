"""Connections in memory do what connections do: each story over real sockets of this machine too, by the same code."""

from __future__ import annotations

import asyncio
import errno
import selectors
import socket
import struct
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

import httpcore
import pytest

from bletui.testing.memory_loop import Door, MemoryLoop
from bletui.testing.memory_transport import HIGH, WINDOW
from bletui.testing.virtual_time import run

HOST = "127.0.0.1"
MUCH = bytes(range(256)) * 16_384 * 16  # 64 MiB: more than any window, the kernel's largest buffers too
AT_ONCE = struct.pack("ii", 1, 0)


class End(NamedTuple):
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def reset(self) -> None:
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.writer.transport.abort()


Story = Callable[[End, End], Awaitable[None]]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.001)


def readable(end: End) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(end.writer.get_extra_info("socket"), selectors.EVENT_READ)
        return bool(selector.select(0))


async def joined(story: Story) -> None:
    """`story` with the two ends of a connection."""
    arrived: asyncio.Future[End] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda *pair: arrived.set_result(End(*pair)), HOST, 0)
    near = End(*await asyncio.open_connection(*server.sockets[0].getsockname()[:2]))
    far = await arrived
    try:
        async with asyncio.timeout(20):
            await story(near, far)
    finally:
        server.close()
        for end in (near, far):
            if not end.writer.transport.is_closing():
                end.writer.transport.abort()
        await asyncio.gather(near.writer.wait_closed(), far.writer.wait_closed(), return_exceptions=True)


def in_memory(story: Story) -> None:
    async def main() -> None:
        await joined(story)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, MemoryLoop)
        assert not loop.connections

    run(main, loop_factory=MemoryLoop)


def over_sockets(story: Story) -> None:
    asyncio.run(joined(story))


both = pytest.mark.parametrize("over", [in_memory, over_sockets], ids=["memory", "sockets"])
Over = Callable[[Story], None]


@both
def test_all_bytes_arrive_in_order_and_then_the_end(over: Over) -> None:
    async def story(near: End, far: End) -> None:
        async def send() -> None:
            near.writer.write(MUCH)
            await near.writer.drain()
            near.writer.write_eof()

        async with asyncio.TaskGroup() as group:
            group.create_task(send())
            assert await far.reader.read() == MUCH
        far.writer.write(b"and back")
        far.writer.close()
        assert await near.reader.read() == b"and back"

    over(story)


@both
def test_a_writer_is_held_up_until_the_far_side_reads(over: Over) -> None:
    async def story(near: End, far: End) -> None:
        near.writer.write(MUCH)
        async with asyncio.TaskGroup() as group:
            drained = group.create_task(near.writer.drain())
            await asyncio.wait([drained], timeout=0.05)
            assert not drained.done()
            assert await far.reader.readexactly(len(MUCH)) == MUCH
            await drained

    over(story)


@both
def test_what_is_written_before_a_close_arrives(over: Over) -> None:
    async def story(near: End, far: End) -> None:
        near.writer.write(MUCH)
        near.writer.close()
        assert await far.reader.read() == MUCH

    over(story)


@both
def test_a_reset_is_told_as_one_after_what_has_arrived(over: Over) -> None:
    async def story(near: End, far: End) -> None:
        near.writer.write(b"half an ans")
        assert await far.reader.readexactly(4) == b"half"
        near.reset()
        with pytest.raises(ConnectionResetError):
            await far.reader.readexactly(100)
        assert far.reader._buffer == b" an ans"  # type: ignore[attr-defined]

    over(story)


@both
def test_an_abort_without_the_option_is_an_end(over: Over) -> None:
    async def story(near: End, far: End) -> None:
        near.writer.transport.abort()
        assert await far.reader.read() == b""

    over(story)


@both
def test_whoever_leaves_bytes_unread_resets(over: Over) -> None:
    async def story(near: End, far: End) -> None:
        far.writer.transport.pause_reading()  # type: ignore[attr-defined]
        near.writer.write(b"never read")
        await until(lambda: readable(far))
        far.writer.transport.abort()
        with pytest.raises(ConnectionResetError):
            await near.reader.read()

    over(story)


@both
def test_writing_to_nobody_ends_the_connection(over: Over) -> None:
    async def story(near: End, far: End) -> None:
        far.writer.close()
        await far.writer.wait_closed()

        def told() -> bool:
            near.writer.write(b"anybody?")
            return near.writer.transport.is_closing()

        await until(told)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            await near.writer.drain()

    over(story)


@both
def test_the_socket_can_be_read_when_there_is_something_to_read(over: Over) -> None:
    """What HTTP clients ask of an idle connection before they use it again."""

    async def story(near: End, far: End) -> None:
        near.writer.transport.pause_reading()  # type: ignore[attr-defined]
        assert not readable(near)
        far.writer.write(b"x")
        await until(lambda: readable(near))
        near.writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert await near.reader.readexactly(1) == b"x"
        near.writer.transport.pause_reading()  # type: ignore[attr-defined]
        assert not readable(near)
        far.writer.close()
        await until(lambda: readable(near))
        near.writer.transport.abort()
        await until(lambda: near.writer.get_extra_info("socket").fileno() == -1)

    over(story)


@both
def test_where_nobody_listens_is_refused_and_who_listens_is_not_ousted(over: Over) -> None:
    async def story(near: End, far: End) -> None:
        address = near.writer.get_extra_info("peername")[:2]
        assert address == far.writer.get_extra_info("sockname")[:2]
        with pytest.raises(OSError, match=f"Errno {errno.EADDRINUSE}"):
            await asyncio.start_server(lambda r, w: None, *address)
        free = await asyncio.start_server(lambda r, w: None, HOST, 0)
        found = free.sockets[0].getsockname()[:2]
        free.close()
        await free.wait_closed()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*found)

    over(story)


def test_the_window_is_bounded() -> None:
    async def story(near: End, far: End) -> None:
        far.writer.transport.pause_reading()  # type: ignore[attr-defined]
        near.writer.write(bytes(WINDOW + HIGH))
        assert near.writer.transport.get_write_buffer_size() == HIGH

    in_memory(story)


def test_work_in_threads_takes_no_time_and_fails_as_it_does() -> None:
    async def main() -> None:
        now = asyncio.get_running_loop().time
        began = now()
        async with asyncio.timeout(1):
            assert await asyncio.to_thread(sum, (1, 2)) == 3
            with pytest.raises(ZeroDivisionError):
                await asyncio.to_thread(divmod, 1, 0)
        assert now() == began

    run(main, loop_factory=MemoryLoop)


def test_what_it_can_not_do_is_refused() -> None:
    async def main() -> None:
        with pytest.raises(NotImplementedError, match="ssl"):
            await asyncio.open_connection(HOST, 1, ssl=True)

    run(main, loop_factory=MemoryLoop)


def test_an_http_client_and_a_server_meet_in_virtual_time() -> None:
    """httpcore over anyio, against a server of asyncio's streams that is an hour late."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline() != b"\r\n":
            pass
        await asyncio.sleep(3600)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nlate")
        writer.close()

    async def main() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, MemoryLoop)
        await loop.create_server(partial(_protocol, answer), sock=Door(HOST, 80))
        async with httpcore.AsyncConnectionPool() as pool:
            found = await pool.request("GET", f"http://{HOST}/")
        assert (found.status, found.content) == (200, b"late")
        await asyncio.sleep(0)
        assert not loop.connections
        return loop.time()

    assert run(main, loop_factory=MemoryLoop) == 3600


def _protocol(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> asyncio.StreamReaderProtocol:
    return asyncio.StreamReaderProtocol(asyncio.StreamReader(), answer)
