"""The pace of reading: few wake-ups under load, no delay for a lone event."""

from __future__ import annotations

import time

import anyio
import anyio.abc
import pytest

from bletui.backends.cassia.options import Site
from bletui.backends.cassia.paced import PACE, PacedBytes
from bletui.backends.cassia.stream import Reader
from bletui.errors import Context
from bletui.failure import BleError
from bletui.testing.virtual_time import in_virtual_time
from tests.backends.cassia.recorded_router import RecordedRouter, Stream, data_event, samples

EVENT = data_event(samples()[0])


async def test_two_thousand_chunks_come_in_a_few_reads() -> None:
    takes: list[int] = []
    async with RecordedRouter({"/gap/nodes?event=1": Stream([EVENT] * 2000, then="end")}) as router:
        reader = Reader(Site(False, "127.0.0.1", router.port), None, Context)
        began = time.monotonic()
        with pytest.raises(BleError):
            await reader.read(
                "/gap/nodes",
                {"event": "1"},
                {},
                live=lambda: None,
                take=lambda data: takes.append(len(data)),
                operation="scan",
            )
        taken = time.monotonic() - began
    assert sum(takes) == 2000 * len(EVENT)
    assert len(takes) <= taken / PACE + 3


class Ready(anyio.abc.ByteStream):
    """A stream that always has a byte."""

    async def receive(self, max_bytes: int = 65536) -> bytes:
        return b"x"

    async def send(self, item: bytes) -> None:
        raise NotImplementedError

    async def send_eof(self) -> None:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError


@in_virtual_time
async def test_the_first_read_is_at_once_and_the_next_one_keeps_the_pace() -> None:
    idle: list[float] = []
    paced = PacedBytes(Ready(), lambda: idle.append(anyio.current_time()))
    await paced.receive()
    await paced.receive()  # a handshake: not paced yet
    assert anyio.current_time() == 0.0
    paced.pacing = True
    await paced.receive()
    await paced.receive()
    assert anyio.current_time() == pytest.approx(2 * PACE)
    assert idle == pytest.approx([0.0, 0.0, 0.0, PACE]), "told before it waits"


@in_virtual_time
async def test_a_lone_event_is_not_delayed() -> None:
    paced = PacedBytes(Ready(), lambda: None)
    paced.pacing = True
    await paced.receive()
    await anyio.sleep(3 * PACE)
    assert await paced.receive() == b"x"
    assert anyio.current_time() == pytest.approx(3 * PACE)
