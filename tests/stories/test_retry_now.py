"""The remedy "retry now" on a broken stream: what is true before it and after it, at the simulator."""

from __future__ import annotations

import asyncio

import pytest

from bletui.backend import Env
from bletui.backends.simulator import open_target
from bletui.model import Owner, ScanRequest, StreamChanged
from bletui.radio import Attachment, QueuedRadio
from bletui.target import parse
from bletui.testing.virtual_time import clock, in_virtual_time


async def stream(seat: Attachment, state: str) -> StreamChanged:
    async with asyncio.timeout(30):
        async for batch in seat.events():
            for event in batch.events:
                if isinstance(event, StreamChanged) and event.state == state:
                    return event
    raise AssertionError(f"no stream was {state}")


@pytest.mark.parametrize(("fault", "after"), [("stream:broken@5s-60s", "live"), ("stream:broken@5s-", "broken")])
@in_virtual_time
async def test_a_broken_stream_is_opened_anew_at_once(fault: str, after: str) -> None:
    radio = QueuedRadio(open_target(parse(f"sim:?lanes=1&fault={fault}"), Env("sim", clock=clock())), "sim")
    await radio.open()
    seat = await radio.attach(Owner("me"))
    await seat.scan(ScanRequest())
    before = await stream(seat, "broken")
    assert before.retry_at is not None
    await asyncio.sleep(2.0)
    assert clock().wall() < before.retry_at
    await seat.rescan()
    opening = await stream(seat, "opening")
    assert opening.at < before.retry_at
    then = await stream(seat, after)
    assert then.at < before.retry_at
    assert then.retry_at is None or then.retry_at > before.retry_at
    await radio.aclose()
